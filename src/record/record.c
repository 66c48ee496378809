/* The schema as data. */
#include "record/record.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#define ENUMERATION(name) const char *const name##_texts[] = {
#define VALUE(constant, text) text,
#define END_ENUMERATION(name)                                                                      \
    }                                                                                              \
    ;
#include "record/enumeration.def"

static const char *const why_texts[WHY_COUNT] = {
#define WHY(name, text) [WHY_##name] = text,
#include "record/why.def"
};

const char *record_why_text(enum record_why why)
{
    CHECK((unsigned)why < WHY_COUNT);
    return why_texts[why];
}

bool record_why_known(const char *text)
{
    int number;
    return enumeration_parse(why_texts, WHY_COUNT, text, &number);
}

bool record_id_known(const char *text)
{
    struct id id;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const char *prefix = record_schema(kind)->prefix;
        if (prefix != NULL && id_parse(prefix, text, strlen(text), &id))
            return true;
    }
    return false;
}

enum {
    KEY = FIELD_FLAG_KEY,
    OPTIONAL = FIELD_FLAG_OPTIONAL,
    REFERENCE = FIELD_FLAG_REFERENCE,
    INDEXED = FIELD_FLAG_INDEXED,
    OWNER = FIELD_FLAG_OWNER,
    CREATED = FIELD_FLAG_CREATED,
    LISTED = FIELD_FLAG_LISTED,
};

enum {
#define ENTITY(kind, name, prefix, since) kind_of_##name = RECORD_KIND_##kind,
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
};

#define DETAIL_ID(detail) .id_of = (enum record_kind)kind_of_##detail
#define DETAIL_ENUM(detail)                                                                        \
    .texts = detail##_texts, .text_count = sizeof detail##_texts / sizeof detail##_texts[0]
#define DETAIL_TEXT(detail) .texts = NULL
#define DETAIL_INT(detail) .texts = NULL
#define DETAIL_TIME(detail) .time = TIME_##detail
#define DETAIL_BOOL(detail) .texts = NULL
#define DETAIL_REAL(detail) .texts = NULL
#define DETAIL_SECRET(detail) .texts = NULL

#define ENTITY(kind, name, prefix, since) const struct field_schema name##_fields[] = {
#define FIELD(entity, column_name, field_type, detail, json_name, field_flags, since_version)      \
    {                                                                                              \
        .column = #column_name,                                                                    \
        .json = json_name,                                                                         \
        .type = FIELD_##field_type,                                                                \
        .flags = field_flags,                                                                      \
        .offset = offsetof(struct entity, column_name),                                            \
        DETAIL_##field_type(detail),                                                               \
        .since = since_version,                                                                    \
    },
#define END_ENTITY(kind, name)                                                                     \
    }                                                                                              \
    ;                                                                                              \
    _Static_assert(sizeof name##_fields / sizeof name##_fields[0] <= RECORD_FIELDS_MAX,            \
                   "the presence bits of the encoding");
#include "record/schema.def"

/* Sums over the fields of an entity; each gets on with the next field. */
#define ENTITY(kind, name, prefix, since) enum { name##_key_count = 0
#define FIELD(entity, column, type, detail, json, flags, since) +(((flags)&KEY) != 0)
#define END_ENTITY(kind, name)                                                                     \
    }                                                                                              \
    ;
#include "record/schema.def"

