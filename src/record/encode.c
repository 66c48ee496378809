/* Records as bytes, for the journal; the form is described in record.h. */
#include "record/record.h"

#include "base/check.h"
#include "base/utf8.h"

#include <string.h>

#define VARINT_BYTES_MAX 10

/* The first byte: a kind and two bits beside it. */
#define DELETED_BIT 0x80
#define WHY_BIT 0x40 /* the reason stands in the next byte */
#define KIND_BITS 0x3f
_Static_assert(RECORD_KIND_COUNT <= KIND_BITS && WHY_COUNT <= UINT8_MAX, "a byte each");

static inline bool all_zero(const void *bytes, size_t length)
{
    uint64_t any = 0, word;
    for (size_t i = 0; i < length; i += sizeof word) {
        memcpy(&word, (const uint8_t *)bytes + i, sizeof word);
        any |= word;
    }
    return any == 0;
}

_Static_assert(ID_BYTES % 8 == 0 && SECRET_BYTES % 8 == 0 && sizeof(double) == 8, "whole words");

/* Every entity has functions of its own, made of schema.def: walking the schema at each record took
 * most of the time that a record took. They come by a record's kind from the table of codecs. */

#define IS_PRESENT_ID(value) (!all_zero(&(value), ID_BYTES))
#define IS_PRESENT_TEXT(value) ((value) != NULL)
#define IS_PRESENT_INT(value) ((value) != 0)
#define IS_PRESENT_TIME(value) ((value) != 0)
#define IS_PRESENT_ENUM(value) ((value) != 0)
#define IS_PRESENT_BOOL(value) (value)
#define IS_PRESENT_REAL(value) (!all_zero(&(value), sizeof(double)))
#define IS_PRESENT_SECRET(value) (!all_zero(&(value), SECRET_BYTES))

#define ENTITY(kind, name, prefix, since)                                                          \
    static uint64_t fields_present_in_##name(const void *from)                                     \
    {                                                                                              \
        const struct name *row = from;                                                             \
        uint64_t bits = 0;                                                                         \
        unsigned index = 0;
#define FIELD(entity, column, type, detail, json, flags, since)                                    \
    bits |= (uint64_t)IS_PRESENT_##type(row->column) << index++;
#define END_ENTITY(kind, name)                                                                     \
    return bits;                                                                                   \
    }
#include "record/schema.def"

/* ---- Encoding ---- */

struct output {
    uint8_t *at;
    const uint8_t *end;
};

static inline void put_bytes(struct output *output, const void *bytes, size_t length)
{
    CHECK((size_t)(output->end - output->at) >= length);
    memcpy(output->at, bytes, length);
    output->at += length;
}

