/* Records as bytes, for the journal; the form is described in record.h. */
#include "record/record.h"

#include "base/check.h"
#include "base/utf8.h"

#include <string.h>

#define VARINT_BYTES_MAX 10
#define DELETED_BIT 0x80

static bool all_zero(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++)
        if (at[i] != 0)
            return false;
    return true;
}

static bool is_present(const struct field_schema *schema, const void *field)
{
    switch (schema->type) {
    case FIELD_ID:
        return !all_zero(field, ID_BYTES);
    case FIELD_TEXT:
        return field_text(field) != NULL;
    case FIELD_INT:
    case FIELD_TIME:
        return field_integer(field) != 0;
    case FIELD_ENUM:
        return field_number(field) != 0;
    case FIELD_BOOL:
        return *(const bool *)field;
    case FIELD_REAL:
        return !all_zero(field, sizeof(double));
    case FIELD_SECRET:
        return !all_zero(field, SECRET_BYTES);
    }
    UNREACHABLE("field type");
}

static void put_varint(struct buffer *buffer, uint64_t value)
{
    while (value >= 0x80) {
        buffer_append_byte(buffer, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    buffer_append_byte(buffer, (uint8_t)value);
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static void put_field(struct buffer *buffer, const struct field_schema *schema, const void *field)
{
    switch (schema->type) {
    case FIELD_ID:
        buffer_append(buffer, field, ID_BYTES);
        return;
    case FIELD_TEXT: {
        const char *text = field_text(field);
        const size_t length = strlen(text);
        put_varint(buffer, length);
        buffer_append(buffer, text, length + 1);
        return;
    }
    case FIELD_INT:
    case FIELD_TIME:
        put_varint(buffer, zigzag(field_integer(field)));
        return;
    case FIELD_ENUM:
        buffer_append_byte(buffer, (uint8_t)field_number(field));
        return;
    case FIELD_BOOL:
        return; /* present means true */
    case FIELD_REAL:
        buffer_append(buffer, field, sizeof(double));
        return;
    case FIELD_SECRET:
        buffer_append(buffer, field, SECRET_BYTES);
        return;
    }
    UNREACHABLE("field type");
}

size_t record_encoded_max(const struct record *record)
{
    const struct entity_schema *schema = record_schema(record->kind);
    size_t bytes = 1 + VARINT_BYTES_MAX;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        bytes += SECRET_BYTES; /* the largest field of fixed size */
        if (field->type == FIELD_TEXT) {
            const char *text = field_text(record_field(record, field));
            bytes += text == NULL ? 0 : strlen(text) + 1;
        }
    }
    return bytes;
}

void record_encode(const struct record *record, struct buffer *buffer)
{
    const struct entity_schema *schema = record_schema(record->kind);
    const struct field_schema *present[RECORD_FIELDS_MAX];
    size_t count = 0;
    uint64_t bits = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        if (record->deleted && !(field->flags & FIELD_FLAG_KEY))
            continue;
        if (is_present(field, record_field(record, field))) {
            bits |= UINT64_C(1) << i;
            present[count++] = field;
        }
    }
    buffer_append_byte(buffer,
                       (uint8_t)((unsigned)record->kind | (record->deleted ? DELETED_BIT : 0)));
    put_varint(buffer, bits);
    for (size_t i = 0; i < count; i++)
        put_field(buffer, present[i], record_field(record, present[i]));
}

struct input {
    const uint8_t *at, *end;
};

static bool take_bytes(struct input *input, void *into, size_t length)
{
    if ((size_t)(input->end - input->at) < length)
        return false;
    memcpy(into, input->at, length);
    input->at += length;
    return true;
}

static bool take_varint(struct input *input, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (input->at == input->end)
            return false;
        const uint8_t byte = *input->at++;
        if (shift == 63 && byte > 1)
            return false;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return byte != 0 || shift == 0; /* no longer than it need be */
    }
    return false;
}

static bool take_text(struct input *input, void *field)
{
    uint64_t length;
    size_t count;
    if (!take_varint(input, &length) || length >= (size_t)(input->end - input->at))
        return false;
    const char *text = (const char *)input->at;
    if (text[length] != '\0' || memchr(text, '\0', length) != NULL ||
        !utf8_count(text, length, &count))
        return false;
    memcpy(field, &text, sizeof text);
    input->at += length + 1;
    return true;
}

static bool take_integer(struct input *input, void *field)
{
    uint64_t bits;
    if (!take_varint(input, &bits))
        return false;
    const int64_t value = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
    memcpy(field, &value, sizeof value);
    return true;
}

static bool take_field(struct input *input, const struct field_schema *schema, void *field)
{
    uint8_t byte;
    int number;
    switch (schema->type) {
    case FIELD_ID:
        return take_bytes(input, field, ID_BYTES);
    case FIELD_TEXT:
        return take_text(input, field);
    case FIELD_INT:
    case FIELD_TIME:
        return take_integer(input, field);
    case FIELD_ENUM:
        if (!take_bytes(input, &byte, 1) || byte >= schema->text_count)
            return false;
        number = byte;
        memcpy(field, &number, sizeof number);
        return true;
    case FIELD_BOOL:
        *(bool *)field = true;
        return true;
    case FIELD_REAL:
        return take_bytes(input, field, sizeof(double));
    case FIELD_SECRET:
        return take_bytes(input, field, SECRET_BYTES);
    }
    UNREACHABLE("field type");
}

enum result record_decode(const uint8_t *data, size_t length, struct record *record, size_t *used)
{
    struct input input = {.at = data, .end = data + length};
    uint8_t head;
    uint64_t bits;
    if (!take_bytes(&input, &head, 1) || !take_varint(&input, &bits))
        return RESULT_MALFORMED;
    if ((head & ~DELETED_BIT) >= RECORD_KIND_COUNT)
        return RESULT_NEWER;
    memset(record, 0, sizeof *record);
    record->kind = (enum record_kind)(head & ~DELETED_BIT);
    record->deleted = (head & DELETED_BIT) != 0;
    const struct entity_schema *schema = record_schema(record->kind);
    if (bits >> schema->field_count != 0)
        return RESULT_NEWER;
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        if ((bits >> i & 1) == 0)
            continue;
        if ((record->deleted && !(field->flags & FIELD_FLAG_KEY)) ||
            !take_field(&input, field, record_field_mutable(record, field)) ||
            !is_present(field, record_field(record, field)))
            return RESULT_MALFORMED;
    }
    *used = (size_t)(input.at - data);
    return RESULT_OK;
}
