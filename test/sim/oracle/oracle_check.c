/* The design's invariants, on the rows as they were written: after every batch on all that lives,
 * or, in a large world, on what the batch touched. */
#include "oracle/oracle_model.h"

/* ---- One row ---- */

/* 1: a seat is sold when exactly one confirmed reservation holds it, held when one pending does. */
static void check_seat(struct oracle *oracle, const struct row *row)
{
    const enum seat_status status = row->image.as.seat.status;
    const struct seat_part *part = &row->of.seat;
    if (part->confirmed != (status == SEAT_STATUS_SOLD) ||
        part->pending != (status == SEAT_STATUS_HELD))
        object_to(oracle, 1, "%s is %s, with %lld confirmed and %lld pending reservations",
                  row_name(row).text, seat_status_texts[status], (long long)part->confirmed,
                  (long long)part->pending);
}

/* 5. */
static void check_round(struct oracle *oracle, const struct row *row)
{
    const int64_t *counts = row->of.round.counts;
    const int64_t sum = counts[SEAT_STATUS_AVAILABLE] + counts[SEAT_STATUS_HELD] +
                        counts[SEAT_STATUS_SOLD] + counts[SEAT_STATUS_BLOCKED];
    if (row->there && sum != row->image.as.concert_round.total_seat_cnt)
        object_to(oracle, 5, "%s has %lld seats and says %lld", row_name(row).text, (long long)sum,
                  (long long)row->image.as.concert_round.total_seat_cnt);
}

/* 4: a confirmed reservation has one succeeded payment of its amount and one payment entry. 9: it
 * names a token of its user that had been admitted. */
static void check_reservation(struct oracle *oracle, const struct row *row)
{
    const struct seat_reservation *reservation = &row->image.as.seat_reservation;
    const struct reservation_part *part = row->of.reservation;
    const bool confirmed = reservation->status == RESERVATION_STATUS_CONFIRMED;
    if (part->succeeded != confirmed ||
        (confirmed &&
         (part->payment == NULL || part->payment->image.as.payment.amount != reservation->amount ||
          part->payment->of.payment.entries != 1 || part->payment->of.payment.refunds != 0)))
        object_to(oracle, 4, "%s is %s, and its payment and entries do not say so",
                  row_name(row).text, reservation_status_texts[reservation->status]);
    if (part->token->of.token.user != part->user ||
        part->token->image.as.queue_token.activate_at == 0 ||
        part->token->image.as.queue_token.activate_at > reservation->reserved_at)
        object_to(oracle, 9, "%s names a token that was not active for its user",
                  row_name(row).text);
    if (!oracle->objected)
        check_tickets(oracle, row);
}

static void check_payment(struct oracle *oracle, const struct row *row)
{
    const struct payment_part *part = &row->of.payment;
    const enum payment_status status = row->image.as.payment.status;
    if (part->entries != (status != PAYMENT_STATUS_FAILED) ||
        part->refunds != (status == PAYMENT_STATUS_CANCELLED))
        object_to(oracle, 4, "%s is %s, with %lld entries of payment and %lld of refund",
                  row_name(row).text, payment_status_texts[status], (long long)part->entries,
                  (long long)part->refunds);
}

/* 8: one live token, and per round no more seats than a person may have. The lists are short. */
static void check_user(struct oracle *oracle, const struct row *row)
{
    const struct user_part *part = &row->of.user;
    if (part->live_tokens > 1)
        object_to(oracle, 8, "%s has %zu live tokens", row_name(row).text, part->live_tokens);
    if (part->keys.count > IDEMPOTENCY_KEYS_PER_USER_MAX)
        object_to(oracle, 11, "%s has %u keys", row_name(row).text, part->keys.count);
    for (size_t i = 0; i < part->reservations.count; i++) {
        const struct row *round = part->reservations.items[i]->of.reservation->round;
        size_t seats = 0;
        for (size_t k = 0; k < part->reservations.count; k++)
            if (part->reservations.items[k]->of.reservation->round == round)
                seats += part->reservations.items[k]->of.reservation->seat_count;
        if ((int64_t)seats > oracle->house->image.as.house.seats_per_user_ceiling)
            object_to(oracle, 8, "%s has %zu seats of %s", row_name(row).text, seats,
                      row_name(round).text);
    }
}

/* ---- The house ---- */

/* 3, 6 and 7, from sums that are kept. */
static void check_sums(struct oracle *oracle)
{
    const struct house *house = &oracle->house->image.as.house;
    if (oracle->unbalanced > 0)
        object_to(oracle, 3, "%zu balances are not the sums of their entries", oracle->unbalanced);
    else if (oracle->given - oracle->balances != oracle->paid)
        object_to(oracle, 3, "%lld points were given, %lld are left and %lld were paid",
                  (long long)oracle->given, (long long)oracle->balances, (long long)oracle->paid);
    else if (oracle->active_count > house->active_ceiling)
        object_to(oracle, 7, "%lld are active where %lld may be", (long long)oracle->active_count,
                  (long long)house->active_ceiling);
}

static void check_touched(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->log.count && !oracle->objected; i++) {
        const struct row *row = oracle->log.entries[i].row;
        if (!row->there)
            continue;
        const enum record_kind kind = row->image.kind;
        if (kind == RECORD_KIND_SEAT) {
            check_seat(oracle, row);
            check_round(oracle, row->of.seat.round);
        } else if (kind == RECORD_KIND_CONCERT_ROUND)
            check_round(oracle, row);
        else if (kind == RECORD_KIND_SEAT_RESERVATION) {
            check_reservation(oracle, row);
            check_user(oracle, row->of.reservation->user);
        } else if (kind == RECORD_KIND_PAYMENT)
            check_payment(oracle, row);
        else if (kind == RECORD_KIND_QUEUE_TOKEN)
            check_user(oracle, row->of.token.user);
    }
}

static void check_all_of(struct oracle *oracle, enum record_kind kind,
                         void (*check)(struct oracle *oracle, const struct row *row))
{
    const struct row_vector *rows = &oracle->of_kind[kind];
    for (size_t i = 0; i < rows->count && !oracle->objected; i++)
        if (rows->items[i]->there)
            check(oracle, rows->items[i]);
}

void check_commit(struct oracle *oracle)
{
    check_sums(oracle);
    check_touched(oracle);
    if (!oracle->small)
        return;
    check_all_of(oracle, RECORD_KIND_SEAT, check_seat);
    check_all_of(oracle, RECORD_KIND_CONCERT_ROUND, check_round);
    check_all_of(oracle, RECORD_KIND_USER, check_user);
    for (size_t i = 0; i < oracle->of_kind[RECORD_KIND_USER].count; i++) {
        const struct row_list *live =
            &oracle->of_kind[RECORD_KIND_USER].items[i]->of.user.reservations;
        for (size_t k = 0; k < live->count && !oracle->objected; k++)
            check_reservation(oracle, live->items[k]);
    }
}
