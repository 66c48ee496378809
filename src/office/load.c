/* The office on its way up: rows from the store go through the door, then it opens. */
#include "office/state.h"

#include <stdlib.h>

/* ---- Rows ---- */

/* The seats of a round come after it; the first one tells that the round is still live. */
static enum result make_seating(struct live_round *round)
{
    const size_t count = (size_t)round->row.total_seat_cnt;
    if (count == 0 || count > ROUND_SEATS_MAX)
        return RESULT_CORRUPT;
    round->seats = calloc(count, sizeof(struct live_seat *));
    round->states = round_states_new(count);
    return round->seats == NULL || round->states == NULL ? RESULT_NO_MEMORY : RESULT_OK;
}

static enum result load_seat(struct office *office, const struct record *record)
{
    const struct seat *row = &record->as.seat;
    if (record->deleted)
        return RESULT_OK;
    struct live_round *round = round_find(office, row->concert_round_id);
    if (round == NULL || row->position < 0 || row->position >= round->row.total_seat_cnt)
        return RESULT_CORRUPT;
    if (round->seats == NULL) {
        const enum result result = make_seating(round);
        if (result != RESULT_OK)
            return result;
    }
    const struct live_seat *there = round->seats[row->position];
    if (there != NULL && !id_equal(there->row.id, row->id))
        return RESULT_CORRUPT;
    return pool_reserve(&office->seats, 1) == RESULT_OK &&
                   index_reserve(&office->seat_by_id, 1) == RESULT_OK
               ? RESULT_OK
               : RESULT_NO_MEMORY;
}

/* Parents go last: a row that goes away must have no children left. */
static bool concert_is_empty(const struct office *office, struct id id)
{
    const struct live_concert *concert = concert_find(office, id);
    return concert == NULL || concert->round_count == 0;
}

static bool round_is_empty(const struct office *office, struct id id)
{
    const struct live_round *round = round_find(office, id);
    int64_t seats = 0;
    for (size_t i = 0; round != NULL && i < sizeof round->counts / sizeof round->counts[0]; i++)
        seats += round->counts[i];
    return seats == 0 && (round == NULL || round->reservation_count == 0);
}

static enum result room(bool reserved)
{
    return reserved ? RESULT_OK : RESULT_NO_MEMORY;
}

