/* Rows of CSV: every kind of cell, quotes, and texts that spreadsheets would take for formulas. */
#include "api/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct shown_clock no_offset;

static void assert_row(enum object_name name, const void *source, const char *expected)
{
    struct buffer out;
    buffer_init(&out, CSV_ROW_BYTES_MAX);
    assert_true(csv_row(&out, name, source, &no_offset));
    assert_int_equal(out.length, strlen(expected));
    assert_memory_equal(out.data, expected, out.length);
    buffer_release(&out);
}

static void assert_name(const char *name, const char *cell)
{
    char expected[256];
    const struct user user = {.name = name, .role = USER_ROLE_BUYER};
    (void)snprintf(expected, sizeof expected, ",%s,,buyer,,,\r\n", cell);
    assert_row(OBJECT_user, &user, expected);
}

static void test_header_names_the_columns(void **state)
{
    static const char expected[] =
        "\xef\xbb\xbf"
        "id,userId,kind,amount,balance,reference,paymentId,createdAt,reason\r\n";
    struct buffer out;
    (void)state;
    buffer_init(&out, 1000);
    assert_true(csv_header(&out, OBJECT_entry));
    assert_int_equal(out.length, sizeof expected - 1);
    assert_memory_equal(out.data, expected, out.length);
    buffer_release(&out);
}

static void test_values(void **state)
{
    (void)state;
    const struct point_entry entry = {.id = {{1}},
                                      .user_id = {{2}},
                                      .kind = ENTRY_KIND_PAYMENT,
                                      .amount = -500,
                                      .reference = "a b",
                                      .created_at = INT64_C(1767225600000)};
    char id[ID_TEXT_BYTES], user[ID_TEXT_BYTES], expected[256];
    (void)id_format("entry", entry.id, id);
    (void)id_format("user", entry.user_id, user);
    (void)snprintf(expected, sizeof expected,
                   "%s,%s,payment,-500,0,a b,,2026-01-01T00:00:00.000Z,\r\n", id, user);
    assert_row(OBJECT_entry, &entry, expected);
}

static void test_quotes(void **state)
{
    (void)state;
    assert_name("plain", "plain");
    assert_name("one, two", "\"one, two\"");
    assert_name("a \"b\"", "\"a \"\"b\"\"\"");
    assert_name("two\nlines", "\"two\nlines\"");
    assert_name("\"", "\"\"\"\"");
}

static void test_formulas_are_harmless(void **state)
{
    (void)state;
    assert_name("=1+1", "'=1+1");
    assert_name("+1", "'+1");
    assert_name("-1", "'-1");
    assert_name("@SUM(A1)", "'@SUM(A1)");
    assert_name("\t=1", "'\t=1");
    assert_name("\r=1", "\"'\r=1\"");
    assert_name("=A1,\"b\"", "\"'=A1,\"\"b\"\"\"");
    assert_name("\uff1d1+1", "'\uff1d1+1");
    assert_name("\uff0b1", "'\uff0b1");
    assert_name("\uff0d1", "'\uff0d1");
    assert_name("\uff20A", "'\uff20A");
    assert_name("1=1", "1=1");
    assert_name("\uff11", "\uff11");
}

/* What begins with a ' and then a formula has one more, so that one is taken off again. */
static void test_texts_come_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"=1", "'=1", "''=1", "'90", "'", "", "-", "1=1", "'\uff1d"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char cell[32];
        const bool guarded = texts[i][strspn(texts[i], "'")] != '\0' && i != 3 && i != 7;
        (void)snprintf(cell, sizeof cell, "%s%s", guarded ? "'" : "", texts[i]);
        assert_name(texts[i], cell);
        assert_string_equal(csv_unguarded(cell), texts[i]);
    }
}

static void test_seats_are_one_cell(void **state)
{
    struct reservation_view view = {.seat_count = 2,
                                    .reservation.status = RESERVATION_STATUS_CANCELLED,
                                    .reservation.cancel_reason = CANCEL_REASON_BUYER,
                                    .reservation.ended_at = INT64_C(1767225600000)};
    (void)state;
    memcpy(view.seats[0].seat_number, "=A", sizeof "=A");
    memcpy(view.seats[1].seat_number, "B\"2", sizeof "B\"2");
    assert_row(
        OBJECT_reservation, &view,
        ",,,cancelled,0,0,,,,,,,,,,buyer,,2026-01-01T00:00:00.000Z,\"'=A, B\"\"2\",\"\"\r\n");
    view.seat_count = 0;
    view.reservation.status = RESERVATION_STATUS_PENDING; /* its end is not shown */
    assert_row(OBJECT_reservation, &view, ",,,pending,0,0,,,,,,,,,,buyer,,,\"\",\"\"\r\n");
}

static void test_a_reason_is_one_cell_in_all_languages(void **state)
{
    struct reservation_view view = {.has_reason = true};
    (void)state;
    told_texts_set(&view.reason.texts, "=\xed\x83\x9c\xed\x92\x8d", "a \"storm\"");
    assert_row(
        OBJECT_reservation, &view,
        ",,,pending,0,0,,,,,,,,\"'=\xed\x83\x9c\xed\x92\x8d / a \"\"storm\"\"\",,,,,\"\",\"\"\r\n");
}

/* The longest that may be: a row of the most seats with the longest texts. */
static void test_the_longest_row_has_room(void **state)
{
    struct reservation_view view = {.seat_count = SEATS_PER_RESERVATION_MAX};
    struct buffer out;
    (void)state;
    for (size_t i = 0; i < SEATS_PER_RESERVATION_MAX; i++)
        memset(view.seats[i].seat_number, '"', SEAT_NUMBER_BYTES_MAX);
    view.has_reason = true;
    memset(view.reason.texts.ko, '"', TOLD_BYTES_MAX);
    memset(view.reason.texts.en, '"', TOLD_BYTES_MAX);
    buffer_init(&out, CSV_ROW_BYTES_MAX);
    assert_true(csv_row(&out, OBJECT_reservation, &view, &no_offset));
    buffer_release(&out);
    buffer_init(&out, SEAT_NUMBER_BYTES_MAX);
    assert_false(csv_row(&out, OBJECT_reservation, &view, &no_offset));
    assert_int_equal(out.length, 0);
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_names_the_columns),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_formulas_are_harmless),
        cmocka_unit_test(test_texts_come_back),
        cmocka_unit_test(test_seats_are_one_cell),
        cmocka_unit_test(test_a_reason_is_one_cell_in_all_languages),
        cmocka_unit_test(test_the_longest_row_has_room),
    };
    return cmocka_run_group_tests_name("api csv", tests, NULL, NULL);
}
