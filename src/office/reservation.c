/* Holding seats, showing what is held, giving it more time, and giving it back. */
#include "office/reservation.h"

#include "office/catalogue.h"
#include "office/door.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <stdlib.h>
#include <string.h>

/* ---- Showing ---- */

static void show_ticket(const struct live_ticket *ticket, enum ticket_status status,
                        struct reservation_view *view)
{
    struct reserved_seat_view *shown = &view->seats[view->ticket_count];
    if (ticket == NULL)
        return;
    CHECK(view->ticket_count == view->seat_count - 1);
    view->ticket_count++;
    shown->ticket_id = ticket->id;
    shown->ticket_status = status;
    shown->holder_name = ticket->holder_name;
}

/* Copies the names of holders, which may change before the answer is read. False: no memory. */
static bool own_holder_names(struct call *call)
{
    struct reservation_view *view = &call->out.reservation;
    size_t bytes = 0;
    for (size_t i = 0; i < view->ticket_count; i++)
        if (view->seats[i].holder_name != NULL)
            bytes += strlen(view->seats[i].holder_name) + 1;
    free(call->holder_names);
    call->holder_names = NULL;
    if (bytes == 0)
        return true;
    call->holder_names = malloc(bytes);
    if (call->holder_names == NULL)
        return false;
    char *at = call->holder_names;
    for (size_t i = 0; i < view->ticket_count; i++) {
        const char *name = view->seats[i].holder_name;
        if (name == NULL)
            continue;
        const size_t length = strlen(name) + 1;
        memcpy(at, name, length);
        view->seats[i].holder_name = at;
        at += length;
    }
    return true;
}

/* What becomes of a reservation that is shown when it ends; the names stay. */
static void show_ended(const struct live_reservation *reservation, struct reservation_view *view)
{
    view->reservation = reservation->row;
    reservation_view_tell_round(view, &reservation->round->row);
    for (size_t i = 0; i < view->ticket_count; i++)
        view->seats[i].ticket_status = TICKET_STATUS_VOID;
}

void reservation_show(const struct office *office, const struct live_reservation *reservation,
                      struct reservation_view *view)
{
    const enum ticket_status tickets = reservation->row.status == RESERVATION_STATUS_CONFIRMED
                                           ? TICKET_STATUS_VALID
                                           : TICKET_STATUS_VOID;
    reservation_view_begin(view, &reservation->row, &reservation->round->row);
    for (const struct held_seat *held = reservation_seats(office, reservation); held != NULL;
         held = held_seat_next(office, held)) {
        const struct seat *seat = &held->seat->row;
        CHECK(view->seat_count < SEATS_PER_RESERVATION_MAX);
        struct reserved_seat_view *shown = &view->seats[view->seat_count++];
        shown->seat_id = seat->id;
        shown->price = held->price;
        const size_t length = strlen(seat->seat_number);
        CHECK(length <= SEAT_NUMBER_BYTES_MAX);
        memcpy(shown->seat_number, seat->seat_number, length + 1);
        show_ticket(held_seat_ticket(office, held), tickets, view);
    }
}

/* One that left memory, as a reader found it. Its round may have been moved or cancelled since. */
static void show_looked_up(const struct office *office, struct call *call)
{
    call->out.reservation = *call->look_up.view;
    const struct live_round *round = round_find(office, call->out.reservation.reservation.round_id);
    CHECK(round != NULL); /* something was reserved in it, so it stays */
    reservation_view_tell_round(&call->out.reservation, &round->row);
}

/* `caller`: who must be one that may see it; NULL: anybody may. */
static enum refusal find_to_show(const struct office *office, const struct caller *caller,
                                 struct id id, struct call *call)
{
    const struct live_reservation *reservation = reservation_find(office, id);
    if (reservation != NULL) {
        if (caller != NULL && !caller_may_see(caller, reservation->row.user_id))
            return caller_refuse_to_show(caller, call);
        reservation_show(office, reservation, &call->out.reservation);
        return own_holder_names(call) ? REFUSAL_NONE : REFUSAL_CAPACITY;
    }
    if (!look_up_want(call, RECORD_KIND_SEAT_RESERVATION, id))
        return REFUSAL_NOT_FOUND;
    if (call->look_up.state == LOOK_UP_WANTED)
        return REFUSAL_NONE;
    if (caller != NULL && !caller_may_see(caller, call->look_up.view->reservation.user_id))
        return caller_refuse_to_show(caller, call);
    show_looked_up(office, call);
    return REFUSAL_NONE;
}

enum refusal reservation_answer(const struct office *office, const struct caller *caller,
                                struct id id, struct call *call)
{
    return find_to_show(office, caller, id, call);
}

