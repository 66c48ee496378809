/* Records as bytes: what is written comes back, and nothing else is taken. */
#include "base/utf8.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOUND 65536

static void encode(const struct record *record, struct buffer *buffer)
{
    const size_t before = buffer->length, most = record_encoded_max(record);
    assert_int_equal(buffer_reserve(buffer, most), RESULT_OK);
    record_encode(record, record->why, buffer);
    assert_true(buffer->length - before <= most);
}

/* Decodes from a block of exactly `length` bytes, so that the sanitizer sees a read past its end.
 */
static enum result decode_exactly(const uint8_t *bytes, size_t length, struct record *record,
                                  size_t *used, uint8_t **block)
{
    *block = malloc(length == 0 ? 1 : length);
    assert_non_null(*block);
    memcpy(*block, bytes, length);
    return record_decode(*block, length, record, used);
}

static void check_round_trip(const struct record *record)
{
    struct buffer buffer;
    struct record again;
    size_t used = 0;
    uint8_t *block;
    buffer_init(&buffer, BOUND);
    encode(record, &buffer);
    assert_int_equal(decode_exactly(buffer.data, buffer.length, &again, &used, &block), RESULT_OK);
    assert_int_equal(used, buffer.length);
    assert_true(sample_equal(record, &again));
    assert_int_equal(again.why, record->why);
    free(block);
    buffer_release(&buffer);
}

static void every_kind_comes_back_with_all_fields_none_and_some(void **state)
{
    (void)state;
    struct chance chance = {20};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct sample sample;
        for (unsigned i = 0; i < 300; i++) {
            sample_fill(&sample, kind, i % 3 == 0 ? 100 : i % 3 == 1 ? 0 : 50, &chance);
            check_round_trip(&sample.record);
        }
    }
}

static void a_deleted_row_keeps_its_key_and_nothing_else(void **state)
{
    (void)state;
    struct chance chance = {21};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct sample sample;
        struct record again;
        struct buffer buffer;
        size_t used;
        buffer_init(&buffer, BOUND);
        sample_fill(&sample, kind, 100, &chance);
        sample.record.deleted = true;
        encode(&sample.record, &buffer);
        assert_int_equal(record_decode(buffer.data, buffer.length, &again, &used), RESULT_OK);
        assert_true(sample_equal(&sample.record, &again));
        assert_int_equal(again.why, sample.record.why);
        const struct entity_schema *schema = record_schema(kind);
        for (size_t i = 0; i < schema->field_count; i++)
            assert_int_equal(sample_field_is_zero(&again, &schema->fields[i]),
                             !(schema->fields[i].flags & FIELD_FLAG_KEY));
        buffer_release(&buffer);
    }
}

static void records_stand_one_after_the_other(void **state)
{
    (void)state;
    struct chance chance = {22};
    struct sample samples[RECORD_KIND_COUNT];
    struct buffer buffer;
    buffer_init(&buffer, BOUND);
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        sample_fill(&samples[kind], kind, 70, &chance);
        encode(&samples[kind].record, &buffer);
    }
    size_t at = 0, used;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++, at += used) {
        struct record record;
        assert_int_equal(record_decode(buffer.data + at, buffer.length - at, &record, &used),
                         RESULT_OK);
        assert_true(sample_equal(&record, &samples[kind].record));
    }
    assert_int_equal(at, buffer.length);
    buffer_release(&buffer);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct chance chance = {23};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct sample sample;
        struct buffer buffer;
        buffer_init(&buffer, BOUND);
        sample_fill(&sample, kind, 100, &chance);
        encode(&sample.record, &buffer);
        for (size_t length = 0; length < buffer.length; length++) {
            struct record record;
            size_t used;
            uint8_t *block;
            assert_int_equal(decode_exactly(buffer.data, length, &record, &used, &block),
                             RESULT_MALFORMED);
            free(block);
        }
        buffer_release(&buffer);
    }
}

static void unknown_kinds_are_newer(void **state)
{
    (void)state;
    for (unsigned kind = RECORD_KIND_COUNT; kind < 0x40; kind++) {
        struct record record;
        size_t used;
        const uint8_t live[] = {(uint8_t)kind, 0}, deleted[] = {(uint8_t)(kind | 0x80), 0};
        assert_int_equal(record_decode(live, sizeof live, &record, &used), RESULT_NEWER);
        assert_int_equal(record_decode(deleted, sizeof deleted, &record, &used), RESULT_NEWER);
    }
}

