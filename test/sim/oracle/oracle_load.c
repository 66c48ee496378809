/* What was written down, what may have been, and what a load brought back: acknowledged must be
 * found, and what is found was attempted (invariant 10). */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include "base/check.h"

#include <string.h>

#define LOAD_BYTES_MAX (SIZE_MAX / 2) /* of a world that fits in memory twice */

/* ---- Attempts ---- */

/* A batch begins: it may have to be known again after a crash. */
void attempt_begin(struct oracle *oracle)
{
    struct attempts *attempts = &oracle->attempts;
    attempts->items =
        grown(attempts->items, attempts->count, &attempts->capacity, sizeof *attempts->items);
    struct attempt *attempt = &attempts->items[attempts->count++];
    const size_t capacity = attempt->capacity;
    uint8_t *bytes = attempt->bytes;
    *attempt = (struct attempt){
        .seq = oracle->seq + 1,
        .house_time = oracle->now.house,
        .parent = attempts->current,
        .bytes = bytes,
        .capacity = capacity,
    };
}

/* All that the model has applied is durable. */
void attempts_clear(struct oracle *oracle)
{
    oracle->attempts.count = oracle->attempts.current = 0;
    oracle->log.count = 0;
}

static void install(struct oracle *oracle, const struct record *record)
{
    const struct record_key key = record_key(record);
    struct row *row = row_find_any(oracle, record->kind, &key);
    if (!record->deleted)
        row_put(oracle, record);
    else if (row != NULL && row->there)
        row_delete(oracle, row);
}

void attempt_apply(struct oracle *oracle, size_t index)
{
    const struct attempt *attempt = &oracle->attempts.items[index];
    if (attempt->parent > 0)
        attempt_apply(oracle, attempt->parent - 1);
    oracle->span.number++; /* so that each image is taken back by itself */
    for (size_t at = 0, used; at < attempt->length; at += used) {
        struct record record;
        const enum result result =
            record_decode(attempt->bytes + at, attempt->length - at, &record, &used);
        CHECK(result == RESULT_OK); /* it was decoded before */
        install(oracle, &record);
    }
    oracle->house_time = attempt->house_time;
    oracle->attempts.current = index + 1;
}

/* ---- The rows of a load ---- */

void load_began(struct oracle *oracle)
{
    oracle->load.listened = true;
    oracle->load.count = 0;
    oracle->load.rows.bound = LOAD_BYTES_MAX;
    buffer_clear(&oracle->load.rows);
}

void load_row(struct oracle *oracle, const struct record *record)
{
    struct load *load = &oracle->load;
    CHECK(buffer_reserve(&load->rows, record_encoded_max(record)) == RESULT_OK);
    record_encode(record, record->why, &load->rows);
    load->count++;
}

/* Calls `visit` for each row in order; false when one of the visits says so. */
typedef bool load_visit(struct oracle *oracle, const struct record *record, uint32_t index);

static bool load_walk(struct oracle *oracle, load_visit *visit)
{
    size_t at = 0, used;
    for (uint32_t i = 0; i < oracle->load.count; i++, at += used) {
        struct record record;
        const enum result result = record_decode(oracle->load.rows.data + at,
                                                 oracle->load.rows.length - at, &record, &used);
        CHECK(result == RESULT_OK); /* it was encoded here */
        if (!visit(oracle, &record, i))
            return false;
    }
    return true;
}

static bool mark(struct oracle *oracle, const struct record *record, uint32_t index)
{
    const struct record_key key = record_key(record);
    struct row *row = row_find_any(oracle, record->kind, &key);
    if (row != NULL) {
        row->loaded = oracle->load.number;
        row->loaded_index = index;
    }
    return true;
}

/* Whether the row's last image is the model's. */
static bool agrees(struct oracle *oracle, const struct record *record, uint32_t index)
{
    const struct record_key key = record_key(record);
    const struct row *row = row_find_any(oracle, record->kind, &key);
    if (row == NULL)
        return record->deleted;
    return row->loaded_index != index ||
           (row->there ? !record->deleted && first_difference(record, &row->image) == NULL
                       : record->deleted);
}

static void object_to_loaded(struct oracle *oracle, const struct record *record)
{
    const struct record_key key = record_key(record);
    const struct row *row = row_find_any(oracle, record->kind, &key);
    const struct field_schema *field = row != NULL && row->there && !record->deleted
                                           ? first_difference(record, &row->image)
                                           : NULL;
    object_to(oracle, oracle->load.invariant, "%s was found %s%s%s", record_name(record).text,
              row == NULL || !row->there ? "and should not be there"
              : field == NULL            ? "deleted"
                                         : "with another ",
              field == NULL ? "" : field->column, row == NULL ? ": it never was" : "");
}

