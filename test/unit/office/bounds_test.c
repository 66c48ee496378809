/* The bytes that the office reserves for a record are enough for every record it makes. */
#include "office/state.h"
#include "record/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The most bytes of a record without texts: what record_encoded_max says of it. */
static size_t plain_bytes(enum record_kind kind)
{
    const struct record record = {.kind = kind};
    return record_encoded_max(&record);
}

static void a_plain_record_fits_its_room(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (kind != RECORD_KIND_USER && kind != RECORD_KIND_CONCERT && kind != RECORD_KIND_SEAT)
            if (plain_bytes(kind) > PLAIN_RECORD_BYTES)
                fail_msg("%s: %zu bytes", record_schema(kind)->table, plain_bytes(kind));
}

/* Only these kinds have texts, and only of these is room for texts asked for. */
static void only_known_kinds_have_texts(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *schema = record_schema(kind);
        bool texts = false;
        for (size_t i = 0; i < schema->field_count; i++)
            texts = texts || schema->fields[i].type == FIELD_TEXT;
        assert_int_equal(texts, kind == RECORD_KIND_USER || kind == RECORD_KIND_CONCERT ||
                                    kind == RECORD_KIND_SEAT || kind == RECORD_KIND_POINT_ENTRY);
    }
}

static void a_deleted_row_fits_the_room_of_a_plain_one(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, PLAIN_RECORD_BYTES);
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct record record = {.kind = kind, .deleted = true};
        memset(&record.as, 0xff, ID_BYTES); /* the key, and texts that must not be looked at */
        assert_int_equal(buffer_reserve(&buffer, PLAIN_RECORD_BYTES), RESULT_OK);
        record_encode(&record, WHY_HELD, &buffer);
        assert_true(buffer.length <= PLAIN_RECORD_BYTES);
        buffer_clear(&buffer);
    }
    buffer_release(&buffer);
}

/* The longest text of `characters` code points. */
static const char *longest(char *text, size_t characters)
{
    for (size_t i = 0; i < characters; i++)
        memcpy(text + UTF8_BYTES_MAX * i, "\xf0\x9f\x8e\xab", UTF8_BYTES_MAX);
    text[UTF8_BYTES_MAX * characters] = '\0';
    return text;
}

static void a_seat_with_the_longest_texts_fits_its_room(void **state)
{
    (void)state;
    char text[SEAT_NUMBER_BYTES_MAX + 1];
    struct record record = {.kind = RECORD_KIND_SEAT};
    struct seat *seat = &record.as.seat;
    seat->seat_number = seat->section = seat->row = seat->number = seat->grade =
        longest(text, SEAT_TEXT_CHARACTERS_MAX);
    assert_true(record_encoded_max(&record) <= SEAT_RECORD_BYTES);
}

static void an_entry_with_the_longest_reference_fits_its_room(void **state)
{
    (void)state;
    char text[REFERENCE_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    struct record record = {.kind = RECORD_KIND_POINT_ENTRY};
    record.as.point_entry.reference = longest(text, REFERENCE_CHARACTERS_MAX);
    assert_true(record_encoded_max(&record) <=
                PLAIN_RECORD_BYTES + REFERENCE_CHARACTERS_MAX * UTF8_BYTES_MAX);
}

/* A tick works off OFFICE_TICK_MAX deadlines into one batch, and the largest round is one call. */
static void the_largest_tick_and_the_largest_round_fit_a_batch(void **state)
{
    (void)state;
    const size_t end_of_a_reservation = RESERVATION_END_RECORDS * PLAIN_RECORD_BYTES +
                                        SEATS_PER_RESERVATION_MAX * SEAT_RECORD_BYTES;
    assert_true(end_of_a_reservation * OFFICE_TICK_MAX <= BATCH_BYTES_MAX);
    assert_true((size_t)SEAT_RECORD_BYTES * ROUND_SEATS_MAX + 2 * PLAIN_RECORD_BYTES <=
                BATCH_BYTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_record_fits_its_room),
        cmocka_unit_test(only_known_kinds_have_texts),
        cmocka_unit_test(a_deleted_row_fits_the_room_of_a_plain_one),
        cmocka_unit_test(a_seat_with_the_longest_texts_fits_its_room),
        cmocka_unit_test(an_entry_with_the_longest_reference_fits_its_room),
        cmocka_unit_test(the_largest_tick_and_the_largest_round_fit_a_batch),
    };
    return cmocka_run_group_tests_name("record bounds", tests, NULL, NULL);
}