static void unknown_reasons_are_newer(void **state)
{
    (void)state;
    for (unsigned why = WHY_COUNT; why <= UINT8_MAX; why++) {
        struct record record;
        size_t used;
        const uint8_t bytes[] = {RECORD_KIND_HOUSE | 0x40, (uint8_t)why, 0};
        assert_int_equal(record_decode(bytes, sizeof bytes, &record, &used), RESULT_NEWER);
    }
}

/* As versions wrote it that told no reason. */
static void a_row_without_a_reason_is_read(void **state)
{
    (void)state;
    struct record record;
    size_t used;
    const uint8_t bytes[] = {RECORD_KIND_HOUSE, 0x02, 0x02};
    assert_int_equal(record_decode(bytes, sizeof bytes, &record, &used), RESULT_OK);
    assert_int_equal(used, sizeof bytes);
    assert_int_equal(record.why, WHY_UNTOLD);
    assert_int_equal(record.as.house.last_number, 1);
}

static size_t put_varint(uint8_t *bytes, uint64_t value)
{
    size_t length = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[length++] = (uint8_t)(value | 0x80);
    bytes[length++] = (uint8_t)value;
    return length;
}

static void unknown_fields_are_newer(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        for (size_t bit = record_schema(kind)->field_count; bit < 64; bit++) {
            struct record record;
            size_t used;
            uint8_t bytes[64] = {(uint8_t)kind};
            (void)put_varint(bytes + 1, UINT64_C(1) << bit);
            assert_int_equal(record_decode(bytes, sizeof bytes, &record, &used), RESULT_NEWER);
        }
    }
}

/* A row of an older version has no bits for the fields that came later: they decode as zero. The
 * encoder of any version writes the first fields alike, so leaving the last ones zero is that row.
 */
static void an_older_row_decodes_with_the_later_fields_zero(void **state)
{
    (void)state;
    struct chance chance = {24};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *schema = record_schema(kind);
        for (size_t fields = 0; fields <= schema->field_count; fields++) {
            struct sample sample, older = {0};
            sample_fill(&sample, kind, 100, &chance);
            older.record.kind = kind;
            for (size_t i = 0; i < fields; i++) {
                const size_t next = i + 1 < schema->field_count ? schema->fields[i + 1].offset
                                                                : sizeof sample.record.as;
                memcpy(record_field_mutable(&older.record, &schema->fields[i]),
                       record_field(&sample.record, &schema->fields[i]),
                       next - schema->fields[i].offset);
            }
            check_round_trip(&older.record);
        }
    }
}

/* Random and damaged bytes: whatever is taken is what the encoder writes for what was read. */
static void check_taken_is_what_is_written(const uint8_t *bytes, size_t length)
{
    struct record record;
    struct buffer buffer;
    size_t used = 0;
    uint8_t *block;
    if (decode_exactly(bytes, length, &record, &used, &block) == RESULT_OK) {
        assert_true(used <= length);
        buffer_init(&buffer, BOUND);
        encode(&record, &buffer);
        assert_int_equal(buffer.length, used);
        assert_memory_equal(buffer.data, bytes, used);
        buffer_release(&buffer);
    }
    free(block);
}

static void random_bytes_are_never_taken_for_more_than_they_say(void **state)
{
    (void)state;
    struct chance chance = {25};
    for (size_t i = 0; i < 300000; i++) {
        uint8_t bytes[48];
        const size_t length = chance_below(&chance, sizeof bytes + 1);
        for (size_t k = 0; k < length; k++)
            bytes[k] = (uint8_t)(chance_next(&chance) & chance_next(&chance));
        if (length > 0)
            bytes[0] = (uint8_t)(chance_below(&chance, RECORD_KIND_COUNT + 1) |
                                 (chance_next(&chance) & 0x80));
        check_taken_is_what_is_written(bytes, length);
    }
}