#define ENTITY(kind, name, prefix, since) enum { name##_key_bytes = 0
#define FIELD(entity, column, type, detail, json, flags, since)                                    \
    +(((flags)&KEY) != 0 ? (int)sizeof(RECORD_##type(detail)) : 0)
#define END_ENTITY(kind, name)                                                                     \
    }                                                                                              \
    ;                                                                                              \
    _Static_assert((int)name##_key_bytes <= RECORD_KEY_BYTES, "a key's bytes");
#include "record/schema.def"

#define ENTITY(kind, name, prefix, since) enum { name##_owner_offset = 0
#define FIELD(entity, column, type, detail, json, flags, since)                                    \
    +(((flags)&OWNER) != 0 ? (int)offsetof(struct entity, column) : 0)
#define END_ENTITY(kind, name)                                                                     \
    }                                                                                              \
    ;
#include "record/schema.def"

static const struct entity_schema schemas[RECORD_KIND_COUNT] = {
#define ENTITY(kind, name, id_prefix, since_version)                                               \
    [RECORD_KIND_##kind] = {                                                                       \
        .table = #name,                                                                            \
        .prefix = id_prefix,                                                                       \
        .fields = name##_fields,                                                                   \
        .field_count = sizeof name##_fields / sizeof name##_fields[0],                             \
        .key_count = name##_key_count,                                                             \
        .key_bytes = name##_key_bytes,                                                             \
        .owner_offset = name##_owner_offset,                                                       \
        .since = since_version,                                                                    \
    },
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
};

const struct entity_schema *record_schema(enum record_kind kind)
{
    CHECK((unsigned)kind < RECORD_KIND_COUNT);
    return &schemas[kind];
}

const void *record_field(const struct record *record, const struct field_schema *field)
{
    return (const uint8_t *)&record->as + field->offset;
}

void *record_field_mutable(struct record *record, const struct field_schema *field)
{
    return (uint8_t *)&record->as + field->offset;
}

bool enumeration_parse(const char *const *texts, size_t count, const char *text, int *value)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i] == NULL ? text == NULL : text != NULL && strcmp(texts[i], text) == 0) {
            *value = (int)i;
            return true;
        }
    }
    return false;
}

struct record_key record_key_of_id(struct id id)
{
    struct record_key key = {{0}};
    memcpy(key.bytes, id.bytes, ID_BYTES);
    return key;
}

struct record_key record_key_of_reservation_seat(struct id reservation_id, int64_t position)
{
    struct record_key key = record_key_of_id(reservation_id);
    memcpy(key.bytes + ID_BYTES, &position, sizeof position);
    return key;
}

struct record_key record_key(const struct record *record)
{
    struct record_key key = {{0}};
    memcpy(key.bytes, &record->as, record_schema(record->kind)->key_bytes);
    return key;
}

struct id record_first_id(const struct record *record)
{
    struct id id = ID_NONE;
    if (record->kind != RECORD_KIND_HOUSE)
        memcpy(&id, &record->as, sizeof id); /* a key's fields come first (a test insists) */
    return id;
}

uint64_t record_key_hash(enum record_kind kind, const struct record_key *key)
{
    struct id id;
    uint64_t rest;
    memcpy(id.bytes, key->bytes, ID_BYTES);
    memcpy(&rest, key->bytes + ID_BYTES, sizeof rest);
    return id_hash(id) ^ ((rest * 32 + (uint64_t)kind + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

struct id record_owner(const struct record *record)
{
    const size_t offset = record_schema(record->kind)->owner_offset;
    struct id owner = ID_NONE;
    if (offset != 0)
        memcpy(owner.bytes, (const uint8_t *)&record->as + offset, ID_BYTES);
    return owner;
}

size_t record_text_bytes(const struct record *record)
{
    const struct entity_schema *schema = record_schema(record->kind);
    size_t bytes = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].type != FIELD_TEXT)
            continue;
        const char *text = field_text(record_field(record, &schema->fields[i]));
        bytes += text == NULL ? 0 : strlen(text) + 1;
    }
    return bytes;
}

void record_move_texts(struct record *record, char *at)
{
    const struct entity_schema *schema = record_schema(record->kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].type != FIELD_TEXT)
            continue;
        void *field = record_field_mutable(record, &schema->fields[i]);
        const char *text = field_text(field);
        if (text == NULL)
            continue;
        const size_t length = strlen(text) + 1;
        memcpy(at, text, length);
        memcpy(field, &at, sizeof at);
        at += length;
    }
}

struct record *record_copy(const struct record *record)
{
    struct record *copy = malloc(sizeof *record + record_text_bytes(record));
    if (copy == NULL)
        return NULL;
    *copy = *record;
    record_move_texts(copy, (char *)(copy + 1));
    return copy;
}