static enum result load_reservation_seat(struct office *office, const struct reservation_seat *row)
{
    if (row->position < 0 || row->position >= SEATS_PER_RESERVATION_MAX ||
        seat_find(office, row->seat_id) == NULL)
        return RESULT_CORRUPT;
    return room(pool_reserve(&office->held_seats, (size_t)row->position + 1) == RESULT_OK);
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

static bool is_new(const struct office *office, const struct record *record)
{
    switch (record->kind) {
    case RECORD_KIND_USER:
        return id_is_new(office, record->kind, record->as.user.id);
    case RECORD_KIND_SESSION:
        return id_is_new(office, record->kind, record->as.session.id);
    case RECORD_KIND_SEAT:
        return id_is_new(office, record->kind, record->as.seat.id);
    case RECORD_KIND_QUEUE_TOKEN:
        return id_is_new(office, record->kind, record->as.queue_token.id);
    default:
        return false;
    }
}

/* Makes the indexes that something may be found in when this row is put: all but its own kind's, in
 * which a new row is not looked up, and those that are empty. The tables' rows come a kind at a
 * time, each in the order of ids. */
static enum result indexes_need(struct office *office, const struct record *record)
{
    struct kind_indexes kinds[DEFERRED_KINDS];
    enum result result = RESULT_OK;
    deferred_indexes(office, kinds);
    for (size_t i = 0; i < DEFERRED_KINDS && result == RESULT_OK; i++)
        if (kinds[i].by_id->count > 0 && (record->kind != kinds[i].kind || !is_new(office, record)))
            result = kind_catch_up(&kinds[i]);
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

/* ---- Whether a row fits ---- */

/* Whether the rows this one names are there, and room for it. `*skip`: it is not live any more. */
static enum result prepare(struct office *office, const struct record *record, bool *skip)
{
    *skip = false;
    switch (record->kind) {
    case RECORD_KIND_HOUSE:
        return RESULT_OK;
    case RECORD_KIND_USER:
        return room(user_reserve(office, &record->as.user));
    case RECORD_KIND_SESSION:
        if (!record->deleted && user_find_near(office, record->as.session.user_id) == NULL)
            return RESULT_CORRUPT;
        return room(session_reserve(office));
    case RECORD_KIND_POINT_ACCOUNT:
        return user_find_near(office, record->as.point_account.user_id) == NULL ? RESULT_CORRUPT
                                                                                : RESULT_OK;
    case RECORD_KIND_CONCERT:
        if (record->deleted && !concert_is_empty(office, record->as.concert.id))
            return RESULT_CORRUPT;
        return room(concert_reserve(office));
    case RECORD_KIND_CONCERT_ROUND:
        if (!record->deleted && concert_find(office, record->as.concert_round.concert_id) == NULL)
            return RESULT_CORRUPT;
        if (record->deleted && !round_is_empty(office, record->as.concert_round.id))
            return RESULT_CORRUPT;
        return room(round_reserve(office, 0));
    case RECORD_KIND_SEAT:
        return load_seat(office, record);
    case RECORD_KIND_QUEUE_TOKEN:
        if (user_find_near(office, record->as.queue_token.user_id) == NULL)
            return RESULT_CORRUPT;
        return room(visit_reserve(office) && pool_reserve(&office->tokens, 1) == RESULT_OK &&
                    index_reserve(&office->token_by_id, 1) == RESULT_OK &&
                    heap_reserve(&office->token_deadlines, office->tokens.taken + 1) == RESULT_OK);
    case RECORD_KIND_PAYMENT:
        return room(payment_reserve(office));
    case RECORD_KIND_SEAT_RESERVATION: {
        const struct live_round *round = round_find(office, record->as.seat_reservation.round_id);
        if (user_find(office, record->as.seat_reservation.user_id) == NULL || round == NULL ||
            round->seats == NULL)
            return RESULT_CORRUPT;
        return room(reservation_reserve(office, 0));
    }
    case RECORD_KIND_RESERVATION_SEAT:
        *skip = reservation_find(office, record->as.reservation_seat.reservation_id) == NULL;
        return *skip ? RESULT_OK : load_reservation_seat(office, &record->as.reservation_seat);
    case RECORD_KIND_POINT_ENTRY:
        *skip = record->as.point_entry.reference == NULL;
        return room(reference_reserve(office));
    case RECORD_KIND_IDEMPOTENCY_KEY:
        if (user_find(office, record->as.idempotency_key.user_id) == NULL)
            return RESULT_CORRUPT;
        return room(key_reserve(office));
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

enum result office_load(struct office *office, const struct record *record)
{
    CHECK(office->loading);
    office->seq = 1; /* office_open sets what was loaded to the journal's last */
    bool skip;
    enum result result = indexes_need(office, record);
    if (result == RESULT_OK)
        result = prepare(office, record, &skip);
    if (result != RESULT_OK || skip)
        return result;
    struct record owned = *record;
    if (!record->deleted && !texts_own(&owned))
        return RESULT_NO_MEMORY;
    office_put(office, &owned);
    return RESULT_OK;
}

/* ---- Opening ---- */

static enum result check_seating(const struct office *office)
{
    for (const struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number))
        for (int64_t i = 0; round->seats != NULL && i < round->row.total_seat_cnt; i++)
            if (round->seats[i] == NULL)
                return RESULT_CORRUPT;
    return RESULT_OK;
}

/* A failed payment is found through its reservation, which came after it. */
static void link_payments(struct office *office)
{
    for (struct live_payment *payment = pool_next(&office->payments, 0); payment != NULL;
         payment = pool_next(&office->payments, payment->item.number)) {
        struct live_reservation *reservation =
            reservation_find(office, payment->row.reservation_id);
        if (reservation == NULL) {
            index_remove(&office->payment_by_id, payment);
            pool_give(&office->payments, payment);
        } else if (payment->row.status == PAYMENT_STATUS_FAILED) {
            reservation->failed_payment = payment;
        } else {
            reservation->payment = payment;
        }
    }
}

/* What a token has held so far, as far as it is still in memory. */
static void count_holds(struct office *office)
{
    for (struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        struct live_token *token = user_token(office, reservation->user);
        if (token != NULL && id_equal(token->id, reservation->row.token_id) &&
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

enum result office_open(struct office *office, struct moment now, uint64_t last_seq,
                        const struct secret *token_key)
{
    CHECK(office->loading);
    enum result result = indexes_catch_up(office);
    if (result == RESULT_OK)
        result = check_seating(office);
    if (result != RESULT_OK)
        return result;
    if (!waiting_line_build(office) ||
        heap_reserve(&office->token_deadlines, office->tokens.taken) != RESULT_OK)
        return RESULT_NO_MEMORY;
    link_payments(office);
    count_holds(office);
    stamp_loaded(office, last_seq);

    office->loading = false;
    office->seq = last_seq + 1;
    office->now = now;
    office->heard_floor = now.house;
    office->credit_at = now.house;
    office->references_dropped_seq = last_seq; /* those that were booked are not loaded */
    if (office->house.id == 0)
        make_house(office, token_key);
    office->house_dirty = true; /* in the first batch, which tells whether the disk takes writes */
    if (office->house.seats_per_user_ceiling < office->settings.max_seats_per_user)
        office->house.seats_per_user_ceiling = office->settings.max_seats_per_user;
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number))
        if (token->status != TOKEN_STATUS_EXPIRED)
            token_arm(office, token);
    const struct queue_change *given = &office->settings.given;
    if (given->has_max_active || given->has_admit_per_second || given->has_silent_seconds ||
        given->has_active_seconds || given->has_wait_seconds)
        queue_apply(office, given);
    return RESULT_OK;
}
