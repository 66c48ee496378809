/* See found.h. */
#include "office/found.h"

#include "office/catalogue.h"
#include "office/load.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/token.h"
#include "office/user.h"

#include <stdlib.h>

struct load_cursor {
    /* Numbers of the objects that were found last: rows come in runs that name the same ones. */
    uint32_t user, round, seat, reservation;
    /* Of some kinds: no row that came has a greater id. Ids rise, so most rows that are new need no
     * look-up. */
    struct id newest[RECORD_KIND_COUNT];
};

struct load_cursor *load_cursor_new(void)
{
    return calloc(1, sizeof(struct load_cursor));
}

void load_cursor_free(struct load_cursor *loading)
{
    free(loading);
}

bool load_is_newest(const struct office *office, const struct record *record)
{
    return id_compare(record_first_id(record), office->loading->newest[record->kind]) > 0;
}

void load_note_newest(struct office *office, const struct record *record)
{
    office->loading->newest[record->kind] = record_first_id(record);
}

/* ---- Near the last one ---- */

/* What was given back is no longer marked with the number that it had. */
#define FOUND_NEAR(find_near, find, type, pool, cursor)                                            \
    static struct type *find_near(const struct office *office, struct id id)                       \
    {                                                                                              \
        uint32_t *last = &office->loading->cursor;                                                 \
        struct type *live = pool_find(&office->pool, *last);                                       \
        if (live == NULL || live->item.number != *last || !id_equal(live->row.id, id))             \
            live = find(office, id);                                                               \
        if (live != NULL)                                                                          \
            *last = live->item.number;                                                             \
        return live;                                                                               \
    }

FOUND_NEAR(round_find_near, round_find, live_round, rounds, round)
FOUND_NEAR(seat_find_near, seat_find, live_seat, seats, seat)
FOUND_NEAR(reservation_find_near, reservation_find, live_reservation, reservations, reservation)

/* Users never leave, so their numbers are 1 to as many as there are. */
static struct live_user *user_if(const struct office *office, uint32_t number, struct id id)
{
    if (number == 0 || number > office->users.taken)
        return NULL;
    struct live_user *user = pool_at(&office->users, number);
    return id_equal(user->id, id) ? user : NULL;
}

/* Quick when it is the one that was found last, or was made right before or after it. */
static struct live_user *user_find_near(const struct office *office, struct id id)
{
    uint32_t *last = &office->loading->user;
    struct live_user *user = user_if(office, *last, id);
    if (user == NULL)
        user = user_if(office, *last + 1, id);
    if (user == NULL) /* runs of people come in either direction */
        user = user_if(office, *last - 1, id);
    if (user == NULL)
        user = user_find(office, id);
    if (user != NULL)
        *last = user->item.number;
    return user;
}

/* ---- By kind ---- */

