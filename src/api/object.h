/* The API's objects as tables (objects.def), and an object as JSON by its rows. */
#ifndef USHER_API_OBJECT_H
#define USHER_API_OBJECT_H

#include "api/plan_check.h"
#include "api/reading.h"
#include "api/series.h"
#include "api/shown_plan.h"
#include "api/shown_rehearsal.h"
#include "engine/engine.h"
#include "json/write.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whose place in line a stream tells: one's own, the live one. */
extern const char *const followed_token_texts[1];
extern const char *const followed_desk_texts[1];

/* ---- The structs of objects that are no record and no view of the office ---- */

struct shown_round {
    struct concert_round round;
    int64_t available;
};

struct shown_seat {
    struct seat seat;
    enum seat_status status;
};

struct shown_whole_plan {
    struct plan plan;
    const struct buffer *text; /* what it draws, as JSON */
};

struct shown_plan_check {
    struct plan_check check;
};

struct shown_availability {
    struct id round_id;
    int64_t version, plan_version, available, held, sold, blocked;
    timestamp_ms next_return_at;
    int64_t returned_last_minute;
    const char *seats; /* a character each, without a NUL */
    size_t seat_count;
};

struct shown_changes {
    struct id round_id;
    int64_t version;
    const struct seat_change *changes;
    size_t change_count;
};

struct shown_seat_states {
    struct id round_id;
    int64_t version;
    const char *seats; /* a character each, without a NUL */
    size_t seat_count;
};

struct shown_stale {
    int64_t version;
    bool stale;
};

struct shown_desk {
    timestamp_ms at;
    int64_t waiting, active;
    struct queue_sales sales;
    struct reading happened;
};

struct shown_latency {
    int64_t answers, p50, p90, p99;
};

struct shown_journal {
    int64_t seq, booked_seq, unbooked, bytes, failed_appends, waiting_requests;
};

struct shown_stats {
    timestamp_ms at;
    struct queue_view queue;
    struct reading last_second, last_minute, since_start;
    struct shown_latency latency;
    struct shown_journal journal;
};

struct shown_checked {
    int64_t batch, questions, milliseconds;
};

struct shown_verdict {
    bool ok;
    struct shown_checked checked;
    int64_t violation_count;
    const struct selfcheck_violation *violations;
    size_t told;
};

/* By series, as house_minute.def has them. */
struct shown_series_values {
    const int64_t *values[SERIES_COUNT];
    size_t counts[SERIES_COUNT];
};

struct shown_series {
    timestamp_ms from, to;
    enum series_step step;
    struct shown_series_values metrics;
};

struct shown_events_reset {
    int64_t version;
};

struct shown_session {
    struct id id;
    const char *token;
    timestamp_ms expires_at;
    struct user user;
};

struct shown_api_key {
    struct api_key key;
    const char *secret;
};

struct shown_handover {
    const char *url;
    timestamp_ms expires_at;
};

struct shown_redeemed {
    const char *to;
};

struct shown_reset {
    const char *token;
    timestamp_ms expires_at;
};

struct shown_invited {
    struct user user;
    struct shown_reset invitation;
};

enum open_closed {
    SHOWN_CLOSED,
    SHOWN_OPEN,
};

struct listed_ticket {
    struct ticket ticket;
};

struct shown_ticket {
    struct ticket ticket;
    const char *code; /* NULL: not for this caller */
};

/* It is written in parts, never as a whole (export.c). */
struct shown_own_data {
    struct own_sessions sessions;
    struct user user;
    struct point_account points;
    const struct queue_token *tokens;
    const struct reservation_view *reservations;
    const struct payment *payments;
    const struct point_entry *entries;
    const struct listed_ticket *tickets;
    size_t ticket_count, token_count, reservation_count, payment_count, entry_count;
};

/* A concert by its sale. */
enum sale_state {
    SALE_STATE_UPCOMING,
    SALE_STATE_ON_SALE,
    SALE_STATE_OVER,
    SALE_STATE_DRAFT,
    SALE_STATE_COUNT,
};
extern const char *const sale_state_texts[SALE_STATE_COUNT];

/* The languages of the pages and of texts in several languages. */
#define LANGUAGES "en ko"
extern const char *const language_texts[2];

struct shown_settings {
    timestamp_ms server_time;
    const char *time_zone, *currency, *languages, *top_up_url, *ticket_key;
    int64_t currency_digits;
    enum open_closed charging, registration;
    int64_t hold_seconds, extend_seconds, max_seats_per_reservation, max_seats_per_user,
        refund_until_seconds;
};

struct shown_change {
    char id[ID_TEXT_BYTES];
    enum change_type type;
    timestamp_ms at;
    const char *object_id; /* NULL: it has none */
    struct id round_id, user_id;
    int object;       /* enum object_name; OBJECT_NONE: there is no data */
    const void *data; /* the object's struct */
};

struct expanded_seat {
    struct reserved_seat_view reserved;
    bool has_seat;
    struct seat seat;
};