static void damaged_rows_are_never_taken_for_more_than_they_say(void **state)
{
    (void)state;
    struct chance chance = {26};
    for (size_t i = 0; i < 30000; i++) {
        struct sample sample;
        struct buffer buffer;
        buffer_init(&buffer, BOUND);
        sample_fill(&sample, (enum record_kind)chance_below(&chance, RECORD_KIND_COUNT), 60,
                    &chance);
        encode(&sample.record, &buffer);
        for (size_t flips = 1 + chance_below(&chance, 3); flips > 0; flips--)
            buffer.data[chance_below(&chance, buffer.length)] ^=
                (uint8_t)(1U << chance_below(&chance, 8));
        check_taken_is_what_is_written(buffer.data, buffer.length);
        buffer_release(&buffer);
    }
}

/* The smallest of each malformed thing, by hand: a POINT_ACCOUNT is user_id, balance, last_updated;
 * a CONCERT is id, title, description and two times. */
static const struct {
    const char *what;
    size_t length;
    uint8_t bytes[24];
} malformed[] = {
    {"nothing", 0, {0}},
    {"no fields", 1, {RECORD_KIND_POINT_ACCOUNT}},
    {"presence longer than it need be", 3, {RECORD_KIND_POINT_ACCOUNT, 0x80, 0x00}},
    {"presence that never ends",
     12,
     {RECORD_KIND_POINT_ACCOUNT, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    {"a present zero", 3, {RECORD_KIND_POINT_ACCOUNT, 0x02, 0x00}},
    {"an integer longer than it need be", 4, {RECORD_KIND_POINT_ACCOUNT, 0x02, 0x82, 0x00}},
    {"an integer of more than 64 bits",
     12,
     {RECORD_KIND_POINT_ACCOUNT, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}},
    {"an integer of eleven bytes",
     13,
     {RECORD_KIND_POINT_ACCOUNT, 0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
      0x01}},
    {"a present id of none", 18, {RECORD_KIND_POINT_ACCOUNT, 0x01}},
    {"a text without its end", 4, {RECORD_KIND_CONCERT, 0x02, 0x01, 'a'}},
    {"a text with another end", 5, {RECORD_KIND_CONCERT, 0x02, 0x01, 'a', 'b'}},
    {"a text longer than the row", 5, {RECORD_KIND_CONCERT, 0x02, 0x03, 'a', 0x00}},
    {"a text longer than memory",
     14,
     {RECORD_KIND_CONCERT, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 'a',
      0}},
    {"a text with a NUL inside", 6, {RECORD_KIND_CONCERT, 0x02, 0x02, 'a', 0x00, 0x00}},
    {"a text that is not UTF-8", 6, {RECORD_KIND_CONCERT, 0x02, 0x02, 0xc0, 0x80, 0x00}},
    {"an unknown value", 3, {RECORD_KIND_USER, 0x08, 0x63}},
    {"a present value of zero", 3, {RECORD_KIND_USER, 0x08, 0x00}},
    {"a reason that ends with its row", 1, {RECORD_KIND_POINT_ACCOUNT | 0x40}},
    {"a told reason that is none", 3, {RECORD_KIND_POINT_ACCOUNT | 0x40, 0x00, 0x00}},
    {"a deleted row with more than its key", 3, {RECORD_KIND_POINT_ACCOUNT | 0x80, 0x02, 0x02}},
};

static void each_malformed_thing_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        struct record record;
        size_t used;
        uint8_t *block;
        const enum result result =
            decode_exactly(malformed[i].bytes, malformed[i].length, &record, &used, &block);
        if (result != RESULT_MALFORMED)
            fail_msg("not refused: %s", malformed[i].what);
        free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back_with_all_fields_none_and_some),
        cmocka_unit_test(a_deleted_row_keeps_its_key_and_nothing_else),
        cmocka_unit_test(records_stand_one_after_the_other),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(unknown_kinds_are_newer),
        cmocka_unit_test(unknown_reasons_are_newer),
        cmocka_unit_test(a_row_without_a_reason_is_read),
        cmocka_unit_test(unknown_fields_are_newer),
        cmocka_unit_test(an_older_row_decodes_with_the_later_fields_zero),
        cmocka_unit_test(random_bytes_are_never_taken_for_more_than_they_say),
        cmocka_unit_test(damaged_rows_are_never_taken_for_more_than_they_say),
        cmocka_unit_test(each_malformed_thing_is_refused),
    };
    return cmocka_run_group_tests_name("record encode", tests, NULL, NULL);
}