static inline void put_varint(struct output *output, uint64_t value)
{
    CHECK(output->end - output->at >= VARINT_BYTES_MAX);
    while (value >= 0x80) {
        *output->at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *output->at++ = (uint8_t)value;
}

static inline uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static void put_text(struct output *output, const char *text)
{
    const size_t length = strlen(text);
    put_varint(output, length);
    put_bytes(output, text, length + 1);
}

#define PUT_ID(output, value) put_bytes(output, &(value), ID_BYTES)
#define PUT_TEXT(output, value) put_text(output, value)
#define PUT_INT(output, value) put_varint(output, zigzag(value))
#define PUT_TIME(output, value) put_varint(output, zigzag(value))
#define PUT_ENUM(output, value) put_bytes(output, &(uint8_t){(uint8_t)(value)}, 1)
#define PUT_BOOL(output, value) (void)(value) /* present means true */
#define PUT_REAL(output, value) put_bytes(output, &(value), sizeof(double))
#define PUT_SECRET(output, value) put_bytes(output, &(value), SECRET_BYTES)

#define ENTITY(kind, name, prefix, since)                                                          \
    static void put_fields_of_##name(struct output *output, uint64_t bits, const void *from)       \
    {                                                                                              \
        const struct name *row = from;                                                             \
        unsigned index = 0;
#define FIELD(entity, column, type, detail, json, flags, since)                                    \
    if ((bits >> index++ & 1) != 0)                                                                \
        PUT_##type(output, row->column);
#define END_ENTITY(kind, name) }
#include "record/schema.def"

/* ---- Decoding ---- */

struct encoded {
    const uint8_t *at, *end;
    const struct field_schema *fields; /* of the record's kind */
};

static inline bool take_bytes(struct encoded *encoded, void *into, size_t length)
{
    if ((size_t)(encoded->end - encoded->at) < length)
        return false;
    memcpy(into, encoded->at, length);
    encoded->at += length;
    return true;
}

static inline bool take_varint(struct encoded *encoded, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (encoded->at == encoded->end)
            return false;
        const uint8_t byte = *encoded->at++;
        if (shift == 63 && byte > 1)
            return false;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return byte != 0 || shift == 0; /* no longer than it need be */
    }
    return false;
}

static bool take_text(struct encoded *encoded, void *field)
{
    uint64_t length;
    size_t count;
    if (!take_varint(encoded, &length) || length >= (size_t)(encoded->end - encoded->at))
        return false;
    const char *text = (const char *)encoded->at;
    if (text[length] != '\0' || memchr(text, '\0', length) != NULL ||
        !utf8_count(text, length, &count))
        return false;
    memcpy(field, &text, sizeof text);
    encoded->at += length + 1;
    return true;
}

/* As record_encode writes no zeros, none is taken. */
static inline bool take_words(struct encoded *encoded, void *field, size_t length)
{
    return take_bytes(encoded, field, length) && !all_zero(field, length);
}

static inline bool take_integer(struct encoded *encoded, int64_t *field)
{
    uint64_t bits;
    if (!take_varint(encoded, &bits))
        return false;
    *field = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
    return bits != 0;
}

static inline bool take_enumerated(struct encoded *encoded, void *field, size_t value_count)
{
    uint8_t byte;
    if (!take_bytes(encoded, &byte, 1) || byte == 0 || byte >= value_count)
        return false;
    const int number = byte;
    memcpy(field, &number, sizeof number);
    return true;
}

#define TAKE_ID(encoded, field, index) take_words(encoded, field, ID_BYTES)
#define TAKE_TEXT(encoded, field, index) take_text(encoded, field)
#define TAKE_INT(encoded, field, index) take_integer(encoded, field)
#define TAKE_TIME(encoded, field, index) take_integer(encoded, field)
#define TAKE_ENUM(encoded, field, index)                                                           \
    take_enumerated(encoded, field, (encoded)->fields[index].text_count)
#define TAKE_BOOL(encoded, field, index) (*(field) = true)
#define TAKE_REAL(encoded, field, index) take_words(encoded, field, sizeof(double))
#define TAKE_SECRET(encoded, field, index) take_words(encoded, field, SECRET_BYTES)

#define ENTITY(kind, name, prefix, since)                                                          \
    static bool take_fields_of_##name(struct encoded *encoded, uint64_t bits, void *into)          \
    {                                                                                              \
        struct name *row = into;                                                                   \
        unsigned index = 0;
#define FIELD(entity, column, type, detail, json, flags, since)                                    \
    if ((bits >> index & 1) != 0 && !TAKE_##type(encoded, &row->column, index))                    \
        return false;                                                                              \
    index++;
#define END_ENTITY(kind, name)                                                                     \
    return true;                                                                                   \
    }
#include "record/schema.def"

/* ---- Records ---- */

static const struct codec {
    uint64_t (*present)(const void *row); /* a bit a field that is not zero */
    void (*put)(struct output *output, uint64_t bits, const void *row);
    bool (*take)(struct encoded *encoded, uint64_t bits, void *row);
} codecs[RECORD_KIND_COUNT] = {
#define ENTITY(kind, name, prefix, since)                                                          \
    [RECORD_KIND_##kind] = {fields_present_in_##name, put_fields_of_##name, take_fields_of_##name},
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
};

/* Key fields come first (a test insists). */
static uint64_t key_bits(const struct entity_schema *schema)
{
    return (UINT64_C(1) << schema->key_count) - 1;
}

size_t record_encoded_max(const struct record *record)
{
    const size_t field_count = record_schema(record->kind)->field_count;
    /* A secret is the largest field of fixed size. */
    return 2 + VARINT_BYTES_MAX + field_count * SECRET_BYTES + record_text_bytes(record);
}

static void put_head(struct output *output, enum record_kind kind, bool deleted,
                     enum record_why why)
{
    CHECK((unsigned)why < WHY_COUNT);
    const unsigned gone = deleted ? DELETED_BIT : 0;
    const unsigned told = why != WHY_UNTOLD ? WHY_BIT : 0;
    const uint8_t head[] = {(uint8_t)((unsigned)kind | gone | told), (uint8_t)why};
    put_bytes(output, head, told ? 2 : 1);
}

void record_encode_row(enum record_kind kind, const void *row, bool deleted, enum record_why why,
                       struct buffer *buffer)
{
    CHECK((unsigned)kind < RECORD_KIND_COUNT);
    const struct codec *codec = &codecs[kind];
    struct output output = {.at = buffer->data + buffer->length,
                            .end = buffer->data + buffer->capacity};
    uint64_t bits = codec->present(row);
    if (deleted)
        bits &= key_bits(record_schema(kind));
    put_head(&output, kind, deleted, why);
    put_varint(&output, bits);
    codec->put(&output, bits, row);
    buffer->length = (size_t)(output.at - buffer->data);
}

void record_encode(const struct record *record, enum record_why why, struct buffer *buffer)
{
    record_encode_row(record->kind, &record->as, record->deleted, why, buffer);
}

enum result record_decode(const uint8_t *data, size_t length, struct record *record, size_t *used)
{
    struct encoded encoded = {.at = data, .end = data + length};
    uint8_t head, why = WHY_UNTOLD;
    uint64_t bits;
    if (!take_bytes(&encoded, &head, 1) ||
        ((head & WHY_BIT) != 0 && (!take_bytes(&encoded, &why, 1) || why == WHY_UNTOLD)) ||
        !take_varint(&encoded, &bits))
        return RESULT_MALFORMED;
    if ((head & KIND_BITS) >= RECORD_KIND_COUNT || why >= WHY_COUNT)
        return RESULT_NEWER;
    memset(record, 0, sizeof *record);
    record->kind = (enum record_kind)(head & KIND_BITS);
    record->deleted = (head & DELETED_BIT) != 0;
    record->why = (enum record_why)why;
    const struct entity_schema *schema = record_schema(record->kind);
    if (bits >> schema->field_count != 0)
        return RESULT_NEWER;
    encoded.fields = schema->fields;
    if ((record->deleted && (bits & ~key_bits(schema)) != 0) ||
        !codecs[record->kind].take(&encoded, bits, &record->as))
        return RESULT_MALFORMED;
    *used = (size_t)(encoded.at - data);
    return RESULT_OK;
}
