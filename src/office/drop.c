/* Forgetting: rows that came to their end, and rounds that are over, once the tables have them. */
#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#define DROP_SLICE 4096 /* rows of a kind a call: well under a millisecond */

static void drop_finished(struct office *office, struct finished_list *list, live_forget *forget,
                          uint64_t booked_seq)
{
    uint64_t seq;
    for (size_t i = 0; i < DROP_SLICE; i++) {
        void *item = finished_list_take(list, booked_seq, &seq);
        if (item == NULL)
            return;
        forget(office, item, seq);
    }
}

void forget_token(struct office *office, void *item, uint64_t seq)
{
    struct live_visit *visit = item;
    struct live_token *token = pool_at(&office->tokens, visit->token);
    (void)seq;
    CHECK(token->visit == visit->item.number);
    CHECK(token->status == TOKEN_STATUS_EXPIRED);
    CHECK(token->deadline.place == 0);
    CHECK(token_user(office, token)->token != token->item.number);
    lane_part(office, token_lane(office, token));
    index_remove(&office->token_by_id, token);
    pool_give(&office->tokens, token);
    pool_give(&office->visits, visit);
}

static void drop_payment(struct office *office, const struct live_reservation *reservation,
                         struct live_payment *payment)
{
    if (payment == NULL)
        return;
    CHECK(id_equal(payment->row.reservation_id, reservation->row.id));
    index_remove(&office->payment_by_id, payment);
    pool_give(&office->payments, payment);
}

static void drop_ticket(struct office *office, const struct held_seat *held)
{
    struct live_ticket *ticket = held_seat_ticket(office, held);
    if (ticket == NULL)
        return;
    ticket_let_go(office, ticket);
    pool_give(&office->tickets, ticket);
}

static void drop_reservation(struct office *office, struct live_reservation *reservation)
{
    CHECK(reservation->row.status != RESERVATION_STATUS_PENDING);
    CHECK(reservation->deadline.place == 0);
    CHECK(reservation->round->reservation_count > 0);
    drop_payment(office, reservation, reservation->payment);
    drop_payment(office, reservation, reservation->failed_payment);
    reservation->round->reservation_count--;
    index_remove(&office->reservation_by_id, reservation);
    for (struct held_seat *held = reservation_seats(office, reservation), *next; held != NULL;
         held = next) {
        next = held_seat_next(office, held);
        drop_ticket(office, held);
        pool_give(&office->held_seats, held);
    }
    pool_give(&office->reservations, reservation);
}

void forget_reservation(struct office *office, void *item, uint64_t seq)
{
    (void)seq;
    CHECK(!reservation_is_live(item));
    drop_reservation(office, item);
}

void forget_reference(struct office *office, void *item, uint64_t seq)
{
    struct live_reference *reference = item;
    CHECK(seq >= office->references_dropped_seq);
    office->references_dropped_seq = seq;
    index_remove(&office->reference_by_text, reference);
    reference_let_go(office, reference);
    pool_give(&office->references, reference);
}

/* A round that nothing was ever reserved in stays: it may still be moved or deleted, seats and all.
 */
static bool may_leave(const struct office *office, const struct live_round *round,
                      uint64_t booked_seq)
{
    if (round->seats == NULL || round->last_seq > booked_seq || round->row.first_reserved_at == 0 ||
        office->now.wall < round->row.start_time + ROUND_OVER_AFTER_MS ||
        (round->row.status == ROUND_STATUS_CANCELLED && round->reservations != NULL))
        return false;
    return round->counts[SEAT_STATUS_HELD] == 0;
}

/* First the confirmed reservations, then, when the ended ones are gone too, the seats. */
static void let_leave(struct office *office, struct live_round *round)
{
    size_t left = DROP_SLICE;
    while (round->reservations != NULL) {
        if (left-- == 0)
            return;
        struct live_reservation *reservation = round->reservations;
        reservation_unlink(reservation);
        drop_reservation(office, reservation);
    }
    if (round->reservation_count > 0)
        return;
    CHECK(round->counts[SEAT_STATUS_HELD] == 0);
    for (int64_t i = round->row.total_seat_cnt - 1; i >= 0; i--) {
        if (round->seats[i] == NULL)
            continue;
        if (left-- == 0)
            return;
        seat_forget(office, round->seats[i]);
    }
    round_let_seats_go(round);
    round->leaving = false;
}

static void drop_rounds(struct office *office, uint64_t booked_seq)
{
    for (size_t i = 0; i < office->rounds.taken; i++) {
        struct live_round *round = office->round_order[i];
        /* By startTime: from the first that is not over on, none is. */
        if (office->now.wall < round->row.start_time + ROUND_OVER_AFTER_MS)
            return;
        if (!round->leaving && may_leave(office, round, booked_seq)) {
            round->leaving = true;
            office->catalogue_version++;
        }
        if (round->leaving)
            let_leave(office, round);
    }
}

void office_drop_finished(struct office *office, uint64_t booked_seq)
{
    if (office->frozen)
        return;
#define FINISHED(list, type, pool, forget) drop_finished(office, &office->list, forget, booked_seq);
#include "office/live.def"
    drop_rounds(office, booked_seq);
}

void office_counts(const struct office *office, struct office_counts *counts)
{
    *counts = (struct office_counts){
        .users = office->users.taken,
        .sessions = office->sessions.taken,
        .api_keys = office->api_keys.taken,
        .resets = office->resets.taken,
        .tokens = office->line.waiting + office->active_count,
        .concerts = office->concerts.taken,
        .rounds = office->rounds.taken,
        .seats = office->seats.taken,
        .reservations = office->reservations.taken - office->finished_reservations.count,
        .payments = office->payments.taken,
    };
#define FINISHED(list, type, pool, forget) counts->finished_waiting += office->list.count;
#include "office/live.def"
}
