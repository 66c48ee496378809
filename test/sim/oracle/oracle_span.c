/* What the server wrote in one span - a tick, a call, a settling - decoded, and in the end held
 * against what the model did in it. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include <stdio.h>
#include <string.h>

/* ---- Sameness ---- */

static bool same_field(const struct field_schema *field, const void *a, const void *b)
{
    switch (field->type) {
    case FIELD_ID:
        return memcmp(a, b, ID_BYTES) == 0;
    case FIELD_TEXT:
        return field_text(a) == field_text(b) || (field_text(a) != NULL && field_text(b) != NULL &&
                                                  strcmp(field_text(a), field_text(b)) == 0);
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_REAL:
        return memcmp(a, b, sizeof(int64_t)) == 0;
    case FIELD_ENUM:
        return memcmp(a, b, sizeof(int)) == 0;
    case FIELD_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case FIELD_SECRET:
        return memcmp(a, b, SECRET_BYTES) == 0;
    }
    return false;
}

const struct field_schema *first_difference(const struct record *a, const struct record *b)
{
    const struct entity_schema *schema = record_schema(a->kind);
    for (size_t i = 0; i < schema->field_count; i++)
        if (!same_field(&schema->fields[i], record_field(a, &schema->fields[i]),
                        record_field(b, &schema->fields[i])))
            return &schema->fields[i];
    return NULL;
}

int invariant_of_kind(enum record_kind kind)
{
    if (kind == RECORD_KIND_SEAT)
        return 1;
    if (kind == RECORD_KIND_SEAT_RESERVATION || kind == RECORD_KIND_RESERVATION_SEAT)
        return 2;
    if (kind == RECORD_KIND_POINT_ACCOUNT || kind == RECORD_KIND_POINT_ENTRY)
        return 3;
    if (kind == RECORD_KIND_PAYMENT)
        return 4;
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return 6;
    if (kind == RECORD_KIND_IDEMPOTENCY_KEY)
        return 11;
    if (kind == RECORD_KIND_ACTION)
        return 14;
    if (kind == RECORD_KIND_TICKET)
        return 16;
    return 0;
}

int invariant_of_field(enum record_kind kind, const struct field_schema *field)
{
    static const struct {
        enum record_kind kind;
        const char *column;
        int invariant;
    } others[] = {
        {RECORD_KIND_SEAT_RESERVATION, "token_id", 9},
        {RECORD_KIND_SEAT_RESERVATION, "payment_id", 4},
        {RECORD_KIND_SEAT_RESERVATION, "used_points", 4},
        {RECORD_KIND_SEAT_RESERVATION, "expires_at", 0},
        {RECORD_KIND_SEAT_RESERVATION, "refundable_until", 0},
        {RECORD_KIND_CONCERT_ROUND, "total_seat_cnt", 5},
        {RECORD_KIND_HOUSE, "last_number", 6},
        {RECORD_KIND_HOUSE, "serving", 6},
        {RECORD_KIND_HOUSE, "last_serial", 16},
        {RECORD_KIND_TICKET, "holder_name", 0},
        {RECORD_KIND_HOUSE, "max_active", 7},
        {RECORD_KIND_HOUSE, "active_ceiling", 7},
        {RECORD_KIND_HOUSE, "seats_per_user_ceiling", 8},
        {RECORD_KIND_QUEUE_TOKEN, "expires_at", 0},
        {RECORD_KIND_QUEUE_TOKEN, "holds_until", 0},
        {RECORD_KIND_QUEUE_TOKEN, "reason", 0},
        {RECORD_KIND_QUEUE_TOKEN, "ended_at", 0},
        {RECORD_KIND_SEAT, "price", 0},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].kind == kind && strcmp(others[i].column, field->column) == 0)
            return others[i].invariant;
    return invariant_of_kind(kind);
}

/* ---- The beginning ---- */

static bool decode(struct oracle *oracle, struct record_span records)
{
    struct span *span = &oracle->span;
    size_t at = 0;
    span->count = span->first_new = 0;
    for (size_t i = 0; i < records.count; i++) {
        span->seen = grown(span->seen, span->count, &span->capacity, sizeof *span->seen);
        struct seen *seen = &span->seen[span->count++];
        size_t used;
        if (record_decode(records.data + at, records.length - at, &seen->record, &used) !=
            RESULT_OK) {
            object_to(oracle, 10, "record %zu of a span cannot be decoded", i);
            return false;
        }
        at += used;
        const struct record_key key = record_key(&seen->record);
        seen->row = row_find_any(oracle, seen->record.kind, &key);
        seen->taken = false;
        if (seen->row != NULL && !seen->row->made)
            seen->row = NULL; /* of a batch that was taken back */
    }
    if (at != records.length)
        object_to(oracle, 10, "a span of %zu records has bytes after the last", records.count);
    return at == records.length;
}