/* The row's own object. */
static void find_own(const struct office *office, const struct record *record, bool newest,
                     struct found *found)
{
    switch (record->kind) {
    case RECORD_KIND_USER:
        found->user = newest ? NULL : user_find(office, record->as.user.id);
        return;
    case RECORD_KIND_SESSION:
        found->session = newest ? NULL : session_find(office, record->as.session.id);
        return;
    case RECORD_KIND_PLAN:
        found->plan = plan_find(office, record->as.plan.id);
        return;
    case RECORD_KIND_CONCERT:
        found->concert = concert_find(office, record->as.concert.id);
        return;
    case RECORD_KIND_CONCERT_ROUND:
        found->round = round_find(office, record->as.concert_round.id);
        return;
    case RECORD_KIND_SEAT:
        found->seat = newest ? NULL : seat_find_near(office, record->as.seat.id);
        return;
    case RECORD_KIND_QUEUE_TOKEN:
        found->token = newest ? NULL : token_find(office, record->as.queue_token.id);
        return;
    case RECORD_KIND_PAYMENT:
        found->payment = payment_find(office, record->as.payment.id);
        return;
    case RECORD_KIND_SEAT_RESERVATION:
        found->reservation =
            newest ? NULL : reservation_find_near(office, record->as.seat_reservation.id);
        return;
    case RECORD_KIND_API_KEY:
        found->api_key = api_key_find(office, record->as.api_key.id);
        return;
    case RECORD_KIND_PASSWORD_RESET:
        found->reset = reset_find(office, record->as.password_reset.user_id);
        return;
    case RECORD_KIND_NOTICE:
        if (id_equal(office->notice.id, record->as.notice.id))
            found->notice = &office->notice;
        return;
    case RECORD_KIND_IDEMPOTENCY_KEY: /* of one user's */
        found->user = user_find(office, record->as.idempotency_key.user_id);
        if (found->user != NULL)
            found->key = user_key(office, found->user, record->as.idempotency_key.key_hash);
        return;
    case RECORD_KIND_HOUSE:
    case RECORD_KIND_POINT_ACCOUNT:
    case RECORD_KIND_RESERVATION_SEAT:
    case RECORD_KIND_POINT_ENTRY:
    case RECORD_KIND_INCIDENT:
    case RECORD_KIND_ACTION:
    case RECORD_KIND_PLAN_PIECE:
    case RECORD_KIND_TICKET:
        return; /* part of another object, or never looked at again */
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

static void find_named_by_reservation(const struct office *office,
                                      const struct seat_reservation *row, struct found *found)
{
    found->user = user_find_near(office, row->user_id);
    found->round = round_find_near(office, row->round_id);
    found->token = token_find(office, row->token_id);
    if (!id_is_none(row->payment_id))
        found->payment = payment_find(office, row->payment_id);
}

static void find_named_by_entry(const struct office *office, const struct point_entry *row,
                                struct found *found)
{
    found->user = user_find(office, row->user_id);
    found->caller = user_find(office, row->caller_id);
    if (row->reference != NULL)
        found->reference = reference_find(office, row->caller_id, row->reference);
}

static void find_named_by_ticket(const struct office *office, const struct ticket *row,
                                 struct found *found)
{
    found->reservation = reservation_find_near(office, row->reservation_id);
    if (found->reservation == NULL)
        return;
    found->held = reservation_seats(office, found->reservation);
    while (found->held != NULL &&
           (found->held->seat == NULL || !id_equal(found->held->seat->row.id, row->seat_id)))
        found->held = held_seat_next(office, found->held);
}

/* The objects that the row names. */
static void find_others(const struct office *office, const struct record *record,
                        struct found *found)
{
    switch (record->kind) {
    case RECORD_KIND_SESSION:
        found->user = user_find_near(office, record->as.session.user_id);
        return;
    case RECORD_KIND_POINT_ACCOUNT:
        found->user = user_find_near(office, record->as.point_account.user_id);
        return;
    case RECORD_KIND_API_KEY:
        found->user = user_find(office, record->as.api_key.user_id);
        return;
    case RECORD_KIND_PASSWORD_RESET:
        found->user = user_find(office, record->as.password_reset.user_id);
        return;
    case RECORD_KIND_CONCERT_ROUND:
        found->concert = concert_find(office, record->as.concert_round.concert_id);
        return;
    case RECORD_KIND_SEAT:
        found->round = round_find_near(office, record->as.seat.concert_round_id);
        return;
    case RECORD_KIND_QUEUE_TOKEN:
        found->user = user_find_near(office, record->as.queue_token.user_id);
        return;
    case RECORD_KIND_PAYMENT:
        found->reservation = reservation_find(office, record->as.payment.reservation_id);
        return;
    case RECORD_KIND_SEAT_RESERVATION:
        find_named_by_reservation(office, &record->as.seat_reservation, found);
        return;
    case RECORD_KIND_RESERVATION_SEAT:
        found->reservation =
            reservation_find_near(office, record->as.reservation_seat.reservation_id);
        if (found->reservation != NULL)
            found->seat = seat_find_near(office, record->as.reservation_seat.seat_id);
        return;
    case RECORD_KIND_POINT_ENTRY:
        find_named_by_entry(office, &record->as.point_entry, found);
        return;
    case RECORD_KIND_INCIDENT:
        found->caller = user_find(office, record->as.incident.caller_id);
        return;
    case RECORD_KIND_NOTICE:
        if (!id_is_none(office->notice.id))
            found->notice = &office->notice;
        return;
    case RECORD_KIND_ACTION:
        found->caller = user_find(office, record->as.action.actor_id);
        found->user = user_find(office, record->as.action.subject_id);
        return;
    case RECORD_KIND_TICKET:
        find_named_by_ticket(office, &record->as.ticket, found);
        return;
    case RECORD_KIND_PLAN_PIECE:
        found->plan = plan_find(office, record->as.plan_piece.plan_id);
        return;
    case RECORD_KIND_HOUSE:
    case RECORD_KIND_USER:
    case RECORD_KIND_CONCERT:
    case RECORD_KIND_PLAN:
    case RECORD_KIND_IDEMPOTENCY_KEY:
        return;
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

struct found load_find(const struct office *office, const struct record *record, bool newest)
{
    struct found found = {.user = NULL};
    find_own(office, record, newest, &found);
    if (!record->deleted)
        find_others(office, record, &found);
    return found;
}
