/* The office on its way up: rows from the store go through the door, then it opens. */
#include "office/fit.h"

#include <stdlib.h>
#include <string.h>

/* ---- Room ---- */

static enum result room(bool reserved)
{
    return reserved ? RESULT_OK : RESULT_NO_MEMORY;
}

/* The seats of a round come after it; the first one tells that the round is still live. */
static bool make_seating(struct live_round *round)
{
    if (round->seats == NULL)
        round->seats = calloc((size_t)round->row.total_seat_cnt, sizeof(struct live_seat *));
    if (round->states == NULL)
        round->states = calloc((size_t)round->row.total_seat_cnt, sizeof *round->states);
    return round->seats != NULL && round->states != NULL;
}

static enum result room_for_seat(struct office *office, const struct record *record)
{
    if (record->deleted)
        return RESULT_OK;
    return room(make_seating(round_find_near(office, record->as.seat.concert_round_id)) &&
                pool_reserve(&office->seats, 1) == RESULT_OK &&
                index_reserve(&office->seat_by_id, 1) == RESULT_OK);
}

/* ---- Indexes ---- */

/* Those of a kind that are made at once; NULL: it has no such second one, or none. */
struct kind_indexes {
    enum record_kind kind;
    struct index *by_id, *by_other;
};

#define DEFERRED_KINDS 4

static void deferred_indexes(struct office *office,
                             struct kind_indexes kinds[static DEFERRED_KINDS])
{
    kinds[0] =
        (struct kind_indexes){RECORD_KIND_USER, &office->user_by_id, &office->user_by_mailbox};
    kinds[1] = (struct kind_indexes){RECORD_KIND_SESSION, &office->session_by_id, NULL};
    kinds[2] = (struct kind_indexes){RECORD_KIND_SEAT, &office->seat_by_id, NULL};
    kinds[3] = (struct kind_indexes){RECORD_KIND_QUEUE_TOKEN, &office->token_by_id, NULL};
}

void indexes_defer(struct office *office)
{
    office->ready_kind = RECORD_KIND_COUNT; /* none */
    struct kind_indexes kinds[DEFERRED_KINDS];
    deferred_indexes(office, kinds);
    for (size_t i = 0; i < DEFERRED_KINDS; i++) {
        index_defer(kinds[i].by_id);
        if (kinds[i].by_other != NULL)
            index_defer(kinds[i].by_other);
    }
}

static enum result kind_catch_up(const struct kind_indexes *kind)
{
    const enum result result = index_catch_up(kind->by_id);
    return result == RESULT_OK && kind->by_other != NULL ? index_catch_up(kind->by_other) : result;
}

/* The id that a row's key begins with; the house's begins with none. */
static struct id first_id(const struct record *record)
{
    struct id id = ID_NONE;
    if (record->kind != RECORD_KIND_HOUSE)
        memcpy(&id, &record->as, sizeof id); /* a key's fields come first (a test insists) */
    return id;
}

/* Of which there are millions. */
static bool is_deferred(enum record_kind kind)
{
    return kind == RECORD_KIND_USER || kind == RECORD_KIND_SESSION || kind == RECORD_KIND_SEAT ||
           kind == RECORD_KIND_QUEUE_TOKEN;
}

/* Whether it is one of those, and its id is above those of all before it. */
static bool is_new(const struct office *office, const struct record *record)
{
    return is_deferred(record->kind) && id_is_new(office, record->kind, first_id(record));
}

/* Makes the indexes that something may be found in when this row is put: all but its own kind's, in
 * which a new row is not looked up, and those that are empty. The tables' rows come a kind at a
 * time, each in the order of ids: what the last row needed is there, and only another kind's row
 * fills another index. */
static enum result indexes_need(struct office *office, enum record_kind kind, bool new_row)
{
    struct kind_indexes kinds[DEFERRED_KINDS];
    enum result result = RESULT_OK;
    if (kind == office->ready_kind && (new_row || !is_deferred(kind)))
        return RESULT_OK;
    deferred_indexes(office, kinds);
    for (size_t i = 0; i < DEFERRED_KINDS && result == RESULT_OK; i++)
        if (kinds[i].by_id->count > 0 && (kind != kinds[i].kind || !new_row))
            result = kind_catch_up(&kinds[i]);
    office->ready_kind = result == RESULT_OK ? kind : RECORD_KIND_COUNT;
    return result;
}