/* The batch as it would have to be found after a crash. */
static void keep_bytes(struct oracle *oracle, struct record_span records)
{
    if (oracle->attempts.count == 0 || records.count == 0)
        return;
    struct attempt *attempt = &oracle->attempts.items[oracle->attempts.count - 1];
    if (attempt->length + records.length > attempt->capacity) {
        attempt->capacity = 2 * attempt->capacity + records.length;
        attempt->bytes = own_resize(attempt->bytes, attempt->capacity);
    }
    memcpy(attempt->bytes + attempt->length, records.data, records.length);
    attempt->length += records.length;
    attempt->records += records.count;
}

bool span_begin(struct oracle *oracle, struct record_span records, bool settles)
{
    struct span *span = &oracle->span;
    span->number++;
    span->log_start = oracle->log.count;
    span->settles = settles;
    span->memory_was_short = memory_failures() != span->failures;
    keep_bytes(oracle, records);
    if (!decode(oracle, records))
        return false;
    for (size_t i = 0; i < span->count; i++) {
        struct seen *seen = &span->seen[i];
        if (seen->row != NULL) {
            seen->row->seen_span = span->number;
            seen->row->seen_index = (uint32_t)i;
        }
        law_check(oracle, seen);
        seen->whys = why_allowed(seen_before(seen), &seen->record);
    }
    law_turns(oracle);
    return !oracle->objected;
}

const struct record *seen_before(const struct seen *seen)
{
    return seen->row != NULL && seen->row->there ? &seen->row->image : NULL;
}

const struct record *span_seen(const struct oracle *oracle, const struct row *row)
{
    return row->seen_span == oracle->span.number ? &oracle->span.seen[row->seen_index].record
                                                 : NULL;
}

/* ---- New rows ---- */

static const struct row *last_made(const struct oracle *oracle, enum record_kind kind)
{
    const struct row_vector *vector = &oracle->of_kind[kind];
    for (size_t i = vector->count; i > 0; i--)
        if (vector->items[i - 1]->made)
            return vector->items[i - 1];
    return NULL;
}

static void check_new_id(struct oracle *oracle, enum record_kind kind, struct id id)
{
    const struct row *last = last_made(oracle, kind);
    struct id last_id = ID_NONE;
    if (last != NULL) {
        const struct record_key last_key = record_key(&last->image);
        memcpy(last_id.bytes, last_key.bytes, ID_BYTES);
    }
    if (id_compare(id, last_id) <= 0)
        object_to(oracle, 2, "a new %s has an id that is not above the last",
                  record_schema(kind)->table);
    else if (id_time(id) != oracle->now.house)
        object_to(oracle, 0, "a new %s has an id that does not carry the present",
                  record_schema(kind)->table);
}

static struct id take(struct oracle *oracle, struct seen *seen)
{
    const struct record_key key = record_key(&seen->record);
    struct id id;
    memcpy(id.bytes, key.bytes, ID_BYTES);
    seen->taken = true;
    check_new_id(oracle, seen->record.kind, id);
    return id;
}

static bool is_new(const struct seen *seen, enum record_kind kind)
{
    return seen->row == NULL && !seen->taken && seen->record.kind == kind && !seen->record.deleted;
}

static struct id nothing_new(struct oracle *oracle, enum record_kind kind)
{
    object_to(oracle, invariant_of_kind(kind), "a %s should have been made and was not",
              record_schema(kind)->table);
    return ID_NONE;
}

static size_t first_new(struct span *span)
{
    while (span->first_new < span->count &&
           (span->seen[span->first_new].row != NULL || span->seen[span->first_new].taken))
        span->first_new++;
    return span->first_new;
}

struct id span_new_id(struct oracle *oracle, enum record_kind kind)
{
    for (size_t i = first_new(&oracle->span); i < oracle->span.count; i++)
        if (is_new(&oracle->span.seen[i], kind))
            return take(oracle, &oracle->span.seen[i]);
    return nothing_new(oracle, kind);
}

const struct record *span_new_record(struct oracle *oracle, enum record_kind kind)
{
    for (size_t i = first_new(&oracle->span); i < oracle->span.count; i++)
        if (is_new(&oracle->span.seen[i], kind))
            return &oracle->span.seen[i].record;
    return NULL;
}

struct id span_new_seat(struct oracle *oracle, int64_t position)
{
    for (size_t i = first_new(&oracle->span); i < oracle->span.count; i++)
        if (is_new(&oracle->span.seen[i], RECORD_KIND_SEAT) &&
            oracle->span.seen[i].record.as.seat.position == position)
            return take(oracle, &oracle->span.seen[i]);
    return nothing_new(oracle, RECORD_KIND_SEAT);
}

struct id span_new_entry_of(struct oracle *oracle, struct id payment_id)
{
    for (size_t i = first_new(&oracle->span); i < oracle->span.count; i++)
        if (is_new(&oracle->span.seen[i], RECORD_KIND_POINT_ENTRY) &&
            id_equal(oracle->span.seen[i].record.as.point_entry.payment_id, payment_id))
            return take(oracle, &oracle->span.seen[i]);
    return nothing_new(oracle, RECORD_KIND_POINT_ENTRY);
}

/* ---- The end ---- */

