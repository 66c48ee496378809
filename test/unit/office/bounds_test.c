/* The bytes that the office reserves for a record are enough for every record it makes. */
#include "office/office.h"
#include "office/room.h"
#include "record/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The most bytes of a record, less its texts. */
static size_t plain_bytes(enum record_kind kind)
{
    const struct record record = {.kind = kind};
    return record_encoded_max(&record);
}

/* The longest text of `characters` code points. */
static const char *longest(char *text, size_t characters)
{
    for (size_t i = 0; i < characters; i++)
        memcpy(text + UTF8_BYTES_MAX * i, "\xf0\x9f\x8e\xab", UTF8_BYTES_MAX);
    text[UTF8_BYTES_MAX * characters] = '\0';
    return text;
}

/* Only these kinds have texts. */
static bool has_texts(enum record_kind kind)
{
    return kind == RECORD_KIND_USER || kind == RECORD_KIND_CONCERT || kind == RECORD_KIND_SEAT ||
           kind == RECORD_KIND_POINT_ENTRY || kind == RECORD_KIND_INCIDENT ||
           kind == RECORD_KIND_API_KEY || kind == RECORD_KIND_NOTICE ||
           kind == RECORD_KIND_CONCERT_ROUND || kind == RECORD_KIND_ACTION ||
           kind == RECORD_KIND_PLAN || kind == RECORD_KIND_PLAN_PIECE || kind == RECORD_KIND_TICKET;
}

static void only_known_kinds_have_texts(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *schema = record_schema(kind);
        bool texts = false;
        for (size_t i = 0; i < schema->field_count; i++)
            texts = texts || schema->fields[i].type == FIELD_TEXT;
        assert_int_equal(texts, has_texts(kind));
    }
}

static void a_record_without_texts_fits_its_room(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (plain_bytes(kind) > RECORD_BYTES_MAX)
            fail_msg("%s: %zu bytes", record_schema(kind)->table, plain_bytes(kind));
}

static void a_deadline_s_row_fits_its_room(void **state)
{
    (void)state;
    assert_true(plain_bytes(RECORD_KIND_SEAT_RESERVATION) <= DEADLINE_RECORD_BYTES_MAX);
    assert_true(plain_bytes(RECORD_KIND_QUEUE_TOKEN) <= DEADLINE_RECORD_BYTES_MAX);
}