static enum result indexes_catch_up(struct office *office)
{
    struct kind_indexes kinds[DEFERRED_KINDS];
    enum result result = RESULT_OK;
    deferred_indexes(office, kinds);
    for (size_t i = 0; i < DEFERRED_KINDS && result == RESULT_OK; i++)
        result = kind_catch_up(&kinds[i]);
    return result;
}

/* ---- Rows ---- */

/* Whether there is room for a row that fits. */
static enum result prepare(struct office *office, const struct record *record)
{
    switch (record->kind) {
    case RECORD_KIND_HOUSE:
    case RECORD_KIND_POINT_ACCOUNT:
        return RESULT_OK;
    case RECORD_KIND_USER:
        return room(user_reserve(office, &record->as.user));
    case RECORD_KIND_SESSION:
        return room(session_reserve(office));
    case RECORD_KIND_CONCERT:
        return room(concert_reserve(office));
    case RECORD_KIND_CONCERT_ROUND:
        return room(round_reserve(office, 0));
    case RECORD_KIND_SEAT:
        return room_for_seat(office, record);
    case RECORD_KIND_QUEUE_TOKEN:
        return room(visit_reserve(office) && pool_reserve(&office->tokens, 1) == RESULT_OK &&
                    index_reserve(&office->token_by_id, 1) == RESULT_OK &&
                    heap_reserve(&office->token_deadlines, office->tokens.taken + 1) == RESULT_OK);
    case RECORD_KIND_PAYMENT:
        return room(payment_reserve(office));
    case RECORD_KIND_SEAT_RESERVATION:
        return room(reservation_reserve(office, 0));
    case RECORD_KIND_RESERVATION_SEAT:
        return room(pool_reserve(&office->held_seats, SEATS_PER_RESERVATION_MAX) == RESULT_OK);
    case RECORD_KIND_POINT_ENTRY:
        return room(reference_reserve(office));
    case RECORD_KIND_IDEMPOTENCY_KEY:
        return room(key_reserve(office));
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

/* Whether the row is one that the office keeps: it may be of a reservation that is not live. */
static bool is_kept(struct office *office, const struct record *record)
{
    if (record->kind == RECORD_KIND_RESERVATION_SEAT)
        return reservation_find_near(office, record->as.reservation_seat.reservation_id) != NULL;
    return record->kind != RECORD_KIND_POINT_ENTRY || record->as.point_entry.reference != NULL;
}

enum result office_load(struct office *office, const struct record *record, struct explanation *why)
{
    static const char no_memory[] = "no memory for the rows";
    CHECK(office->loading);
    office->seq = 1; /* office_open sets what was loaded to the journal's last */
    const bool new_row = is_new(office, record);
    enum result result = indexes_need(office, record->kind, new_row);
    if (result != RESULT_OK)
        return explain(why, result, no_memory);
    const enum contradiction contradiction = fit_row(office, record, new_row);
    if (contradiction != CONTRADICTION_NONE)
        return contradict(why, contradiction, record->kind, first_id(record));
    if (!is_kept(office, record))
        return RESULT_OK;
    struct record owned = *record;
    result = prepare(office, record);
    if (result != RESULT_OK || (!record->deleted && !texts_own(&owned)))
        return explain(why, RESULT_NO_MEMORY, no_memory);
    office_put(office, &owned);
    return RESULT_OK;
}

/* ---- Opening ---- */

/* A payment that came before its reservation, and of which only the payment says so. */
static enum contradiction link_payment(struct live_reservation *reservation,
                                       struct live_payment *payment)
{
    struct live_payment **place = payment->row.status == PAYMENT_STATUS_FAILED
                                      ? &reservation->failed_payment
                                      : &reservation->payment;
    if (!payment_fits(&payment->row, &reservation->row))
        return CONTRADICTION_PAYMENT_OF_OTHER;
    if (*place != NULL && *place != payment)
        return CONTRADICTION_PAYMENT_BEYOND_ONE;
    *place = payment;
    return CONTRADICTION_NONE;
}

static enum result link_payments(struct office *office, struct explanation *why)
{
    for (struct live_payment *payment = pool_next(&office->payments, 0); payment != NULL;
         payment = pool_next(&office->payments, payment->item.number)) {
        struct live_reservation *reservation =
            reservation_find(office, payment->row.reservation_id);
        if (reservation == NULL) {
            index_remove(&office->payment_by_id, payment);
            pool_give(&office->payments, payment);
            continue;
        }
        const enum contradiction contradiction = link_payment(reservation, payment);
        if (contradiction != CONTRADICTION_NONE)
            return contradict(why, contradiction, RECORD_KIND_PAYMENT, payment->row.id);
    }
    return RESULT_OK;
}

/* What a token has held so far beside its pending holds, as far as it is still in memory. */
static void count_holds(struct office *office)
{
    for (struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        struct live_token *token = user_token(office, reservation->user);
        if (token != NULL && id_equal(token->id, reservation->row.token_id) &&
            reservation->row.status != RESERVATION_STATUS_PENDING &&
            token->hold_count < HOLDS_PER_TOKEN_MAX)
            token->hold_count++;
    }
}

/* Everything that was loaded counts as changed by the journal's last batch. */
static void stamp_loaded(struct office *office, uint64_t last_seq)
{
    const uint64_t seq = last_seq == 0 ? 1 : last_seq;
    for (struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number))
        round->version = round->last_seq = seq;
    for (struct live_visit *visit = pool_next(&office->visits, 0); visit != NULL;
         visit = pool_next(&office->visits, visit->item.number))
        if (visit->finished.seq != 0)
            visit->finished.seq = seq;
    for (struct live_reservation *row = pool_next(&office->reservations, 0); row != NULL;
         row = pool_next(&office->reservations, row->item.number))
        if (row->finished.seq != 0)
            row->finished.seq = seq;
    for (struct live_reference *reference = pool_next(&office->references, 0); reference != NULL;
         reference = pool_next(&office->references, reference->item.number))
        reference->finished.seq = seq;
}

static void make_house(struct office *office, const struct secret *token_key)
{
    const struct office_settings *settings = &office->settings;
    office->house = (struct house){
        .id = 1,
        .max_active = settings->max_active,
        .admit_per_second = settings->admit_per_second,
        .silent_seconds = settings->silent_seconds,
        .active_seconds = settings->active_seconds,
        .wait_seconds = settings->wait_seconds,
        .active_ceiling = settings->max_active,
        .seats_per_user_ceiling = settings->max_seats_per_user,
        .token_key = *token_key,
    };
}

/* The line is there: each live token is looked at once more, and gets its deadline. */
static enum result arm_tokens(struct office *office, struct explanation *why)
{
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number)) {
        if (token->status == TOKEN_STATUS_EXPIRED)
            continue;
        const enum contradiction contradiction = fit_token(office, token);
        if (contradiction != CONTRADICTION_NONE)
            return contradict(why, contradiction, RECORD_KIND_QUEUE_TOKEN, token->id);
        token_arm(office, token);
    }
    return RESULT_OK;
}

