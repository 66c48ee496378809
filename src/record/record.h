/* A record is the full image of one row: the office decides it, the journal keeps it, the tables
 * hold it. Structs, names and encoding all come from schema.def. */
#ifndef USHER_RECORD_RECORD_H
#define USHER_RECORD_RECORD_H

#include "base/buffer.h"
#include "base/id.h"
#include "base/result.h"
#include "base/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The version of schema.def. A journal or table of a newer one is refused. */
#define SCHEMA_VERSION 18

#define SECRET_BYTES 32
struct secret {
    uint8_t bytes[SECRET_BYTES];
};

#define ENUMERATION(name) enum name {
#define VALUE(constant, text) constant,
#define END_ENUMERATION(name)                                                                      \
    }                                                                                              \
    ;
#include "record/enumeration.def"

#define RECORD_ID(detail) struct id
#define RECORD_TEXT(detail) const char *
#define RECORD_INT(detail) int64_t
#define RECORD_TIME(detail) timestamp_ms
#define RECORD_ENUM(detail) enum detail
#define RECORD_BOOL(detail) bool
#define RECORD_REAL(detail) double
#define RECORD_SECRET(detail) struct secret

#define ENTITY(kind, name, prefix, since) struct name {
#define FIELD(entity, column, type, detail, json, flags, since) RECORD_##type(detail) column;
#define END_ENTITY(kind, name)                                                                     \
    }                                                                                              \
    ;
#include "record/schema.def"

enum record_kind {
#define ENTITY(kind, name, prefix, since) RECORD_KIND_##kind,
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
    RECORD_KIND_COUNT
};

/* Why a row was put. */
enum record_why {
    WHY_UNTOLD, /* by a version that did not tell */
#define WHY(name, text) WHY_##name,
#include "record/why.def"
    WHY_COUNT
};

/* A set of reasons. */
__extension__ typedef unsigned __int128 why_set;
#define WHY_MASK(why) ((why_set)1 << (why))
_Static_assert((int)WHY_COUNT <= 128, "a bit for each reason");

/* NULL for WHY_UNTOLD. */
const char *record_why_text(enum record_why why);
bool record_why_known(const char *text);

/* Whether the text is an id of some entity's. */
bool record_id_known(const char *text);

/* Texts point into memory of the record's maker, who says how long they live. */
struct record {
    enum record_kind kind;
    bool deleted;        /* the row is gone; only the key fields count */
    enum record_why why; /* as the journal tells it; the tables do not */
    union {
#define ENTITY(kind, name, prefix, since) struct name name;
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
    } as;
};

enum field_type {
    FIELD_ID,
    FIELD_TEXT,
    FIELD_INT,
    FIELD_TIME,
    FIELD_ENUM,
    FIELD_BOOL,
    FIELD_REAL,
    FIELD_SECRET,
};

enum field_flag {
    FIELD_FLAG_KEY = 1,
    FIELD_FLAG_OPTIONAL = 2,
    FIELD_FLAG_REFERENCE = 4,
    FIELD_FLAG_INDEXED = 8,
    FIELD_FLAG_OWNER = 16,
    FIELD_FLAG_CREATED = 32,
    FIELD_FLAG_LISTED = 64,
};

/* Whose time a FIELD_TIME is; schema.def says what each means. */
enum time_kind {
    TIME_STAMP,
    TIME_DEADLINE,
    TIME_CALENDAR,
};

struct field_schema {
    const char *column; /* SQL */
    const char *json;
    enum field_type type;
    unsigned flags;
    size_t offset;            /* from the start of the entity's struct */
    enum record_kind id_of;   /* FIELD_ID: the entity it names */
    const char *const *texts; /* FIELD_ENUM: a text a value */
    size_t text_count;
    enum time_kind time; /* FIELD_TIME */
    unsigned since;
};

struct entity_schema {
    const char *table; /* SQL */
    const char *prefix;
    const struct field_schema *fields;
    size_t field_count;
    size_t key_count;    /* fields of the key; they come first, */
    size_t key_bytes;    /* and this is how long the struct's beginning is that they take */
    size_t owner_offset; /* of the field marked OWNER; 0, where a key stands: there is none */
    unsigned since;
};