/* The address that was asked at is the proof (api/calendars.c). */
enum refusal reservation_calendar(struct office *office, const struct caller *caller,
                                  struct call *call)
{
    (void)caller;
    return find_to_show(office, NULL, call->in.reservation.reservation_id, call);
}

enum refusal reservation_get(struct office *office, const struct caller *caller, struct call *call)
{
    return reservation_answer(office, caller, call->in.reservation.reservation_id, call);
}

/* A reader tells the steps. One that left memory is looked for first, so that nothing is told of
 * what is not there. */
enum refusal reservation_history(struct office *office, const struct caller *caller,
                                 struct call *call)
{
    const struct id id = call->in.reservation.reservation_id;
    (void)caller;
    if (reservation_find(office, id) != NULL ||
        look_up_want(call, RECORD_KIND_SEAT_RESERVATION, id))
        return REFUSAL_NONE;
    return REFUSAL_NOT_FOUND;
}

/* ---- Those that wait for their payment ---- */

/* The refusals that follow from a reservation's own state. */
static enum refusal check_pending(const struct office *office, const struct live_user *user,
                                  const struct seat_reservation *row, struct call *call)
{
    if (!id_equal(row->user_id, user->id))
        return REFUSAL_NOT_FOUND;
    if (row->status == RESERVATION_STATUS_EXPIRED)
        return REFUSAL_HOLD_EXPIRED;
    const struct live_round *round = round_find(office, row->round_id);
    if (round != NULL && round->row.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    if (row->status != RESERVATION_STATUS_PENDING) {
        call->detail.reservation_status = row->status;
        call->detail.payment_id = row->payment_id;
        return REFUSAL_RESERVATION_NOT_PENDING;
    }
    CHECK(round != NULL); /* a pending one keeps it */
    return round_has_begun(office, &round->row) ? REFUSAL_SALES_CLOSED : REFUSAL_NONE;
}

enum refusal reservation_find_pending(const struct office *office, const struct live_user *user,
                                      struct call *call, struct live_reservation **reservation)
{
    const struct id id = call->in.reservation.reservation_id;
    struct live_reservation *found = reservation_find(office, id);
    *reservation = NULL;
    if (found == NULL) {
        if (!look_up_want(call, RECORD_KIND_SEAT_RESERVATION, id))
            return REFUSAL_NOT_FOUND;
        if (call->look_up.state == LOOK_UP_WANTED)
            return REFUSAL_NONE;
        const enum refusal ended =
            check_pending(office, user, &call->look_up.view->reservation, call);
        CHECK(ended != REFUSAL_NONE); /* a pending one never leaves memory */
        return ended;
    }
    const enum refusal refusal = check_pending(office, user, &found->row, call);
    if (refusal == REFUSAL_NONE)
        *reservation = found;
    return refusal;
}

/* The turn goes on until the hold ends, as it does with every hold; new holds end when they did. */
enum refusal reservation_extend(struct office *office, const struct caller *caller,
                                struct call *call)
{
    struct live_reservation *reservation;
    if (office->settings.extend_seconds == 0)
        return REFUSAL_EXTENDING_CLOSED;
    const enum refusal refusal = reservation_find_pending(office, caller->user, call, &reservation);
    if (reservation == NULL)
        return refusal;
    if (reservation->row.extended_at != 0)
        return REFUSAL_EXTENDED_ALREADY;

    /* ---- nothing fails below this line ---- */
    struct seat_reservation row = reservation->row;
    row.expires_at += office->settings.extend_seconds * SECOND_MS;
    row.extended_at = office->now.house;
    (void)put_reservation(office, reservation, reservation->user, reservation->round, &row);
    struct live_token *token = user_token(office, caller->user);
    CHECK(token != NULL && id_equal(token->id, row.token_id));
    token_follow_holds(office, token);
    CHECK(token_visit(office, token)->expires_at >= row.expires_at);
    reservation_show(office, reservation, &call->out.reservation);
    return REFUSAL_NONE;
}

/* ---- Holding ---- */

/* What a hold needs, gathered while it is checked. */
struct hold {
    struct live_token *token;
    struct live_round *round;
    struct live_seat *seats[SEATS_PER_RESERVATION_MAX];
    size_t seat_count;
    int64_t amount;
};

static enum refusal check_token(const struct office *office, const struct live_user *user,
                                struct hold *hold)
{
    hold->token = user_token(office, user);
    if (hold->token == NULL)
        return REFUSAL_QUEUE_TOKEN_REQUIRED;
    if (hold->token->status != TOKEN_STATUS_ACTIVE ||
        office->now.house >= token_visit(office, hold->token)->holds_until)
        return REFUSAL_QUEUE_TOKEN_NOT_ACTIVE;
    return REFUSAL_NONE;
}

static enum refusal check_sale(const struct office *office, struct id round_id, struct hold *hold)
{
    hold->round = round_find(office, round_id);
    if (hold->round == NULL || concert_is_draft(hold->round->concert))
        return REFUSAL_NOT_FOUND;
    if (hold->round->row.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    if (office->now.wall < hold->round->concert->row.reservation_open_at)
        return REFUSAL_SALES_NOT_OPEN;
    if (office->now.wall >= round_sale_end(hold->round) || round_is_over(hold->round))
        return REFUSAL_SALES_CLOSED;
    return REFUSAL_NONE;
}

static void hold_add(struct hold *hold, struct live_seat *seat)
{
    CHECK(seat->round == hold->round);
    CHECK(hold->seat_count < SEATS_PER_RESERVATION_MAX);
    hold->seats[hold->seat_count++] = seat;
    hold->amount += seat->row.price;
}

/* The named seat at this place of the call; NULL: it is none of the round. */
static struct live_seat *named_seat(const struct office *office, const struct call *call,
                                    const struct live_round *round, size_t index)
{
    if (call->in.reservation_hold.seat_ids != NULL) {
        struct live_seat *seat = seat_find(office, call->in.reservation_hold.seat_ids[index]);
        return seat != NULL && seat->round == round ? seat : NULL;
    }
    CHECK(call->in.reservation_hold.places != NULL);
    const int64_t place = call->in.reservation_hold.places[index];
    return place >= 0 && place < round->row.total_seat_cnt ? round->seats[place] : NULL;
}

/* Every named seat is looked at, not only as many as a hold may have: the refusal for a seat of
 * another round comes before the one for too many. */
static enum refusal check_seats(const struct office *office, struct call *call, struct hold *hold)
{
    const bool by_place = call->in.reservation_hold.places != NULL;
    if (by_place && call->in.reservation_hold.plan_version != hold->round->row.plan_version)
        return REFUSAL_PLAN_CHANGED;
    for (size_t i = 0; i < call->in.reservation_hold.seat_count; i++) {
        struct live_seat *seat = named_seat(office, call, hold->round, i);
        if (seat == NULL) {
            call->detail.by_place = by_place;
            call->detail.seat_index = i;
            return REFUSAL_SEAT_OF_OTHER_ROUND;
        }
        if (i < SEATS_PER_RESERVATION_MAX)
            hold_add(hold, seat);
    }
    return REFUSAL_NONE;
}

static int64_t seats_wanted(const struct call *call)
{
    const size_t named = call->in.reservation_hold.seat_count;
    return named > 0 ? (int64_t)named : call->in.reservation_hold.best.count;
}

static int64_t seats_of_user(const struct office *office, const struct live_user *user,
                             const struct live_round *round)
{
    int64_t count = 0;
    for (const struct live_reservation *reservation = user_reservations(office, user);
         reservation != NULL; reservation = reservation->of_user.next)
        if (reservation->round == round)
            count += reservation->seat_count;
    return count;
}

static enum refusal check_limits(const struct office *office, const struct live_user *user,
                                 struct call *call, const struct hold *hold)
{
    const int64_t wanted = seats_wanted(call);
    const struct concert *concert = &hold->round->concert->row;
    const struct office_settings *settings = &office->settings;
    call->detail.already_held = seats_of_user(office, user, hold->round);
    call->detail.limit = concert->max_seats_per_reservation != 0
                             ? concert->max_seats_per_reservation
                             : settings->max_seats_per_reservation;
    if (wanted > call->detail.limit)
        return REFUSAL_SEAT_LIMIT;
    call->detail.limit = concert->max_seats_per_user != 0 ? concert->max_seats_per_user
                                                          : settings->max_seats_per_user;
    if (call->detail.already_held + wanted > call->detail.limit)
        return REFUSAL_SEAT_LIMIT;
    call->detail.limit = HOLDS_PER_TOKEN_MAX;
    return hold->token->hold_count >= HOLDS_PER_TOKEN_MAX ? REFUSAL_HOLD_LIMIT : REFUSAL_NONE;
}

static void tell_conflict(struct seat_conflicts *conflicts, const struct seat *seat)
{
    struct seat_conflict *conflict = &conflicts->seats[conflicts->count++];
    const size_t length = strlen(seat->seat_number);
    CHECK(length <= SEAT_NUMBER_BYTES_MAX);
    conflict->seat_id = seat->id;
    conflict->place = seat->position;
    memcpy(conflict->seat_number, seat->seat_number, length + 1);
}

static enum refusal check_available(struct call *call, const struct hold *hold)
{
    struct seat_conflicts *conflicts = &call->out.conflicts;
    conflicts->count = 0;
    for (size_t i = 0; i < hold->seat_count; i++)
        if (hold->seats[i]->row.status != SEAT_STATUS_AVAILABLE)
            tell_conflict(conflicts, &hold->seats[i]->row);
    return conflicts->count > 0 ? REFUSAL_SEAT_UNAVAILABLE : REFUSAL_NONE;
}

/* The seats of who names none. */
static enum refusal choose_seats(const struct call *call, struct hold *hold)
{
    const struct best_wanted *wanted = &call->in.reservation_hold.best;
    const struct live_seat *first = round_best_available(hold->round, wanted);
    if (first == NULL)
        return REFUSAL_NO_ADJACENT_SEATS;
    for (int64_t i = 0; i < wanted->count; i++)
        hold_add(hold, hold->round->seats[first->row.position + i]);
    return REFUSAL_NONE;
}

static enum refusal check_hold(const struct office *office, const struct live_user *user,
                               struct call *call, struct hold *hold)
{
    enum refusal refusal = check_token(office, user, hold);
    if (refusal == REFUSAL_NONE)
        refusal = check_sale(office, call->in.reservation_hold.round_id, hold);
    if (refusal == REFUSAL_NONE)
        refusal = check_seats(office, call, hold);
    if (refusal == REFUSAL_NONE && hold->round->row.paused)
        refusal = REFUSAL_ROUND_PAUSED;
    if (refusal == REFUSAL_NONE)
        refusal = check_limits(office, user, call, hold);
    if (refusal == REFUSAL_NONE && call->in.reservation_hold.seat_count == 0)
        refusal = choose_seats(call, hold);
    if (refusal == REFUSAL_NONE)
        refusal = check_available(call, hold);
    return refusal;
}

static void mark_reserved(struct office *office, struct live_round *round)
{
    if (round->row.first_reserved_at != 0)
        return;
    struct concert_round row = round->row;
    row.first_reserved_at = office->now.house;
    (void)put_round(office, round, round->concert, &row);
}

static struct live_reservation *put_hold(struct office *office, struct live_user *user,
                                         const struct hold *hold)
{
    const timestamp_ms now = office->now.house;
    CHECK(hold->token->user == user->item.number);
    CHECK(hold->token->status == TOKEN_STATUS_ACTIVE);
    CHECK(hold->seat_count > 0);
    const struct seat_reservation row = {
        .id = new_id(office),
        .user_id = user->id,
        .round_id = hold->round->row.id,
        .token_id = hold->token->id,
        .status = RESERVATION_STATUS_PENDING,
        .amount = hold->amount,
        .reserved_at = now,
        .expires_at = now + office->settings.hold_seconds * SECOND_MS,
        .refundable_until =
            hold->round->row.start_time - office->settings.refund_until_seconds * SECOND_MS,
    };
    struct live_reservation *reservation = put_reservation(office, NULL, user, hold->round, &row);
    for (size_t i = 0; i < hold->seat_count; i++) {
        struct live_seat *seat = hold->seats[i];
        const struct reservation_seat place = {
            .reservation_id = row.id,
            .position = (int64_t)i,
            .seat_id = seat->row.id,
            .price = seat->row.price,
        };
        put_reservation_seat(office, reservation, seat, &place);
        seat_set_status(office, seat, SEAT_STATUS_HELD);
    }
    CHECK(reservation->seat_count == hold->seat_count);
    return reservation;
}

enum refusal reservation_hold(struct office *office, const struct caller *caller, struct call *call)
{
    struct hold hold = {0};
    const enum refusal refusal = check_hold(office, caller->user, call, &hold);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!reservation_reserve(office, hold.round, hold.seat_count))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    mark_reserved(office, hold.round);
    const struct live_reservation *reservation = put_hold(office, caller->user, &hold);
    hold.token->hold_count++;
    CHECK(hold.token->hold_count <= HOLDS_PER_TOKEN_MAX);
    token_follow_holds(office, hold.token);
    CHECK(token_visit(office, hold.token)->expires_at >= reservation->row.expires_at);
    reservation_show(office, reservation, &call->out.reservation);
    call->created = true;
    return REFUSAL_NONE;
}

/* ---- Giving back ---- */

static void refund(struct office *office, struct live_reservation *reservation)
{
    CHECK(reservation->payment != NULL);
    CHECK(reservation->payment->row.amount == reservation->row.amount);
    struct payment row = reservation->payment->row;
    row.status = PAYMENT_STATUS_CANCELLED;
    row.cancelled_at = office->now.house;
    (void)put_payment(office, reservation->payment, reservation, &row);
    const struct point_entry entry = {
        .id = new_id(office),
        .kind = ENTRY_KIND_REFUND,
        .amount = reservation->row.amount,
        .payment_id = row.id,
        .caller_id = reservation->row.user_id,
    };
    points_move(office, reservation->user, &entry);
}

void reservation_end(struct office *office, struct live_reservation *reservation,
                     enum reservation_status status, enum cancel_reason reason)
{
    const bool was_pending = reservation->row.status == RESERVATION_STATUS_PENDING;
    const enum seat_status had = was_pending ? SEAT_STATUS_HELD : SEAT_STATUS_SOLD;
    CHECK(reservation_is_live(reservation));
    if (!was_pending)
        refund(office, reservation);
    struct seat_reservation row = reservation->row;
    row.status = status;
    row.cancel_reason = reason;
    row.ended_at = office->now.house;
    (void)put_reservation(office, reservation, reservation->user, reservation->round, &row);
    for (const struct held_seat *held = reservation_seats(office, reservation); held != NULL;
         held = held_seat_next(office, held)) {
        CHECK(held->seat->row.status == had);
        seat_set_status(office, held->seat, SEAT_STATUS_AVAILABLE);
    }
    if (!was_pending)
        tickets_void(office, reservation);

    struct live_token *token = user_token(office, reservation->user);
    if (was_pending && token != NULL && id_equal(token->id, reservation->row.token_id))
        token_review(office, token);
}

static enum refusal cancel_ended(const struct office *office, struct call *call)
{
    if (call->look_up.view->reservation.status == RESERVATION_STATUS_EXPIRED)
        return REFUSAL_RESERVATION_EXPIRED;
    show_looked_up(office, call);
    return REFUSAL_NONE;
}

/* A reservation that left memory: ended, or confirmed for a round that is over. */
static enum refusal cancel_looked_up(const struct office *office, const struct caller *caller,
                                     struct call *call)
{
    const struct reservation_view *view = call->look_up.view;
    if (!caller_may_see(caller, view->reservation.user_id))
        return caller_refuse_to_show(caller, call);
    if (view->reservation.status == RESERVATION_STATUS_CONFIRMED)
        return REFUSAL_REFUND_CLOSED;
    return cancel_ended(office, call);
}

static enum refusal check_cancel(const struct office *office, const struct caller *caller,
                                 const struct live_reservation *reservation)
{
    const struct concert_round *round = &reservation->round->row;
    if (reservation->row.status != RESERVATION_STATUS_CONFIRMED || caller_may(caller) ||
        round->status == ROUND_STATUS_CANCELLED)
        return REFUSAL_NONE;
    if (round_has_begun(office, round)) /* it may have been moved to an earlier date */
        return REFUSAL_REFUND_CLOSED;
    const bool is_free = reservation_was_moved(&reservation->row, round) &&
                         office->now.wall < round->free_cancel_until;
    return is_free || office->now.wall < reservation->row.refundable_until ? REFUSAL_NONE
                                                                           : REFUSAL_REFUND_CLOSED;
}

enum refusal reservation_cancel(struct office *office, const struct caller *caller,
                                struct call *call)
{
    const struct id id = call->in.reservation.reservation_id;
    struct live_reservation *reservation = reservation_find(office, id);
    if (reservation == NULL) {
        if (!look_up_want(call, RECORD_KIND_SEAT_RESERVATION, id))
            return REFUSAL_NOT_FOUND;
        return call->look_up.state == LOOK_UP_WANTED ? REFUSAL_NONE
                                                     : cancel_looked_up(office, caller, call);
    }
    if (!caller_may_see(caller, reservation->row.user_id))
        return caller_refuse_to_show(caller, call);
    reservation_show(office, reservation, &call->out.reservation);
    if (!own_holder_names(call))
        return REFUSAL_CAPACITY;
    if (reservation->row.status == RESERVATION_STATUS_CANCELLED)
        return REFUSAL_NONE;
    if (reservation->row.status == RESERVATION_STATUS_EXPIRED)
        return REFUSAL_RESERVATION_EXPIRED;
    const enum refusal refusal = check_cancel(office, caller, reservation);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    reservation_end(office, reservation, RESERVATION_STATUS_CANCELLED,
                    reservation->user == caller->user ? CANCEL_REASON_BUYER
                                                      : CANCEL_REASON_ORGANIZER);
    show_ended(reservation, &call->out.reservation);
    return REFUSAL_NONE;
}