static bool object_where_not(struct oracle *oracle, const struct record *record, uint32_t index)
{
    const bool good = agrees(oracle, record, index);
    if (!good)
        object_to_loaded(oracle, record);
    return good;
}

static void load_mark(struct oracle *oracle)
{
    oracle->load.number++;
    load_walk(oracle, mark);
}

/* ---- What a load must bring ---- */

static bool is_loaded(const struct oracle *oracle, const struct row *row)
{
    return row->loaded == oracle->load.number;
}

/* A round's seats come all or none. Those of a round that is over may stay in the tables. */
static bool round_is_needed(const struct row *round)
{
    const struct round_part *part = &round->of.round;
    if (round->image.as.concert_round.first_reserved_at == 0 ||
        round->image.as.concert_round.start_time > clock_wall() - ROUND_OVER_AFTER_MS)
        return true;
    for (size_t i = 0; i < part->reservations.count; i++)
        if (round->image.as.concert_round.status == ROUND_STATUS_CANCELLED ||
            part->reservations.items[i]->image.as.seat_reservation.status ==
                RESERVATION_STATUS_PENDING)
            return true;
    return false;
}

static bool reservation_is_needed(const struct row *reservation)
{
    const enum reservation_status status = reservation->image.as.seat_reservation.status;
    return (status == RESERVATION_STATUS_PENDING || status == RESERVATION_STATUS_CONFIRMED) &&
           reservation->of.reservation->round->of.round.loaded_seats > 0;
}

static bool is_needed(const struct oracle *oracle, const struct row *row)
{
    if (!row->there)
        return false;
    const enum record_kind kind = row->image.kind;
    if (kind == RECORD_KIND_SEAT)
        return round_is_needed(row->of.seat.round);
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return row->image.as.queue_token.status != TOKEN_STATUS_EXPIRED;
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return reservation_is_needed(row);
    if (kind == RECORD_KIND_PAYMENT)
        return reservation_is_needed(row->of.payment.reservation);
    if (kind == RECORD_KIND_TICKET)
        return reservation_is_needed(row->of.reservation_of_ticket);
    if (kind == RECORD_KIND_RESERVATION_SEAT) {
        const struct row *reservation = row_find(oracle, RECORD_KIND_SEAT_RESERVATION,
                                                 row->image.as.reservation_seat.reservation_id);
        return reservation_is_needed(reservation);
    }
    if (kind == RECORD_KIND_POINT_ENTRY || kind == RECORD_KIND_INCIDENT ||
        kind == RECORD_KIND_ACTION || kind == RECORD_KIND_PLAN_PIECE)
        return false;
    return true;
}

static void count_loaded_seats(struct oracle *oracle)
{
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    for (size_t i = 0; i < rounds->count; i++) {
        struct round_part *round = &rounds->items[i]->of.round;
        round->loaded_seats = 0;
        for (size_t k = 0; rounds->items[i]->there && k < round->seat_count; k++)
            round->loaded_seats += is_loaded(oracle, round->seats[k]);
        if (round->loaded_seats != 0 && round->loaded_seats != round->seat_count)
            object_to(oracle, oracle->load.invariant, "%u of the %zu seats of %s were found",
                      round->loaded_seats, round->seat_count, row_name(rounds->items[i]).text);
    }
}

void load_check(struct oracle *oracle, int invariant)
{
    oracle->load.invariant = invariant;
    load_mark(oracle);
    if (!load_walk(oracle, object_where_not))
        return;
    count_loaded_seats(oracle);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct row_vector *rows = &oracle->of_kind[kind];
        for (size_t i = 0; i < rows->count && !oracle->objected; i++)
            if (is_needed(oracle, rows->items[i]) && !is_loaded(oracle, rows->items[i]))
                object_to(oracle, invariant, "%s was acknowledged and is not found",
                          row_name(rows->items[i]).text);
    }
}

/* ---- Which attempt it was ---- */

/* Takes back what is not acknowledged and applies what leads up to `seq`. When several attempts had
 * that number, the one that the rows agree with. */
static bool choose(struct oracle *oracle, uint64_t seq)
{
    struct attempts *attempts = &oracle->attempts;
    size_t last = 0, candidates = 0;
    for (size_t i = 0; i < attempts->count; i++)
        candidates += attempts->items[i].seq == seq && attempts->items[i].records > 0;
    for (size_t i = attempts->count; i > 0; i--) {
        if (attempts->items[i - 1].seq != seq || attempts->items[i - 1].records == 0)
            continue;
        log_undo(oracle);
        attempt_apply(oracle, i - 1);
        last = i;
        load_mark(oracle);
        if (candidates == 1 || !oracle->load.listened || load_walk(oracle, agrees))
            break;
    }
    return last > 0;
}