/* Everything that follows from the rows and stands in none. */
static enum result derive(struct office *office, struct explanation *why)
{
    if (indexes_catch_up(office) != RESULT_OK || !waiting_line_build(office) ||
        heap_reserve(&office->token_deadlines, office->tokens.taken) != RESULT_OK)
        return explain(why, RESULT_NO_MEMORY, "no memory for what follows from the rows");
    enum result result = link_payments(office, why);
    if (result == RESULT_OK)
        result = fit_all(office, why);
    if (result == RESULT_OK)
        result = arm_tokens(office, why);
    if (result == RESULT_OK)
        count_holds(office);
    return result;
}

enum result office_open(struct office *office, struct moment now, uint64_t last_seq,
                        const struct secret *token_key, struct explanation *why)
{
    CHECK(office->loading);
    office->now = now;
    office->heard_floor = now.house;
    office->credit_at = now.house;
    if (office->house.id == 0)
        make_house(office, token_key);
    if (office->house.seats_per_user_ceiling < office->settings.max_seats_per_user)
        office->house.seats_per_user_ceiling = office->settings.max_seats_per_user;
    const enum result result = derive(office, why);
    if (result != RESULT_OK)
        return result;
    stamp_loaded(office, last_seq);
    office->loading = false;
    office->seq = last_seq + 1;
    office->references_dropped_seq = last_seq; /* those that were booked are not loaded */
    office->house_dirty = true; /* in the first batch, which tells whether the disk takes writes */
    const struct queue_change *given = &office->settings.given;
    if (given->has_max_active || given->has_admit_per_second || given->has_silent_seconds ||
        given->has_active_seconds || given->has_wait_seconds)
        queue_apply(office, given);
    return RESULT_OK;
}
