/* Journal rows' contents: any bytes into record_decode. What it accepts is, byte for byte, what
 * record_encode writes, what record_encode writes it accepts, and it looks at nothing past the
 * length it was given. */
#include "fuzz.h"

#include "base/utf8.h"
#include "record/record.h"

#include <stdlib.h>

/* The record's bytes, as record_encode writes them, are `bytes`. */
static void check_encoding(const struct record *record, const uint8_t *bytes, size_t length)
{
    struct buffer buffer;
    const size_t most = record_encoded_max(record);
    buffer_init(&buffer, most);
    CHECK(buffer_reserve(&buffer, most) == RESULT_OK);
    record_encode(record, record->why, &buffer);
    CHECK(buffer.length == length && memcmp(buffer.data, bytes, length) == 0);
    buffer_release(&buffer);
}

static size_t value_bytes(enum field_type type)
{
    static const size_t bytes[] = {
        [FIELD_ID] = ID_BYTES,         [FIELD_TEXT] = sizeof(char *),
        [FIELD_INT] = sizeof(int64_t), [FIELD_TIME] = sizeof(int64_t),
        [FIELD_ENUM] = sizeof(int),    [FIELD_BOOL] = sizeof(bool),
        [FIELD_REAL] = sizeof(double), [FIELD_SECRET] = SECRET_BYTES,
    };
    return bytes[type];
}

/* What is encoded can be decoded: the record with one field fewer, whichever. */
static void check_without_a_field(const struct record *record)
{
    const struct entity_schema *schema = record_schema(record->kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        struct record fewer = *record, read;
        struct buffer buffer;
        size_t used;
        memset(record_field_mutable(&fewer, &schema->fields[i]), 0,
               value_bytes(schema->fields[i].type));
        buffer_init(&buffer, record_encoded_max(&fewer));
        CHECK(buffer_reserve(&buffer, record_encoded_max(&fewer)) == RESULT_OK);
        record_encode(&fewer, fewer.why, &buffer);
        CHECK(record_decode(buffer.data, buffer.length, &read, &used) == RESULT_OK);
        CHECK(used == buffer.length);
        check_encoding(&read, buffer.data, buffer.length);
        buffer_release(&buffer);
    }
}

/* A record that ends too early is malformed, wherever it ends: the copies end where their memory
 * ends. Every length of a short one, and those around the ends of a long one. */
static void check_cut_short(const uint8_t *bytes, size_t length)
{
    const size_t edge = 24;
    for (size_t cut = 1; cut <= length; cut++) {
        if (cut > edge && cut + edge < length)
            cut = length - edge;
        struct record record;
        size_t used = 0;
        uint8_t *copy = malloc(length - cut + 1);
        CHECK(copy != NULL);
        memcpy(copy + 1, bytes, length - cut);
        CHECK(record_decode(copy + 1, length - cut, &record, &used) == RESULT_MALFORMED);
        free(copy);
    }
}

static void check_texts(const struct record *record, const uint8_t *bytes, size_t length)
{
    const struct entity_schema *schema = record_schema(record->kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        const char *text;
        size_t count;
        if (schema->fields[i].type != FIELD_TEXT)
            continue;
        memcpy(&text, record_field(record, &schema->fields[i]), sizeof text);
        if (text == NULL)
            continue;
        CHECK((const uint8_t *)text > bytes && (const uint8_t *)text < bytes + length);
        CHECK((const uint8_t *)text + strlen(text) < bytes + length);
        CHECK(utf8_count(text, strlen(text), &count));
    }
}

/* Copies hold the same; a deleted row has the key of the whole one. */
static void check_copy(const struct record *record, const uint8_t *bytes, size_t length)
{
    struct record *copy = record_copy(record);
    CHECK(copy != NULL);
    check_encoding(copy, bytes, length);
    const struct record_key key = record_key(record);
    copy->deleted = true;
    const struct record_key deleted_key = record_key(copy);
    CHECK(memcmp(&key, &deleted_key, sizeof key) == 0);
    CHECK(record_key_hash(record->kind, &key) == record_key_hash(copy->kind, &deleted_key));
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t at = 0;
    while (at < size) {
        struct record record;
        size_t used = 0;
        const enum result result = record_decode(data + at, size - at, &record, &used);
        if (result != RESULT_OK) {
            CHECK(result == RESULT_MALFORMED || result == RESULT_NEWER);
            return 0;
        }
        CHECK(used > 0 && used <= size - at);
        check_texts(&record, data + at, used);
        check_encoding(&record, data + at, used);
        check_copy(&record, data + at, used);
        check_without_a_field(&record);
        check_cut_short(data + at, used);
        at += used;
    }
    return 0;
}
