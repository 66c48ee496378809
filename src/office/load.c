/* The office on its way up: rows from the store go through the doors. */
#include "office/load.h"

#include "office/catalogue.h"
#include "office/door.h"
#include "office/fit.h"
#include "office/found.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/texts.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#include <stdlib.h>
#include <string.h>

/* ---- Indexes ---- */

/* Those that live.def says are made late. */
struct late_index {
    enum record_kind kind; /* whose rows fill it */
    struct index *index;
};

enum {
    LATE_INDEX_COUNT = 0
#define LATE_KEY(name, pool, hash, matches, kind) +1
#include "office/live.def"
};

static void late_indexes(struct office *office, struct late_index late[static LATE_INDEX_COUNT])
{
    size_t count = 0;
#define LATE_KEY(name, pool, hash, matches, kind)                                                  \
    late[count++] = (struct late_index){RECORD_KIND_##kind, &office->name};
#include "office/live.def"
}

void indexes_defer(struct office *office)
{
    struct late_index late[LATE_INDEX_COUNT];
    late_indexes(office, late);
    office->ready_kind = RECORD_KIND_COUNT; /* none */
    for (size_t i = 0; i < LATE_INDEX_COUNT; i++)
        index_defer(late[i].index);
}

/* Whether its rows fill one of them. */
static bool is_deferred(enum record_kind kind)
{
    bool deferred = false;
#define LATE_KEY(index, pool, hash, matches, row_kind)                                             \
    deferred = deferred || kind == RECORD_KIND_##row_kind;
#include "office/live.def"
    return deferred;
}

/* Makes the indexes that something may be found in when this row is put: all but its own kind's, in
 * which a new row is not looked up, and those that are empty. The tables' rows come a kind at a
 * time, each in the order of ids: what the last row needed is there, and only another kind's row
 * fills another index. */
static enum result indexes_need(struct office *office, enum record_kind kind, bool new_row)
{
    struct late_index late[LATE_INDEX_COUNT];
    enum result result = RESULT_OK;
    if (kind == office->ready_kind && (new_row || !is_deferred(kind)))
        return RESULT_OK;
    late_indexes(office, late);
    for (size_t i = 0; i < LATE_INDEX_COUNT && result == RESULT_OK; i++)
        if (late[i].index->count > 0 && (kind != late[i].kind || !new_row))
            result = index_catch_up(late[i].index);
    office->ready_kind = result == RESULT_OK ? kind : RECORD_KIND_COUNT;
    return result;
}

enum result indexes_catch_up(struct office *office)
{
    struct late_index late[LATE_INDEX_COUNT];
    enum result result = RESULT_OK;
    late_indexes(office, late);
    for (size_t i = 0; i < LATE_INDEX_COUNT && result == RESULT_OK; i++)
        result = index_catch_up(late[i].index);
    return result;
}

/* ---- Rows ---- */

/* Whether the row is one that the office keeps: it may be of a reservation that is not live, and a
 * row that is to go may be gone. */
static bool is_kept(const struct record *record, const struct found *found)
{
    if (record->deleted)
        return found->session != NULL || found->concert != NULL || found->round != NULL ||
               found->seat != NULL || found->key != NULL || found->reset != NULL ||
               found->api_key != NULL || found->notice != NULL ||
               found->plan != NULL; /* no other kind is ever removed */
    if (record->kind == RECORD_KIND_RESERVATION_SEAT || record->kind == RECORD_KIND_TICKET)
        return found->reservation != NULL;
    return record->kind != RECORD_KIND_POINT_ENTRY || record->as.point_entry.reference != NULL;
}

/* ---- Room ---- */

/* The seats of a round come after it; the first one tells that the round is still live. */
static bool make_seating(struct live_round *round)
{
    if (round->seats == NULL)
        round->seats = calloc((size_t)round->row.total_seat_cnt, sizeof(struct live_seat *));
    if (round->states == NULL)
        round->states = calloc((size_t)round->row.total_seat_cnt, sizeof *round->states);
    return round->seats != NULL && round->states != NULL;
}

/* Whether there is room for a row that fits. */
static bool reserve_for(struct office *office, const struct record *record,
                        const struct found *found)
{
    switch (record->kind) {
    case RECORD_KIND_HOUSE:
    case RECORD_KIND_POINT_ACCOUNT:
    case RECORD_KIND_INCIDENT:
    case RECORD_KIND_NOTICE:
    case RECORD_KIND_ACTION:
    case RECORD_KIND_PLAN_PIECE:
        return true;
    case RECORD_KIND_USER:
        return user_reserve(office);
    case RECORD_KIND_SESSION:
        return session_reserve(office);
    case RECORD_KIND_PLAN:
        return plan_reserve(office);
    case RECORD_KIND_CONCERT:
        return concert_reserve(office);
    case RECORD_KIND_CONCERT_ROUND:
        return round_reserve(office, 0);
    case RECORD_KIND_SEAT:
        return make_seating(found->round) && pool_reserve(&office->seats, 1) == RESULT_OK &&
               index_reserve(&office->seat_by_id, 1) == RESULT_OK;
    case RECORD_KIND_QUEUE_TOKEN:
        return lane_reserve(office, record->as.queue_token.concert_id) != NULL &&
               visit_reserve(office) && pool_reserve(&office->tokens, 1) == RESULT_OK &&
               index_reserve(&office->token_by_id, 1) == RESULT_OK &&
               heap_reserve(&office->token_deadlines, office->tokens.taken + 1) == RESULT_OK;
    case RECORD_KIND_PAYMENT:
        return payment_reserve(office);
    case RECORD_KIND_SEAT_RESERVATION:
        return reservation_reserve(office, found->round, 0);
    case RECORD_KIND_RESERVATION_SEAT:
        return pool_reserve(&office->held_seats, SEATS_PER_RESERVATION_MAX) == RESULT_OK;
    case RECORD_KIND_POINT_ENTRY:
        return reference_reserve(office);
    case RECORD_KIND_IDEMPOTENCY_KEY:
        return key_reserve(office);
    case RECORD_KIND_PASSWORD_RESET:
        return reset_reserve(office);
    case RECORD_KIND_API_KEY:
        return api_key_reserve(office);
    case RECORD_KIND_TICKET:
        return tickets_reserve(office, 1);
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

/* ---- Through the doors ---- */

static void remove_found(struct office *office, const struct found *found)
{
    if (found->session != NULL)
        remove_session(office, found->session);
    else if (found->key != NULL)
        remove_key(office, found->key);
    else if (found->api_key != NULL)
        remove_api_key(office, found->api_key);
    else if (found->reset != NULL)
        remove_reset(office, found->reset);
    else if (found->seat != NULL)
        remove_seat(office, found->seat);
    else if (found->round != NULL)
        remove_round(office, found->round);
    else if (found->concert != NULL)
        remove_concert(office, found->concert);
    else if (found->plan != NULL)
        remove_plan(office, found->plan);
    else if (found->notice != NULL)
        remove_notice(office);
    else
        UNREACHABLE("a removed row that is not there");
}

static enum result put_loaded_user(struct office *office, struct live_user *user,
                                   const struct user *row)
{
    char *texts = user_texts_pack(&office->texts, row);
    if (texts == NULL)
        return RESULT_NO_MEMORY;
    (void)put_user(office, user, row, texts);
    return RESULT_OK;
}

/* The reservation comes after its payment. */
static void put_loaded_reservation(struct office *office, const struct seat_reservation *row,
                                   const struct found *found)
{
    struct live_reservation *reservation =
        put_reservation(office, found->reservation, found->user, found->round, row);
    if (found->reservation == NULL)
        reservation->payment = found->payment;
}

/* Of its texts the office has only this one. */
static enum result put_loaded_ticket(struct office *office, const struct ticket *row,
                                     const struct found *found)
{
    struct ticket owned = *row;
    owned.holder_name = text_copy(row->holder_name);
    if (row->holder_name != NULL && owned.holder_name == NULL)
        return RESULT_NO_MEMORY;
    put_ticket(office, found->reservation, found->held, &owned);
    return RESULT_OK;
}

static enum result put_found(struct office *office, const struct record *record,
                             const struct found *found)
{
    switch (record->kind) {
    case RECORD_KIND_HOUSE:
        put_house(office, &record->as.house);
        break;
    case RECORD_KIND_USER:
        return put_loaded_user(office, found->user, &record->as.user);
    case RECORD_KIND_SESSION:
        (void)put_session(office, found->session, found->user, &record->as.session);
        break;
    case RECORD_KIND_POINT_ACCOUNT:
        put_point_account(office, found->user, &record->as.point_account);
        break;
    case RECORD_KIND_PLAN:
        (void)put_plan(office, found->plan, &record->as.plan);
        break;
    case RECORD_KIND_PLAN_PIECE:
        put_plan_piece(office, found->plan, &record->as.plan_piece);
        break;
    case RECORD_KIND_CONCERT:
        (void)put_concert(office, found->concert, &record->as.concert);
        break;
    case RECORD_KIND_CONCERT_ROUND:
        (void)put_round(office, found->round, found->concert, &record->as.concert_round);
        break;
    case RECORD_KIND_SEAT:
        (void)put_seat(office, found->seat, found->round, &record->as.seat);
        break;
    case RECORD_KIND_QUEUE_TOKEN:
        (void)put_token(office, found->token, found->user,
                        lane_find(office, record->as.queue_token.concert_id),
                        &record->as.queue_token);
        break;
    case RECORD_KIND_PAYMENT:
        (void)put_payment(office, found->payment, found->reservation, &record->as.payment);
        break;
    case RECORD_KIND_SEAT_RESERVATION:
        put_loaded_reservation(office, &record->as.seat_reservation, found);
        break;
    case RECORD_KIND_RESERVATION_SEAT:
        put_reservation_seat(office, found->reservation, found->seat, &record->as.reservation_seat);
        break;
    case RECORD_KIND_POINT_ENTRY:
        put_point_entry(office, &record->as.point_entry);
        break;
    case RECORD_KIND_INCIDENT:
        put_incident(office, &record->as.incident);
        break;
    case RECORD_KIND_NOTICE:
        put_notice(office, &record->as.notice);
        break;
    case RECORD_KIND_ACTION:
        put_action(office, &record->as.action);
        break;
    case RECORD_KIND_IDEMPOTENCY_KEY:
        (void)put_key(office, found->key, found->user, &record->as.idempotency_key);
        break;
    case RECORD_KIND_PASSWORD_RESET:
        (void)put_reset(office, found->reset, &record->as.password_reset);
        break;
    case RECORD_KIND_API_KEY:
        (void)put_api_key(office, found->api_key, found->user, &record->as.api_key);
        break;
    case RECORD_KIND_TICKET:
        return put_loaded_ticket(office, &record->as.ticket, found);
    case RECORD_KIND_COUNT:
        UNREACHABLE("record kind");
    }
    return RESULT_OK;
}

static enum result install(struct office *office, const struct record *record,
                           const struct found *found)
{
    if (record->deleted) {
        remove_found(office, found);
        return RESULT_OK;
    }
    struct record owned = *record;
    if (!reserve_for(office, record, found) || !texts_own(&owned))
        return RESULT_NO_MEMORY;
    return put_found(office, &owned, found);
}

enum result office_load(struct office *office, const struct record *record, struct explanation *why)
{
    static const char no_memory[] = "no memory for the rows";
    CHECK(office->loading != NULL);
    office->seq = 1; /* office_open sets what was loaded to the journal's last */
    const bool newest = load_is_newest(office, record);
    enum result result = indexes_need(office, record->kind, newest && is_deferred(record->kind));
    if (result != RESULT_OK)
        return explain(why, result, no_memory);
    const struct found found = load_find(office, record, newest);
    const enum contradiction contradiction = fit_row(office, record, &found);
    if (contradiction != CONTRADICTION_NONE)
        return contradict(why, contradiction, record->kind, record_first_id(record));
    if (!is_kept(record, &found))
        return RESULT_OK;
    result = install(office, record, &found);
    if (result != RESULT_OK)
        return explain(why, result, no_memory);
    if (newest)
        load_note_newest(office, record);
    return RESULT_OK;
}