/* Of a page whose query expands it. */
struct expanded_reservation {
    struct reservation_view view;
    bool has_user;
    struct user user;
    size_t seat_count;
    struct expanded_seat seats[SEATS_PER_RESERVATION_MAX];
};

struct shown_condition {
    const char *word;
};

#define PROBLEM_TYPE_BYTES 64

struct shown_refusal {
    char type[PROBLEM_TYPE_BYTES];
    const char *code, *title, *meaning;
    int64_t status;
    bool retry_later;
};

struct shown_refusals {
    size_t count;
    struct shown_refusal items[REFUSAL_COUNT];
};

/* ---- The tables ---- */

enum object_name {
#define OBJECT(name, type, meaning) OBJECT_##name,
#define OWN(entity, column, meaning)
#define SIGNED(entity, column, meaning)
#define IN(member, entity, column, meaning)
#define IN_WHEN(member, entity, column, condition, value, meaning)
#define VALUE(json, type, detail, member, flags, meaning)
#define SIGNED_VALUE(json, member, meaning)
#define VALUE_WHEN(json, type, detail, member, flags, condition, value, meaning)
#define PART(json, object, member, meaning)
#define PART_IF(json, object, member, condition, meaning)
#define CHOICE(json, objects, object, member, meaning)
#define LIST(json, object, member, count, meaning)
#define IDS(json, entity, member, count, meaning)
#define NUMBERS(json, member, count, meaning)
#define TEXTS(json, member, count, meaning)
#define COLUMN(entity, column, member, count, meaning)
#define COLUMN_WHEN(entity, column, member, count, condition, value, meaning)
#define WORDS(json, texts, member, meaning)
#define INLINE(json, member, meaning)
#define RUN(json, letters, member, count, meaning)
#define RAW(json, object, member, meaning)
#define CHANGES(json, letters, member, count, meaning)
#define END_OBJECT(name)
#include "api/objects.def"
    OBJECT_COUNT,
    OBJECT_NONE = OBJECT_COUNT,
};

enum object_field_kind {
    OBJECT_VALUE,   /* a value of field->type */
    OBJECT_PART,    /* an object */
    OBJECT_CHOICE,  /* an object that the member points to, one of several */
    OBJECT_LIST,    /* objects, in an array */
    OBJECT_IDS,     /* ids, in an array */
    OBJECT_NUMBERS, /* whole numbers, in an array */
    OBJECT_TEXTS,   /* texts or nulls, in an array */
    OBJECT_COLUMN,  /* values of field->type, one of each struct that the member points to */
    OBJECT_WORDS,   /* a text's words, which a blank parts, in an array; of given.texts */
    OBJECT_INLINE,  /* a text in the struct itself */
    OBJECT_RUN,     /* characters that the member points to */
    OBJECT_RAW,     /* an object, as JSON in a buffer that the member points to */
    OBJECT_CHANGES, /* struct seat_change that the member points to */
};

/* A member that must have a value for something to be there. */
struct object_condition {
    size_t offset;
    unsigned bytes; /* of the member, 1 or 4; 0: there is no condition */
    int value;
};

__extension__ typedef unsigned __int128 object_set;

/* A row of objects.def. */
struct object_field {
    enum object_field_kind kind;
    const struct field_schema *stored; /* of a record, or NULL: `given` */
    struct field_schema given;         /* its JSON name, and of a value the type */
    size_t base;                       /* where the member stands; a record's field->offset counts
                                          from there */
    bool is_signed;                    /* a FIELD_INT may be below 0 */
    struct object_condition when;      /* null where it does not hold */
    enum object_name object;           /* of PART, LIST and RAW */
    object_set objects;                /* of a CHOICE: a bit (1 << object) each */
    size_t object_offset;              /* of the member that says which it is */
    size_t count_offset, stride;       /* of what stands in an array */
    bool apart;                        /* the member points to its array */
    const char *letters;               /* of a RUN and of CHANGES */
    const char *meaning;
};

struct object_schema {
    const char *name, *meaning;
    const struct object_field *fields;
    size_t field_count;
};

const struct object_schema *object_schema(enum object_name name);

/* The field's name, type and flags. */
static inline const struct field_schema *object_field_schema(const struct object_field *field)
{
    return field->stored != NULL ? field->stored : &field->given;
}

/* Whether the field may be null. */
bool object_field_is_nullable(const struct object_field *field);

/* Of a field of the object at `source`: whether it is there (else it is null), and how many stand
 * in its array, and from where on. */
bool object_field_is_there(const struct object_field *field, const void *source);
size_t object_field_count(const struct object_field *field, const void *source);
const void *object_field_elements(const struct object_field *field, const void *source);

/* Writes the object as one value. `source` is the struct that objects.def names for it; `clock`: by
 * what its deadlines are shown, as it came with the answer to the request that asked for it, or
 * NULL where it has none. */
void object_write(struct json_writer *writer, enum object_name name, const void *source,
                  const struct shown_clock *clock);

/* The same without the braces: its fields, among others of the object that is being written. */
void object_write_fields(struct json_writer *writer, enum object_name name, const void *source,
                         const struct shown_clock *clock);

#endif