#define RECORD_FIELDS_MAX 32 /* presence fits in 32 bits of the encoding */

/* The fields of each entity, for tables that name some of them: queue_token_fields, and the place
 * of each among them, FIELD_OF_queue_token_status. */
#define ENTITY(kind, name, prefix, since)                                                          \
    extern const struct field_schema name##_fields[];                                              \
    enum {
#define FIELD(entity, column, type, detail, json, flags, since) FIELD_OF_##entity##_##column,
#define END_ENTITY(kind, name)                                                                     \
    }                                                                                              \
    ;
#include "record/schema.def"

const struct entity_schema *record_schema(enum record_kind kind);

/* A field's address in a record of its kind. */
const void *record_field(const struct record *record, const struct field_schema *field);
void *record_field_mutable(struct record *record, const struct field_schema *field);

/* The value at a field's address: a TEXT's pointer, an INT's or TIME's number, an ENUM's value. */
static inline const char *field_text(const void *field)
{
    const char *text;
    memcpy(&text, field, sizeof text);
    return text;
}

static inline int64_t field_integer(const void *field)
{
    int64_t value;
    memcpy(&value, field, sizeof value);
    return value;
}

static inline int field_number(const void *field)
{
    int number;
    memcpy(&number, field, sizeof number);
    return number;
}

/* The text of an enumerated value (NULL for "none"), for instance
 * enumeration_text(token_status_texts, status). */
#define ENUMERATION(name) extern const char *const name##_texts[];
#define VALUE(constant, text)
#define END_ENUMERATION(name)
#include "record/enumeration.def"

/* The value of a text among `count` texts; false when it is none of them. */
bool enumeration_parse(const char *const *texts, size_t count, const char *text, int *value);

/* A row's primary key as bytes, comparable with memcmp; unused bytes are zero. */
#define RECORD_KEY_BYTES 24
struct record_key {
    uint8_t bytes[RECORD_KEY_BYTES];
};

struct record_key record_key(const struct record *record);
struct record_key record_key_of_id(struct id id);

/* The id with which the record's key begins. ID_NONE: the house's, which is a number. */
struct id record_first_id(const struct record *record);

struct record_key record_key_of_reservation_seat(struct id reservation_id, int64_t position);
uint64_t record_key_hash(enum record_kind kind, const struct record_key *key);

/* The user whose row it is (the field marked OWNER), or ID_NONE. */
struct id record_owner(const struct record *record);

/* Encoding: the kind, whether deleted, why it was put, a bit a field that is not zero, then those
 * fields. Integers are zigzag base-128 varints, texts length-prefixed and NUL-terminated, the rest
 * raw, little endian. Fields appended later are further bits, so older rows decode with the new
 * fields zero. */

/* The most bytes record_encode will append for this record. */
size_t record_encoded_max(const struct record *record);

/* Appends, with this reason rather than the record's own; the buffer has record_encoded_max bytes
 * reserved. */
void record_encode(const struct record *record, enum record_why why, struct buffer *buffer);

/* The same of a row that stands by itself: `row` is the struct of this kind. */
void record_encode_row(enum record_kind kind, const void *row, bool deleted, enum record_why why,
                       struct buffer *buffer);

/* Decodes one record from the front of `data`; `*used` is its length. Texts point into `data`.
 * RESULT_MALFORMED for anything record_encode does not write; RESULT_NEWER for unknown fields,
 * kinds or reasons. Never reads past `length`. */
MUST_USE enum result record_decode(const uint8_t *data, size_t length, struct record *record,
                                   size_t *used);

/* The bytes of all its texts, each with its NUL. */
size_t record_text_bytes(const struct record *record);

/* Copies its texts one after the other to `at`, where so many bytes are, and lets it name the
 * copies. */
void record_move_texts(struct record *record, char *at);

/* A copy in one block of memory with its texts; free() it. NULL: no memory. */
struct record *record_copy(const struct record *record);

#endif
