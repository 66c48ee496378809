/* See fit.h. A row at a time: by itself, and against those that were loaded before it. */
#include "office/fit.h"

#include "base/check.h"
#include "office/catalogue.h"
#include "office/moves.h"
#include "office/reservation.h"
#include "office/stored_plan.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#include <string.h>

enum result contradict(struct explanation *why, enum contradiction contradiction,
                       enum record_kind kind, struct id id)
{
    static const char *const sentences[CONTRADICTION_COUNT] = {
#define CONTRADICTION(name, sentence) [CONTRADICTION_##name] = sentence,
#include "office/contradiction.def"
    };
    const struct entity_schema *schema = record_schema(kind);
    const struct field_schema *key = &schema->fields[0];
    char text[ID_TEXT_BYTES];
    if (key->type != FIELD_ID) /* the house's: there is one */
        return explain(why, RESULT_CORRUPT, "the %s %s", schema->table, sentences[contradiction]);
    (void)id_format(record_schema(key->id_of)->prefix, id, text);
    return explain(why, RESULT_CORRUPT, "the %s %s %s", schema->table, text,
                   sentences[contradiction]);
}

/* ---- By itself ---- */

/* Twice as far as any time that is accepted: what is reckoned from it stays a number. */
#define TIME_MAX_MS (2 * TIMESTAMP_END_MS)
/* So that a balance takes any refund: no sum of two of them is out of range. */
#define POINTS_MAX (INT64_MAX / 4)
/* So many seconds are a number of milliseconds, and so many admissions a second one of thousandths
 * of them. Numbers of tokens go on from what is loaded. */
#define HOUSE_NUMBER_MAX INT32_MAX

enum {
    KEY = FIELD_FLAG_KEY,
    OPTIONAL = FIELD_FLAG_OPTIONAL,
    REFERENCE = FIELD_FLAG_REFERENCE,
    INDEXED = FIELD_FLAG_INDEXED,
    OWNER = FIELD_FLAG_OWNER,
    CREATED = FIELD_FLAG_CREATED,
    LISTED = FIELD_FLAG_LISTED,
};

static bool time_is_good(timestamp_ms time)
{
    return time >= -TIME_MAX_MS && time <= TIME_MAX_MS;
}

#define CHECK_ID(value, flags)
#define CHECK_INT(value, flags)
#define CHECK_ENUM(value, flags)
#define CHECK_BOOL(value, flags)
#define CHECK_REAL(value, flags)
#define CHECK_SECRET(value, flags)
#define CHECK_TIME(value, flags)                                                                   \
    if (!time_is_good(value))                                                                      \
        return CONTRADICTION_TIME_OUT_OF_RANGE;
#define CHECK_TEXT(value, flags)                                                                   \
    if (((flags)&OPTIONAL) == 0 && (value) == NULL)                                                \
        return CONTRADICTION_TEXT_MISSING;

/* One function an entity: to walk the schema for each of millions of rows would take longer. */
#define ENTITY(kind, name, prefix, since)                                                          \
    static enum contradiction check_fields_of_##name(const struct name *row)                       \
    {                                                                                              \
        (void)row;
#define FIELD(entity, column, type, detail, json, flags, since) CHECK_##type(row->column, flags)
#define END_ENTITY(kind, name)                                                                     \
    return CONTRADICTION_NONE;                                                                     \
    }
#include "record/schema.def"