void tell_unknown(struct oracle *oracle, uint64_t seq)
{
    for (size_t i = 0; i < oracle->attempts.count; i++) {
        struct attempt *attempt = &oracle->attempts.items[i];
        if (!attempt->unknown_told || attempt->records == 0)
            continue;
        attempt->unknown_told = false;
        cover(oracle, COVERAGE_ENGINE,
              attempt->seq <= seq && i < oracle->attempts.current ? STATE_DONE_AFTER_ALL
                                                                  : STATE_NOT_DONE,
              REFUSAL_OUTCOME_UNKNOWN);
    }
}

/* ---- After a load ---- */

/* A new directory's house has the settings' queue; later the house row decides. */
static void make_house(struct oracle *oracle)
{
    const struct office_settings *settings = &oracle->settings;
    const struct record image = {.kind = RECORD_KIND_HOUSE,
                                 .as.house = {
                                     .id = 1,
                                     .max_active = settings->max_active,
                                     .admit_per_second = settings->admit_per_second,
                                     .silent_seconds = settings->silent_seconds,
                                     .active_seconds = settings->active_seconds,
                                     .wait_seconds = settings->wait_seconds,
                                     .active_ceiling = settings->max_active,
                                     .seats_per_user_ceiling = settings->max_seats_per_user,
                                 }};
    row_put(oracle, &image);
    oracle->house_recorded = (struct house){0};
}

static void open_house(struct oracle *oracle)
{
    oracle->span.number++;
    if (oracle->house == NULL)
        make_house(oracle);
    else
        oracle->house_recorded = oracle->house->image.as.house;
    struct record image = row_image(oracle->house);
    if (image.as.house.seats_per_user_ceiling < oracle->settings.max_seats_per_user) {
        image.as.house.seats_per_user_ceiling = oracle->settings.max_seats_per_user;
        row_change(oracle, oracle->house, &image);
    }
    if (oracle->starting) { /* until a batch has written it down */
        struct queue_change given = oracle->settings.given;
        given.has_open_at = given.has_join_opens_at = given.has_paused = false;
        queue_change_apply(oracle, &given);
    }
}

/* A server counts the holds of a token that it can still see. */
static void forget_holds(struct oracle *oracle)
{
    const struct row_vector *reservations = &oracle->of_kind[RECORD_KIND_SEAT_RESERVATION];
    for (size_t i = 0; i < oracle->live_tokens.count; i++)
        oracle->live_tokens.items[i]->of.token.holds_known = 0;
    for (size_t i = 0; i < reservations->count; i++)
        if (reservations->items[i]->there && is_loaded(oracle, reservations->items[i]))
            reservations->items[i]->of.reservation->token->of.token.holds_known++;
}

/* What only memory knew: everybody counts as heard now, the bucket is empty. */
static void forget(struct oracle *oracle)
{
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    forget_holds(oracle);
    for (size_t i = 0; i < oracle->live_tokens.count; i++)
        if (oracle->live_tokens.items[i]->image.as.queue_token.status == TOKEN_STATUS_WAITING)
            set_present(oracle, oracle->live_tokens.items[i], true);
    for (size_t i = 0; i < rounds->count; i++)
        rounds->items[i]->of.round.maybe_over = rounds->items[i]->of.round.loaded_seats == 0;
    oracle->first_batch = true;
    oracle->door_was_open = false;
    oracle->credit_least = oracle->credit_most = 0;
    oracle->last_admission = INT64_MIN / 2;
    oracle->tokens_due = oracle->holds_due = oracle->sessions_due = 0;
    oracle->just_loaded = true;
    oracle->stage = BATCH_NONE;
}

void load_judge(struct oracle *oracle, uint64_t seq)
{
    if (oracle->held.is && seq != oracle->acknowledged) {
        object_to(oracle, 10, "batch %llu was found while it was pending", (unsigned long long)seq);
        return;
    }
    if (seq < oracle->acknowledged || seq < oracle->shown) {
        object_to(
            oracle, 10, "batch %llu was %s, and %llu is the last that was found",
            (unsigned long long)(seq < oracle->acknowledged ? oracle->acknowledged : oracle->shown),
            seq < oracle->acknowledged ? "acknowledged" : "shown to somebody",
            (unsigned long long)seq);
        return;
    }
    log_undo(oracle);
    oracle->attempts.current = 0;
    oracle->house_time = oracle->acknowledged_time;
    if (seq > oracle->acknowledged && !choose(oracle, seq)) {
        object_to(oracle, 10, "batch %llu was found and never attempted", (unsigned long long)seq);
        return;
    }
    if (!oracle->held.is)
        tell_unknown(oracle, seq);
    if (oracle->load.listened)
        load_check(oracle, 10);
    oracle->in_limbo = false;
    oracle->seq = seq;
    if (!oracle->objected) {
        open_house(oracle);
        forget(oracle);
    }
}
