/* The API's objects as tables (objects.def), and an object as JSON by its rows. */
#ifndef USHER_API_OBJECT_H
#define USHER_API_OBJECT_H

#include "engine/engine.h"
#include "json/write.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- The structs of objects that are no record and no view of the office ---- */

struct shown_round {
    struct concert_round round;
    int64_t available;
};

struct shown_seat {
    struct seat seat;
    enum seat_status status;
};

struct shown_availability {
    struct id round_id;
    int64_t version, available, held, sold, blocked;
    const char *seats; /* a character each, without a NUL */
    size_t seat_count;
};

struct shown_changes {
    struct id round_id;
    int64_t version;
    const struct seat_change *changes;
    size_t change_count;
};

struct shown_session {
    struct id id;
    const char *token;
    timestamp_ms expires_at;
    struct user user;
};

enum open_closed {
    SHOWN_CLOSED,
    SHOWN_OPEN,
};

struct shown_settings {
    timestamp_ms server_time;
    const char *time_zone;
    enum open_closed charging, registration;
    int64_t hold_seconds, max_seats_per_reservation, max_seats_per_user, refund_until_seconds;
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
#define VALUE_WHEN(json, type, detail, member, flags, condition, value, meaning)
#define PART(json, object, member, meaning)
#define PART_IF(json, object, member, condition, meaning)
#define LIST(json, object, member, count, meaning)
#define IDS(json, entity, member, count, meaning)
#define COLUMN(entity, column, member, count, meaning)
#define COLUMN_WHEN(entity, column, member, count, condition, value, meaning)
#define INLINE(json, member, meaning)
#define RUN(json, letters, member, count, meaning)
#define CHANGES(json, letters, member, count, meaning)
#define END_OBJECT(name)
#include "api/objects.def"
    OBJECT_COUNT,
    OBJECT_NONE = OBJECT_COUNT,
};

enum object_field_kind {
    OBJECT_VALUE,   /* a value of field->type */
    OBJECT_PART,    /* an object */
    OBJECT_LIST,    /* objects, in an array */
    OBJECT_IDS,     /* ids, in an array */
    OBJECT_COLUMN,  /* values of field->type, one of each struct that the member points to */
    OBJECT_INLINE,  /* a text in the struct itself */
    OBJECT_RUN,     /* characters that the member points to */
    OBJECT_CHANGES, /* struct seat_change that the member points to */
};

/* A member that must have a value for something to be there. */
struct object_condition {
    size_t offset;
    unsigned bytes; /* of the member, 1 or 4; 0: there is no condition */
    int value;
};

/* A row of objects.def. */
struct object_field {
    enum object_field_kind kind;
    const struct field_schema *stored; /* of a record, or NULL: `given` */
    struct field_schema given;         /* its JSON name, and of a value the type */
    size_t base;                       /* where the member stands; a record's field->offset counts
                                          from there */
    bool is_signed;                    /* a FIELD_INT may be below 0 */
    struct object_condition when;      /* null where it does not hold */
    enum object_name object;           /* of PART and LIST */
    size_t count_offset, stride;       /* of what stands in an array */
    bool apart;                        /* a LIST's member points to its array */
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
 * in its array. */
bool object_field_is_there(const struct object_field *field, const void *source);
size_t object_field_count(const struct object_field *field, const void *source);

/* Writes the object as one value. `source` is the struct that objects.def names for it; `clock`: by
 * what its deadlines are shown, as it came with the answer to the request that asked for it, or
 * NULL where it has none. */
void object_write(struct json_writer *writer, enum object_name name, const void *source,
                  const struct shown_clock *clock);

/* The same without the braces: its fields, among others of the object that is being written. */
void object_write_fields(struct json_writer *writer, enum object_name name, const void *source,
                         const struct shown_clock *clock);

#endif