static enum contradiction check_fields(const struct record *record)
{
    switch (record->kind) {
#define ENTITY(kind, name, prefix, since)                                                          \
    case RECORD_KIND_##kind:                                                                       \
        return check_fields_of_##name(&record->as.name);
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

static bool is_between(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool seat_text_fits(const char *text)
{
    return text == NULL || strlen(text) <= SEAT_NUMBER_BYTES_MAX;
}

static bool told_text_fits(const char *text)
{
    return text == NULL || strlen(text) <= TOLD_BYTES_MAX;
}

/* A state may be written again, but what has ended does not begin anew. */
static bool may_follow(enum record_kind kind, int from, int to)
{
    return from == to || move_is_legal(kind, from, to);
}

/* Of rows that name no other, and that no other is named by. */
static enum contradiction fit_anywhere(const struct office *office, const struct record *record,
                                       const struct found *found)
{
    (void)office;
    (void)record;
    (void)found;
    return CONTRADICTION_NONE;
}

/* ---- People ---- */

static enum contradiction fit_house(const struct office *office, const struct record *record,
                                    const struct found *found)
{
    (void)office;
    (void)found;
    const struct house *row = &record->as.house;
    const bool good = row->id == 1 && is_between(row->last_number, 0, INT64_MAX / 2) &&
                      is_between(row->serving, 0, row->last_number) &&
                      is_between(row->active_ceiling, 0, HOUSE_NUMBER_MAX) &&
                      is_between(row->max_active, 0, row->active_ceiling) &&
                      is_between(row->admit_per_second, 1, HOUSE_NUMBER_MAX) &&
                      is_between(row->silent_seconds, 0, HOUSE_NUMBER_MAX) &&
                      is_between(row->active_seconds, 0, HOUSE_NUMBER_MAX) &&
                      is_between(row->wait_seconds, 0, HOUSE_NUMBER_MAX) &&
                      is_between(row->last_serial, 0, TICKET_SERIAL_MAX);
    return good ? CONTRADICTION_NONE : CONTRADICTION_HOUSE_OUT_OF_RANGE;
}

static enum contradiction fit_user(const struct office *office, const struct record *record,
                                   const struct found *found)
{
    const struct user *row = &record->as.user;
    uint32_t scopes;
    (void)office;
    (void)found;
    if ((row->role == USER_ROLE_STAFF) != (row->scopes != NULL))
        return CONTRADICTION_SCOPES_OF_OTHER_ROLE;
    return row->scopes == NULL || scopes_parse(row->scopes, &scopes) ? CONTRADICTION_NONE
                                                                     : CONTRADICTION_SCOPES_UNKNOWN;
}

static enum contradiction fit_session(const struct office *office, const struct record *record,
                                      const struct found *found)
{
    (void)record;
    if (found->user == NULL)
        return CONTRADICTION_USER_MISSING;
    if (found->session != NULL)
        return found->session->user == found->user->item.number ? CONTRADICTION_NONE
                                                                : CONTRADICTION_IDENTITY_CHANGED;
    return found->user->sessions == 0 || session_count(office, found->user) < SESSIONS_PER_USER_MAX
               ? CONTRADICTION_NONE
               : CONTRADICTION_SESSION_BEYOND_MOST;
}

static enum contradiction fit_reset(const struct office *office, const struct record *record,
                                    const struct found *found)
{
    (void)office;
    (void)record;
    return found->user == NULL ? CONTRADICTION_USER_MISSING : CONTRADICTION_NONE;
}

static enum contradiction fit_api_key(const struct office *office, const struct record *record,
                                      const struct found *found)
{
    const struct api_key *row = &record->as.api_key;
    uint32_t scopes;
    (void)office;
    if (found->user == NULL)
        return CONTRADICTION_USER_MISSING;
    if (found->user->role != USER_ROLE_SERVICE)
        return CONTRADICTION_USER_OF_OTHER_ROLE;
    if (!scopes_parse(row->scopes, &scopes))
        return CONTRADICTION_SCOPES_UNKNOWN;
    return found->api_key == NULL || found->api_key->user == found->user
               ? CONTRADICTION_NONE
               : CONTRADICTION_IDENTITY_CHANGED;
}

static enum contradiction fit_account(const struct office *office, const struct record *record,
                                      const struct found *found)
{
    (void)office;
    if (found->user == NULL)
        return CONTRADICTION_USER_MISSING;
    return is_between(record->as.point_account.balance, 0, POINTS_MAX)
               ? CONTRADICTION_NONE
               : CONTRADICTION_AMOUNT_OUT_OF_RANGE;
}

static enum contradiction fit_entry(const struct office *office, const struct record *record,
                                    const struct found *found)
{
    (void)office;
    (void)record;
    if (found->user == NULL || found->caller == NULL)
        return CONTRADICTION_USER_MISSING;
    return found->reference == NULL ? CONTRADICTION_NONE : CONTRADICTION_REFERENCE_TWICE;
}

static enum contradiction fit_incident(const struct office *office, const struct record *record,
                                       const struct found *found)
{
    (void)office;
    (void)record;
    return found->caller == NULL ? CONTRADICTION_USER_MISSING : CONTRADICTION_NONE;
}

static enum contradiction fit_notice(const struct office *office, const struct record *record,
                                     const struct found *found)
{
    (void)office;
    const struct notice *row = &record->as.notice;
    if (found->notice != NULL && !id_equal(found->notice->id, row->id))
        return CONTRADICTION_NOTICE_BEYOND_ONE;
    return told_text_fits(row->text_ko) && told_text_fits(row->text_en)
               ? CONTRADICTION_NONE
               : CONTRADICTION_TEXT_TOO_LONG;
}

static enum contradiction fit_action(const struct office *office, const struct record *record,
                                     const struct found *found)
{
    (void)office;
    const bool subject_is_there = id_is_none(record->as.action.subject_id) || found->user != NULL;
    return found->caller != NULL && subject_is_there ? CONTRADICTION_NONE
                                                     : CONTRADICTION_USER_MISSING;
}

static enum contradiction fit_plan(const struct office *office, const struct record *record,
                                   const struct found *found)
{
    const struct plan *row = &record->as.plan;
    (void)office;
    (void)found;
    if (row->name == NULL)
        return CONTRADICTION_TEXT_MISSING;
    if (strlen(row->name) > PLAN_NAME_CHARACTERS_MAX * UTF8_BYTES_MAX)
        return CONTRADICTION_TEXT_TOO_LONG;
    if (row->seat_count < 1 || row->seat_count > ROUND_SEATS_MAX)
        return CONTRADICTION_SEAT_COUNT_OUT_OF_RANGE;
    return row->version >= 1 && row->version < INT64_MAX && row->piece_count >= 1 &&
                   row->piece_count <= PLAN_PIECES_MAX
               ? CONTRADICTION_NONE
               : CONTRADICTION_PIECES_OUT_OF_RANGE;
}

static enum contradiction fit_plan_piece(const struct office *office, const struct record *record,
                                         const struct found *found)
{
    const struct plan_piece *row = &record->as.plan_piece;
    (void)office;
    if (found->plan == NULL)
        return CONTRADICTION_PLAN_MISSING;
    return row->position >= 0 && row->position < found->plan->row.piece_count
               ? CONTRADICTION_NONE
               : CONTRADICTION_OUT_OF_PLACE;
}

static enum contradiction fit_key(const struct office *office, const struct record *record,
                                  const struct found *found)
{
    if (found->user == NULL)
        return CONTRADICTION_USER_MISSING;
    if (found->key != NULL || record->deleted)
        return CONTRADICTION_NONE;
    size_t count = 0;
    for (const struct live_key *key = user_keys(office, found->user); key != NULL;
         key = key_next(office, key))
        count++;
    return count < IDEMPOTENCY_KEYS_PER_USER_MAX ? CONTRADICTION_NONE
                                                 : CONTRADICTION_KEY_BEYOND_MOST;
}

static enum contradiction fit_token_row(const struct office *office, const struct record *record,
                                        const struct found *found)
{
    const struct queue_token *row = &record->as.queue_token;
    const struct live_user *user = found->user;
    if (user == NULL)
        return CONTRADICTION_USER_MISSING;
    const bool active = row->status == TOKEN_STATUS_ACTIVE;
    const bool timed = row->activate_at != 0 && row->expires_at != 0 && row->holds_until != 0;
    if ((active && !timed) || (row->status == TOKEN_STATUS_WAITING && row->activate_at != 0) ||
        (row->status == TOKEN_STATUS_EXPIRED) != (row->ended_at != 0))
        return CONTRADICTION_TOKEN_WITHOUT_TIMES;
    const struct live_token *token = found->token;
    if (token == NULL)
        return user->token == 0 ? CONTRADICTION_NONE : CONTRADICTION_TOKEN_BEYOND_ONE;
    if (token->user != user->item.number || token->number != row->number ||
        !id_equal(token_lane(office, token)->concert_id, row->concert_id))
        return CONTRADICTION_IDENTITY_CHANGED;
    return may_follow(RECORD_KIND_QUEUE_TOKEN, (int)token->status, (int)row->status)
               ? CONTRADICTION_NONE
               : CONTRADICTION_MOVE_ILLEGAL;
}

/* ---- The catalogue ---- */

static enum contradiction fit_concert(const struct office *office, const struct record *record,
                                      const struct found *found)
{
    const struct concert *row = &record->as.concert;
    if (!is_between(row->max_seats_per_reservation, 0, SEATS_PER_RESERVATION_MAX) ||
        !is_between(row->max_seats_per_user, 0, SEATS_PER_USER_MAX))
        return CONTRADICTION_LIMIT_OUT_OF_RANGE;
    const struct live_concert *named =
        row->external_id == NULL ? NULL : concert_find_external(office, row->external_id);
    return named == NULL || named == found->concert ? CONTRADICTION_NONE
                                                    : CONTRADICTION_EXTERNAL_ID_TWICE;
}

static enum contradiction fit_round(const struct office *office, const struct record *record,
                                    const struct found *found)
{
    (void)office;
    const struct concert_round *row = &record->as.concert_round;
    if (found->concert == NULL)
        return CONTRADICTION_CONCERT_MISSING;
    if (!is_between(row->total_seat_cnt, 1, ROUND_SEATS_MAX))
        return CONTRADICTION_SEAT_COUNT_OUT_OF_RANGE;
    if ((row->reason_ko == NULL) != (row->reason_en == NULL))
        return CONTRADICTION_TEXT_MISSING;
    if (!told_text_fits(row->reason_ko) || !told_text_fits(row->reason_en))
        return CONTRADICTION_TEXT_TOO_LONG;
    const struct live_round *round = found->round;
    if (round == NULL)
        return CONTRADICTION_NONE;
    const timestamp_ms reserved_at = round->row.first_reserved_at;
    if (round->concert != found->concert || round->row.total_seat_cnt != row->total_seat_cnt ||
        (reserved_at != 0 && reserved_at != row->first_reserved_at))
        return CONTRADICTION_IDENTITY_CHANGED;
    return may_follow(RECORD_KIND_CONCERT_ROUND, (int)round->row.status, (int)row->status)
               ? CONTRADICTION_NONE
               : CONTRADICTION_MOVE_ILLEGAL;
}

static bool seat_texts_fit(const struct seat *seat)
{
    return seat_text_fits(seat->seat_number) && seat_text_fits(seat->section) &&
           seat_text_fits(seat->row) && seat_text_fits(seat->number) && seat_text_fits(seat->grade);
}

static enum contradiction fit_seat(const struct office *office, const struct record *record,
                                   const struct found *found)
{
    (void)office;
    const struct seat *row = &record->as.seat;
    const struct live_round *round = found->round;
    if (round == NULL)
        return CONTRADICTION_ROUND_MISSING;
    if (!is_between(row->position, 0, round->row.total_seat_cnt - 1))
        return CONTRADICTION_OUT_OF_PLACE;
    if (!seat_texts_fit(row))
        return CONTRADICTION_TEXT_TOO_LONG;
    if (!is_between(row->price, 0, PRICE_MAX))
        return CONTRADICTION_AMOUNT_OUT_OF_RANGE;
    const struct live_seat *seat = found->seat;
    if (seat == NULL)
        return round->seats == NULL || round->seats[row->position] == NULL
                   ? CONTRADICTION_NONE
                   : CONTRADICTION_PLACE_TAKEN;
    if (seat->round != round || seat->row.position != row->position)
        return CONTRADICTION_IDENTITY_CHANGED;
    return may_follow(RECORD_KIND_SEAT, (int)seat->row.status, (int)row->status)
               ? CONTRADICTION_NONE
               : CONTRADICTION_MOVE_ILLEGAL;
}

/* ---- The sale ---- */

bool payment_fits(const struct payment *payment, const struct seat_reservation *reservation)
{
    return id_equal(payment->reservation_id, reservation->id) &&
           id_equal(payment->user_id, reservation->user_id) &&
           payment->amount == reservation->amount;
}

static enum contradiction fit_known_payment(const struct payment *before, const struct payment *row)
{
    if (!id_equal(before->reservation_id, row->reservation_id) ||
        !id_equal(before->user_id, row->user_id) || before->amount != row->amount)
        return CONTRADICTION_IDENTITY_CHANGED;
    return may_follow(RECORD_KIND_PAYMENT, (int)before->status, (int)row->status)
               ? CONTRADICTION_NONE
               : CONTRADICTION_MOVE_ILLEGAL;
}

static enum contradiction fit_payment(const struct office *office, const struct record *record,
                                      const struct found *found)
{
    (void)office;
    const struct payment *row = &record->as.payment;
    const struct live_payment *payment = found->payment;
    const struct live_reservation *reservation = found->reservation;
    if (!is_between(row->amount, 0, POINTS_MAX))
        return CONTRADICTION_AMOUNT_OUT_OF_RANGE;
    const enum contradiction contradiction =
        payment == NULL ? CONTRADICTION_NONE : fit_known_payment(&payment->row, row);
    if (contradiction != CONTRADICTION_NONE || reservation == NULL)
        return contradiction; /* it comes later, or has left the tables' live rows */
    if (!payment_fits(row, &reservation->row))
        return CONTRADICTION_PAYMENT_OF_OTHER;
    const struct live_payment *there =
        row->status == PAYMENT_STATUS_FAILED ? reservation->failed_payment : reservation->payment;
    return there == NULL || there == payment ? CONTRADICTION_NONE
                                             : CONTRADICTION_PAYMENT_BEYOND_ONE;
}

static enum contradiction fit_new_reservation(const struct found *found)
{
    if (found->user == NULL)
        return CONTRADICTION_USER_MISSING;
    if (found->round == NULL)
        return CONTRADICTION_ROUND_MISSING;
    if (found->round->seats == NULL)
        return CONTRADICTION_ROUND_WITHOUT_SEATS;
    if (found->round->row.first_reserved_at == 0)
        return CONTRADICTION_NEVER_RESERVED;
    /* One that has ended may have left memory. */
    return found->token == NULL || found->token->user == found->user->item.number
               ? CONTRADICTION_NONE
               : CONTRADICTION_TOKEN_OF_OTHER_USER;
}

static enum contradiction fit_known_reservation(const struct seat_reservation *before,
                                                const struct seat_reservation *row)
{
    if (!id_equal(before->user_id, row->user_id) || !id_equal(before->round_id, row->round_id) ||
        !id_equal(before->token_id, row->token_id) || before->amount != row->amount ||
        (!id_is_none(before->payment_id) && !id_equal(before->payment_id, row->payment_id)) ||
        (before->extended_at != 0 && before->extended_at != row->extended_at))
        return CONTRADICTION_IDENTITY_CHANGED;
    return may_follow(RECORD_KIND_SEAT_RESERVATION, (int)before->status, (int)row->status)
               ? CONTRADICTION_NONE
               : CONTRADICTION_MOVE_ILLEGAL;
}

static enum contradiction fit_reservation(const struct office *office, const struct record *record,
                                          const struct found *found)
{
    (void)office;
    const struct seat_reservation *row = &record->as.seat_reservation;
    const struct live_payment *payment = found->payment;
    if (!is_between(row->amount, 0, POINTS_MAX))
        return CONTRADICTION_AMOUNT_OUT_OF_RANGE;
    const enum contradiction contradiction =
        found->reservation == NULL ? fit_new_reservation(found)
                                   : fit_known_reservation(&found->reservation->row, row);
    if (contradiction != CONTRADICTION_NONE || id_is_none(row->payment_id))
        return contradiction;
    if (payment == NULL)
        return CONTRADICTION_PAYMENT_MISSING;
    return payment_fits(&payment->row, row) && payment->row.status != PAYMENT_STATUS_FAILED
               ? CONTRADICTION_NONE
               : CONTRADICTION_PAYMENT_OF_OTHER;
}

/* Of a reservation in memory; the rows of one come in any order. */
static enum contradiction fit_reservation_seat(const struct office *office,
                                               const struct record *record,
                                               const struct found *found)
{
    const struct reservation_seat *row = &record->as.reservation_seat;
    if (found->reservation == NULL)
        return CONTRADICTION_NONE; /* one that is not live: it is not kept */
    if (!is_between(row->position, 0, SEATS_PER_RESERVATION_MAX - 1))
        return CONTRADICTION_OUT_OF_PLACE;
    if (!is_between(row->price, 0, PRICE_MAX))
        return CONTRADICTION_AMOUNT_OUT_OF_RANGE;
    if (found->seat == NULL)
        return CONTRADICTION_SEAT_MISSING;
    if (found->seat->round != found->reservation->round)
        return CONTRADICTION_SEAT_OF_OTHER_ROUND;
    const struct held_seat *held = reservation_seats(office, found->reservation);
    for (int64_t i = 0; i < row->position && held != NULL; i++)
        held = held_seat_next(office, held);
    return held == NULL || held->seat == NULL || held->seat == found->seat
               ? CONTRADICTION_NONE
               : CONTRADICTION_PLACE_TAKEN;
}

/* Of a reservation in memory. */
static enum contradiction fit_ticket(const struct office *office, const struct record *record,
                                     const struct found *found)
{
    const struct ticket *row = &record->as.ticket;
    if (found->reservation == NULL)
        return CONTRADICTION_NONE; /* one that is not live: it is not kept */
    if (found->held == NULL)
        return CONTRADICTION_SEAT_MISSING;
    if (!is_between(row->serial, 1, TICKET_SERIAL_MAX) ||
        !is_between(row->generation, 1, TICKET_GENERATION_MAX))
        return CONTRADICTION_SERIAL_OUT_OF_RANGE;
    if (row->holder_name != NULL &&
        strlen(row->holder_name) > USER_NAME_CHARACTERS_MAX * UTF8_BYTES_MAX)
        return CONTRADICTION_TEXT_TOO_LONG;
    const struct seat_reservation *reservation = &found->reservation->row;
    if (!id_equal(row->user_id, reservation->user_id) ||
        !id_equal(row->round_id, reservation->round_id) || row->issued_at != id_time(row->id) ||
        (row->status == TICKET_STATUS_VALID) !=
            (reservation->status == RESERVATION_STATUS_CONFIRMED))
        return CONTRADICTION_TICKET_OF_OTHER;
    const struct live_ticket *ticket = held_seat_ticket(office, found->held);
    if (ticket == NULL)
        return CONTRADICTION_NONE;
    if (!id_equal(ticket->id, row->id))
        return CONTRADICTION_TICKET_BEYOND_ONE;
    return ticket->serial == row->serial && ticket->generation <= row->generation
               ? CONTRADICTION_NONE
               : CONTRADICTION_IDENTITY_CHANGED;
}

/* ---- Rows that go ---- */

/* Parents go last: a row that goes away has no children left. */
static enum contradiction concert_may_go(const struct office *office, const struct record *record,
                                         const struct found *found)
{
    (void)office;
    (void)record;
    return found->concert == NULL || found->concert->round_count == 0 ? CONTRADICTION_NONE
                                                                      : CONTRADICTION_STILL_IN_USE;
}

static enum contradiction round_may_go(const struct office *office, const struct record *record,
                                       const struct found *found)
{
    (void)office;
    (void)record;
    const struct live_round *round = found->round;
    int64_t seats = 0;
    for (size_t i = 0; round != NULL && i < sizeof round->counts / sizeof round->counts[0]; i++)
        seats += round->counts[i];
    return round == NULL || (seats == 0 && round->row.first_reserved_at == 0)
               ? CONTRADICTION_NONE
               : CONTRADICTION_STILL_IN_USE;
}

static enum contradiction seat_may_go(const struct office *office, const struct record *record,
                                      const struct found *found)
{
    (void)office;
    (void)record;
    return found->seat == NULL || found->seat->round->row.first_reserved_at == 0
               ? CONTRADICTION_NONE
               : CONTRADICTION_STILL_IN_USE;
}

/* ---- All kinds ---- */

typedef enum contradiction fit_kind(const struct office *office, const struct record *record,
                                    const struct found *found);

static const struct {
    fit_kind *row, *deleted; /* `deleted`, NULL: rows of this kind are never deleted */
} kinds[RECORD_KIND_COUNT] = {
    [RECORD_KIND_HOUSE] = {fit_house, NULL},
    [RECORD_KIND_USER] = {fit_user, NULL},
    [RECORD_KIND_SESSION] = {fit_session, fit_anywhere},
    [RECORD_KIND_POINT_ACCOUNT] = {fit_account, NULL},
    [RECORD_KIND_CONCERT] = {fit_concert, concert_may_go},
    [RECORD_KIND_CONCERT_ROUND] = {fit_round, round_may_go},
    [RECORD_KIND_SEAT] = {fit_seat, seat_may_go},
    [RECORD_KIND_QUEUE_TOKEN] = {fit_token_row, NULL},
    [RECORD_KIND_PAYMENT] = {fit_payment, NULL},
    [RECORD_KIND_SEAT_RESERVATION] = {fit_reservation, NULL},
    [RECORD_KIND_RESERVATION_SEAT] = {fit_reservation_seat, NULL},
    [RECORD_KIND_TICKET] = {fit_ticket, NULL},
    [RECORD_KIND_POINT_ENTRY] = {fit_entry, NULL},
    [RECORD_KIND_INCIDENT] = {fit_incident, NULL},
    [RECORD_KIND_NOTICE] = {fit_notice, fit_anywhere},
    [RECORD_KIND_ACTION] = {fit_action, NULL},
    [RECORD_KIND_PLAN] = {fit_plan, fit_anywhere},
    [RECORD_KIND_PLAN_PIECE] = {fit_plan_piece, fit_anywhere},
    [RECORD_KIND_IDEMPOTENCY_KEY] = {fit_key, fit_key},
    [RECORD_KIND_API_KEY] = {fit_api_key, fit_anywhere},
    [RECORD_KIND_PASSWORD_RESET] = {fit_reset, fit_anywhere},
};

enum contradiction fit_row(const struct office *office, const struct record *record,
                           const struct found *found)
{
    if (record->deleted)
        return kinds[record->kind].deleted == NULL
                   ? CONTRADICTION_NEVER_GOES
                   : kinds[record->kind].deleted(office, record, found);
    const enum contradiction contradiction = check_fields(record);
    return contradiction != CONTRADICTION_NONE ? contradiction
                                               : kinds[record->kind].row(office, record, found);
}
