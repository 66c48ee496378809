/* Forgetting: rows that came to their end, and rounds that are over, once the tables have them. */
#include "office/state.h"

#include <stdlib.h>

#define DROP_SLICE 4096 /* rows of a kind a call: well under a millisecond */

static void drop_tokens(struct office *office, uint64_t booked_seq)
{
    uint64_t seq;
    for (size_t i = 0; i < DROP_SLICE; i++) {
        struct live_visit *visit = finished_list_take(&office->finished_visits, booked_seq, &seq);
        if (visit == NULL)
            return;
        struct live_token *token = pool_at(&office->tokens, visit->token);
        index_remove(&office->token_by_id, token);
        pool_give(&office->tokens, token);
        pool_give(&office->visits, visit);
    }
}

static void drop_payment(struct office *office, struct live_payment *payment)
{
    if (payment == NULL)
        return;
    index_remove(&office->payment_by_id, payment);
    pool_give(&office->payments, payment);
}

static void drop_reservation(struct office *office, struct live_reservation *reservation)
{
    drop_payment(office, reservation->payment);
    drop_payment(office, reservation->failed_payment);
    reservation->round->reservation_count--;
    index_remove(&office->reservation_by_id, reservation);
    for (struct held_seat *held = reservation_seats(office, reservation), *next; held != NULL;
         held = next) {
        next = held_seat_next(office, held);
        pool_give(&office->held_seats, held);
    }
    pool_give(&office->reservations, reservation);
}

static void drop_reservations(struct office *office, uint64_t booked_seq)
{
    uint64_t seq;
    for (size_t i = 0; i < DROP_SLICE; i++) {
        struct live_reservation *reservation =
            finished_list_take(&office->finished_reservations, booked_seq, &seq);
        if (reservation == NULL)
            return;
        drop_reservation(office, reservation);
    }
}

static void drop_references(struct office *office, uint64_t booked_seq)
{
    uint64_t seq;
    for (size_t i = 0; i < DROP_SLICE; i++) {
        struct live_reference *reference =
            finished_list_take(&office->finished_references, booked_seq, &seq);
        if (reference == NULL)
            return;
        office->references_dropped_seq = seq;
        index_remove(&office->reference_by_text, reference);
        texts_free_block(reference->row.reference);
        pool_give(&office->references, reference);
    }
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
    for (int64_t i = round->row.total_seat_cnt - 1; i >= 0; i--) {
        if (round->seats[i] == NULL)
            continue;
        if (left-- == 0)
            return;
        seat_forget(office, round->seats[i]);
    }
    free(round->seats);
    free(round->states);
    round->seats = NULL;
    round->states = NULL;
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
    drop_tokens(office, booked_seq);
    drop_reservations(office, booked_seq);
    drop_references(office, booked_seq);
    drop_rounds(office, booked_seq);
}

void office_counts(const struct office *office, struct office_counts *counts)
{
    *counts = (struct office_counts){
        .users = office->users.taken,
        .sessions = office->sessions.taken,
        .tokens = office->line.waiting + office->active_count,
        .concerts = office->concerts.taken,
        .rounds = office->rounds.taken,
        .seats = office->seats.taken,
        .reservations = office->reservations.taken - office->finished_reservations.count,
        .payments = office->payments.taken,
        .finished_waiting = office->finished_visits.count + office->finished_reservations.count +
                            office->finished_references.count,
    };
}
