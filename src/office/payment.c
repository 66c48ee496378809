/* Paying for a hold with points. */
#include "office/catalogue.h"
#include "office/door.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/verb_function.h"

enum refusal payment_answer(const struct office *office, const struct caller *caller, struct id id,
                            struct call *call)
{
    const struct live_payment *payment = payment_find(office, id);
    const struct payment *row = payment == NULL ? NULL : &payment->row;
    if (row == NULL) {
        if (!look_up_want(call, RECORD_KIND_PAYMENT, id))
            return REFUSAL_NOT_FOUND;
        if (call->look_up.state == LOOK_UP_WANTED)
            return REFUSAL_NONE;
        row = &call->look_up.record->as.payment;
    }
    if (!caller_may_see(caller, row->user_id))
        return caller_refuse_to_show(caller, call);
    call->out.payment = *row;
    return REFUSAL_NONE;
}

enum refusal payment_get(struct office *office, const struct caller *caller, struct call *call)
{
    return payment_answer(office, caller, call->in.payment_get.payment_id, call);
}

/* A try that failed is kept once; another try on the same hold finds the same row. */
static enum refusal refuse_short(struct office *office, struct live_reservation *reservation,
                                 struct call *call)
{
    if (reservation->failed_payment == NULL) {
        if (!payment_reserve(office))
            return REFUSAL_CAPACITY;
        const struct payment row = {
            .id = new_id(office),
            .user_id = reservation->row.user_id,
            .reservation_id = reservation->row.id,
            .amount = reservation->row.amount,
            .status = PAYMENT_STATUS_FAILED,
            .created_at = office->now.house,
        };
        office->why = WHY_PAYMENT_FAILED;
        (void)put_payment(office, NULL, reservation, &row);
    }
    call->detail.balance = reservation->user->account.balance;
    call->detail.required = reservation->row.amount;
    call->detail.payment_id = reservation->failed_payment->row.id;
    return REFUSAL_INSUFFICIENT_POINTS;
}

static const struct live_payment *pay(struct office *office, struct live_reservation *reservation)
{
    CHECK(reservation->row.status == RESERVATION_STATUS_PENDING);
    CHECK(reservation->row.expires_at > office->now.house);
    CHECK(reservation->user->account.balance >= reservation->row.amount);
    const struct payment row = {
        .id = new_id(office),
        .user_id = reservation->row.user_id,
        .reservation_id = reservation->row.id,
        .amount = reservation->row.amount,
        .status = PAYMENT_STATUS_SUCCEEDED,
        .created_at = office->now.house,
        .paid_at = office->now.house,
    };
    const struct point_entry entry = {
        .id = new_id(office),
        .kind = ENTRY_KIND_PAYMENT,
        .amount = -row.amount,
        .payment_id = row.id,
        .caller_id = row.user_id,
    };
    const struct live_payment *payment = put_payment(office, NULL, reservation, &row);
    points_move(office, reservation->user, &entry);
    return payment;
}

static void confirm(struct office *office, struct live_reservation *reservation)
{
    struct seat_reservation row = reservation->row;
    row.status = RESERVATION_STATUS_CONFIRMED;
    row.used_points = row.amount;
    row.payment_id = reservation->payment->row.id;
    (void)put_reservation(office, reservation, reservation->user, reservation->round, &row);
    for (const struct held_seat *held = reservation_seats(office, reservation); held != NULL;
         held = held_seat_next(office, held))
        seat_set_status(office, held->seat, SEAT_STATUS_SOLD);
}

enum refusal payment_make(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *user = caller->user;
    struct live_reservation *reservation;
    const enum refusal refusal = reservation_find_pending(office, user, call, &reservation);
    if (reservation == NULL)
        return refusal;
    const timestamp_ms told = call->in.reservation.start_time;
    if (told != 0 && told != reservation->round->row.start_time)
        return REFUSAL_ROUND_MOVED;
    if (user->account.balance < reservation->row.amount)
        return refuse_short(office, reservation, call);
    if (!payment_reserve(office) || !tickets_reserve(office, reservation->seat_count))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    const struct live_payment *payment = pay(office, reservation);
    confirm(office, reservation);
    tickets_issue(office, reservation);
    struct live_token *token = user_token(office, user);
    if (token != NULL && token->status == TOKEN_STATUS_ACTIVE) {
        if (token_has_hold(office, token))
            token_follow_holds(office, token);
        else
            token_end(office, token, TOKEN_REASON_FINISHED);
    }
    call->out.payment = payment->row;
    call->created = true;
    return REFUSAL_NONE;
}