static void an_incident_with_the_longest_note_fits_its_room(void **state)
{
    (void)state;
    char note[NOTE_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    const struct record record = {.kind = RECORD_KIND_INCIDENT,
                                  .as.incident.note = longest(note, NOTE_CHARACTERS_MAX)};
    assert_true(record_encoded_max(&record) <= RECORD_BYTES_MAX);
}

static void what_people_are_told_at_the_longest_fits_its_room(void **state)
{
    (void)state;
    char text[TOLD_BYTES_MAX + 1];
    longest(text, TOLD_CHARACTERS_MAX);
    const struct record notice = {.kind = RECORD_KIND_NOTICE,
                                  .as.notice = {.text_ko = text, .text_en = text}};
    assert_true(record_encoded_max(&notice) <= RECORD_BYTES_MAX);
    const struct record round = {.kind = RECORD_KIND_CONCERT_ROUND,
                                 .as.concert_round = {.reason_ko = text, .reason_en = text}};
    assert_true(record_encoded_max(&round) <= RECORD_BYTES_MAX);
}

static void an_action_fits_its_room(void **state)
{
    (void)state;
    static char line[TOLD_LINE_BYTES_MAX + 1];
    static char reason[ASKED_REASON_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    char object[OBJECT_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    memset(line, 'q', TOLD_LINE_BYTES_MAX);
    char request_id[64 * UTF8_BYTES_MAX + 1];
    const struct record record = {
        .kind = RECORD_KIND_ACTION,
        .as.action = {.what = "password_reset_expired",
                      .object = longest(object, OBJECT_CHARACTERS_MAX),
                      .address = "1111:1111:1111:1111:1111:1111:111.111.111.111",
                      .request_id = longest(request_id, 64),
                      .old_values = line,
                      .new_values = line,
                      .reason = longest(reason, ASKED_REASON_CHARACTERS_MAX)}};
    assert_true(record_encoded_max(&record) <= RECORD_BYTES_MAX + ACTION_TEXT_BYTES_MAX);
}

static void a_plan_and_its_pieces_fit_their_room(void **state)
{
    (void)state;
    char name[PLAN_NAME_CHARACTERS_MAX * UTF8_BYTES_MAX + 1], text[PLAN_PIECE_BYTES_MAX + 1];
    const struct record plan = {.kind = RECORD_KIND_PLAN,
                                .as.plan.name = longest(name, PLAN_NAME_CHARACTERS_MAX)};
    const struct record piece = {.kind = RECORD_KIND_PLAN_PIECE,
                                 .as.plan_piece.text =
                                     longest(text, PLAN_PIECE_BYTES_MAX / UTF8_BYTES_MAX)};
    assert_true(record_encoded_max(&plan) <= RECORD_BYTES_MAX);
    assert_true(record_encoded_max(&piece) <= RECORD_BYTES_MAX);
}

static void a_removed_row_fits_its_room(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, REMOVED_RECORD_BYTES_MAX);
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct record record = {.kind = kind, .deleted = true};
        memset(&record.as, 1, sizeof record.as); /* true; and texts that must not be looked at */
        assert_int_equal(buffer_reserve(&buffer, REMOVED_RECORD_BYTES_MAX), RESULT_OK);
        record_encode(&record, WHY_HELD, &buffer);
        assert_true(buffer.length <= REMOVED_RECORD_BYTES_MAX);
        buffer_clear(&buffer);
    }
    buffer_release(&buffer);
}

static void a_user_with_the_longest_texts_fits_its_room(void **state)
{
    (void)state;
    char name[USER_NAME_CHARACTERS_MAX * UTF8_BYTES_MAX + 1],
        external_id[EXTERNAL_ID_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    char email[EMAIL_BYTES_MAX + 1], hash[PASSWORD_HASH_BYTES_MAX + 1];
    memset(email, 'e', sizeof email - 1);
    memset(hash, 'h', sizeof hash - 1);
    email[sizeof email - 1] = hash[sizeof hash - 1] = '\0';
    const struct record record = {
        .kind = RECORD_KIND_USER,
        .as.user = {.name = longest(name, USER_NAME_CHARACTERS_MAX),
                    .email = email,
                    .external_id = longest(external_id, EXTERNAL_ID_CHARACTERS_MAX),
                    .password_hash = hash}};
    assert_true(record_encoded_max(&record) <= RECORD_BYTES_MAX);
}

static void a_concert_with_the_longest_texts_fits_its_room(void **state)
{
    (void)state;
    char title[CONCERT_TITLE_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    static char description[CONCERT_DESCRIPTION_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    const struct record record = {
        .kind = RECORD_KIND_CONCERT,
        .as.concert = {.title = longest(title, CONCERT_TITLE_CHARACTERS_MAX),
                       .description = longest(description, CONCERT_DESCRIPTION_CHARACTERS_MAX)}};
    assert_true(record_encoded_max(&record) <= RECORD_BYTES_MAX + CONCERT_TEXT_BYTES_MAX);
}

static void a_ticket_with_the_longest_texts_fits_its_room(void **state)
{
    char number[SEAT_NUMBER_BYTES_MAX + 1], name[USER_NAME_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    const struct record ticket = {
        .kind = RECORD_KIND_TICKET,
        .as.ticket = {.seat_number = longest(number, SEAT_TEXT_CHARACTERS_MAX),
                      .holder_name = longest(name, USER_NAME_CHARACTERS_MAX)}};
    (void)state;
    assert_true(record_encoded_max(&ticket) <= RECORD_BYTES_MAX);
}

static void a_seat_with_the_longest_texts_fits_its_room(void **state)
{
    (void)state;
    char text[SEAT_NUMBER_BYTES_MAX + 1];
    struct record record = {.kind = RECORD_KIND_SEAT};
    struct seat *seat = &record.as.seat;
    seat->seat_number = seat->section = seat->row = seat->number = seat->grade =
        longest(text, SEAT_TEXT_CHARACTERS_MAX);
    assert_true(record_encoded_max(&record) <= RECORD_BYTES_MAX);
}

static void an_entry_with_the_longest_reference_fits_its_room(void **state)
{
    (void)state;
    char text[REFERENCE_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    struct record record = {.kind = RECORD_KIND_POINT_ENTRY};
    record.as.point_entry.reference = longest(text, REFERENCE_CHARACTERS_MAX);
    assert_true(record_encoded_max(&record) <= RECORD_BYTES_MAX);
}

/* A tick works off OFFICE_TICK_MAX deadlines into one batch, and the largest round is one call. */
static void the_largest_tick_and_the_largest_round_fit_a_batch(void **state)
{
    (void)state;
    const size_t concert = CONCERT_TEXT_BYTES_MAX;
    const size_t deadlines = (size_t)HOLD_END_RECORDS_MAX * OFFICE_TICK_MAX;
    const size_t slices = (size_t)STEP_RECORDS_MAX * (REFUND_SLICE + CATCH_UP_SLICE);
    assert_true((deadlines + slices) * RECORD_BYTES_MAX + concert <= BATCH_BYTES_MAX);
    assert_true((size_t)RECORD_BYTES_MAX * (ROUND_SEATS_MAX + CALL_RECORDS_MAX) + concert <=
                BATCH_BYTES_MAX);
    assert_true((size_t)REMOVED_RECORD_BYTES_MAX * (SEATS_MAX + ROUNDS_PER_CONCERT_MAX) +
                    (size_t)RECORD_BYTES_MAX * CALL_RECORDS_MAX + concert <=
                BATCH_BYTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_known_kinds_have_texts),
        cmocka_unit_test(a_record_without_texts_fits_its_room),
        cmocka_unit_test(a_deadline_s_row_fits_its_room),
        cmocka_unit_test(an_incident_with_the_longest_note_fits_its_room),
        cmocka_unit_test(what_people_are_told_at_the_longest_fits_its_room),
        cmocka_unit_test(an_action_fits_its_room),
        cmocka_unit_test(a_plan_and_its_pieces_fit_their_room),
        cmocka_unit_test(a_removed_row_fits_its_room),
        cmocka_unit_test(a_user_with_the_longest_texts_fits_its_room),
        cmocka_unit_test(a_concert_with_the_longest_texts_fits_its_room),
        cmocka_unit_test(a_ticket_with_the_longest_texts_fits_its_room),
        cmocka_unit_test(a_seat_with_the_longest_texts_fits_its_room),
        cmocka_unit_test(an_entry_with_the_longest_reference_fits_its_room),
        cmocka_unit_test(the_largest_tick_and_the_largest_round_fit_a_batch),
    };
    return cmocka_run_group_tests_name("record bounds", tests, NULL, NULL);
}