/* A field as an objection tells it. */
struct shown {
    char text[32];
};

static struct shown shown_field(const struct record *record, const struct field_schema *field)
{
    struct shown shown = {"another"};
    const void *at = record_field(record, field);
    int length = 0;
    const enum field_type type = field->type;
    if (type == FIELD_INT || type == FIELD_TIME)
        length = snprintf(shown.text, sizeof shown.text, "%lld", (long long)field_integer(at));
    else if (type == FIELD_ENUM)
        length = snprintf(shown.text, sizeof shown.text, "%s",
                          field->texts[field_number(at)] == NULL ? "none"
                                                                 : field->texts[field_number(at)]);
    (void)length; /* cut to fit */
    return shown;
}

static void compare(struct oracle *oracle, const struct seen *seen)
{
    const struct row *row = seen->row;
    const struct field_schema *field;
    const char *table = record_schema(seen->record.kind)->table;
    if (seen->record.deleted != !row->there)
        object_to(oracle, invariant_of_kind(seen->record.kind), "%s was %s, and should %s there",
                  record_name(&seen->record).text, seen->record.deleted ? "deleted" : "written",
                  row->there ? "be" : "not be");
    else if (row->there && (field = first_difference(&seen->record, &row->image)) != NULL)
        object_to(oracle, invariant_of_field(seen->record.kind, field),
                  "%s was written with %s.%s %s, where it is %s%s", record_name(&seen->record).text,
                  table, field->column, shown_field(&seen->record, field).text,
                  shown_field(&row->image, field).text,
                  row->span == oracle->span.number ? "" : " and should not change");
}

static void find_new_rows(struct oracle *oracle)
{
    struct span *span = &oracle->span;
    for (size_t i = 0; i < span->count; i++) {
        struct seen *seen = &span->seen[i];
        if (seen->row != NULL)
            continue;
        const struct record_key key = record_key(&seen->record);
        seen->row = row_find_any(oracle, seen->record.kind, &key);
        if (seen->row == NULL || !seen->row->made) {
            object_to(oracle, invariant_of_kind(seen->record.kind),
                      "%s was made, and nothing called for it", record_name(&seen->record).text);
            return;
        }
        seen->row->seen_span = span->number;
        seen->row->seen_index = (uint32_t)i;
    }
}

static void find_missing(struct oracle *oracle)
{
    for (size_t i = oracle->span.log_start; i < oracle->log.count && !oracle->objected; i++) {
        const struct log_entry *entry = &oracle->log.entries[i];
        const struct row *row = entry->row;
        if (row->seen_span == oracle->span.number || row->image.kind == RECORD_KIND_HOUSE ||
            (entry->there == row->there && first_difference(&entry->image, &row->image) == NULL))
            continue;
        const struct field_schema *field =
            entry->there && row->there ? first_difference(&entry->image, &row->image) : NULL;
        object_to(oracle,
                  field == NULL ? invariant_of_kind(row->image.kind)
                                : invariant_of_field(row->image.kind, field),
                  "%s should have been %s and was not", row_name(row).text,
                  !row->there     ? "deleted"
                  : field != NULL ? "changed"
                                  : "written");
    }
}

static bool same_settings(const struct house *a, const struct house *b)
{
    return a->open_at == b->open_at && a->join_opens_at == b->join_opens_at &&
           a->paused == b->paused && a->max_active == b->max_active &&
           a->admit_per_second == b->admit_per_second && a->silent_seconds == b->silent_seconds &&
           a->active_seconds == b->active_seconds && a->wait_seconds == b->wait_seconds;
}

/* The house row comes once, when the batch settles, and says whether its settings changed. They may
 * also have been set to what they were. */
static void check_house(struct oracle *oracle)
{
    struct record recorded = {.kind = RECORD_KIND_HOUSE, .as.house = oracle->house_recorded};
    const struct field_schema *field;
    if (span_seen(oracle, oracle->house) == NULL &&
        (field = first_difference(&recorded, &oracle->house->image)) != NULL)
        object_to(oracle, invariant_of_field(RECORD_KIND_HOUSE, field),
                  "the house's %s changed and was not written", field->column);
    const struct record *seen = span_seen(oracle, oracle->house);
    if (seen != NULL && seen->why != WHY_QUEUE_CHANGED && oracle->house_recorded.id != 0 &&
        !same_settings(&oracle->house_recorded, &seen->as.house))
        object_to(oracle, 13, "the queue's settings changed, and the house's row does not say so");
    oracle->house_recorded = oracle->house->image.as.house;
}

void span_end(struct oracle *oracle)
{
    struct span *span = &oracle->span;
    find_new_rows(oracle);
    for (size_t i = 0; i < span->count && !oracle->objected; i++)
        if (span->seen[i].row->seen_index == i)
            compare(oracle, &span->seen[i]);
    find_missing(oracle);
    if (span->settles && !oracle->objected)
        check_house(oracle);
    for (size_t i = 0; i < span->count && !oracle->objected; i++)
        why_check(oracle, &span->seen[i]);
    span->failures = memory_failures();
}
