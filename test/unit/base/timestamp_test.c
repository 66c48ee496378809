/* Times as text: every form of RFC 3339 that is taken, what is refused, and the calendar. */
#include "base/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TEN_O_CLOCK INT64_C(1795341600000) /* 2026-11-22T10:00:00Z */

static const struct {
    const char *text;
    timestamp_ms time;
} taken[] = {
    {"2026-11-22T10:00:00.000Z", TEN_O_CLOCK},
    {"2026-11-22T10:00:00Z", TEN_O_CLOCK},
    {"2026-11-22t10:00:00z", TEN_O_CLOCK},
    {"2026-11-22T19:00:00+09:00", TEN_O_CLOCK},
    {"2026-11-22T04:30:00-05:30", TEN_O_CLOCK},
    {"2026-11-23T09:59:00+23:59", TEN_O_CLOCK},
    {"2026-11-21T10:01:00-23:59", TEN_O_CLOCK},
    {"2026-11-22T10:00:00-00:00", TEN_O_CLOCK},
    {"2026-11-22T10:00:00+00:00", TEN_O_CLOCK},
    {"2026-11-22T10:00:00.1Z", TEN_O_CLOCK + 100},
    {"2026-11-22T10:00:00.12Z", TEN_O_CLOCK + 120},
    {"2026-11-22T10:00:00.123Z", TEN_O_CLOCK + 123},
    {"2026-11-22T10:00:00.1239999999999999999999999999999Z", TEN_O_CLOCK + 123},
    {"2026-11-22T10:00:00.0009Z", TEN_O_CLOCK},
    {"2026-11-22T10:00:00.999+00:00", TEN_O_CLOCK + 999},
    {"2026-11-22T09:59:60Z", TEN_O_CLOCK},
    {"2026-11-22T09:59:60.999Z", TEN_O_CLOCK},
    {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
    {"2000-01-01T00:00:00Z", TIMESTAMP_MIN_MS},
    {"1999-12-31T19:00:00-05:00", TIMESTAMP_MIN_MS},
    {"2199-12-31T23:59:59.999Z", TIMESTAMP_END_MS - 1},
    {"2200-01-01T08:59:59.999+09:00", TIMESTAMP_END_MS - 1},
    {"2024-02-29T00:00:00Z", INT64_C(1709164800000)},
    {"2000-02-29T12:00:00Z", INT64_C(951825600000)},
    {"2100-02-28T23:59:59Z", INT64_C(4107542399000)},
};

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        timestamp_ms time = 0;
        if (!timestamp_parse(taken[i].text, strlen(taken[i].text), &time))
            fail_msg("refused: %s", taken[i].text);
        assert_int_equal(time, taken[i].time);
    }
}

static const char *const refused[] = {
    "",
    "now",
    "2026-11-22",
    "10:00:00Z",
    "2026-11-22T10:00:00",       /* no offset */
    "2026-11-22T10:00:00.000",   /* no offset */
    "2026-11-22 10:00:00Z",      /* RFC 3339 lets an application want the T, and we do */
    "2026-11-22T10:00Z",         /* ISO 8601, not RFC 3339 */
    "20261122T100000Z",          /* the same */
    "2026-W47-7T10:00:00Z",      /* the same */
    "2026-326T10:00:00Z",        /* the same */
    "2026-11-22T10:00:00,5Z",    /* the same */
    "2026-11-22T10:00:00+09",    /* the same */
    "2026-11-22T10:00:00+0900",  /* the same */
    "2026-11-22T10:00:00+24:00", /* a field out of range, from here on */
    "2026-11-22T10:00:00+09:60",
    "2026-11-22T24:00:00Z",
    "2026-11-22T10:60:00Z",
    "2026-11-22T10:00:61Z",
    "2026-00-22T10:00:00Z",
    "2026-13-22T10:00:00Z",
    "2026-11-00T10:00:00Z",
    "2026-11-31T10:00:00Z",
    "2026-12-32T10:00:00Z",
    "2026-02-29T10:00:00Z",
    "2100-02-29T10:00:00Z",
    "2024-02-30T10:00:00Z",
    "26-11-22T10:00:00Z",
    "02026-11-22T10:00:00Z",
    "-026-11-22T10:00:00Z",
    "+2026-11-22T10:00:00Z",
    "2026-1-22T10:00:00Z",
    "2026-11-2 T10:00:00Z",
    "2026-11-22T1:00:00Z",
    "2026-11-22T10:00:00.Z",
    "2026-11-22T10:00:00.-1Z",
    "2026-11-22T10:00:00ZZ",
    "2026-11-22T10:00:00Z ",
    " 2026-11-22T10:00:00Z",
    "2026-11-22T10:00:00UTC",
    "2026-11-22T10:00:00 +09:00",
    "2026-11-22T10:00:00+9:00",
    "2026-11-22T10:00:00*09:00",
    "1999-12-31T23:59:59.999Z", /* before the accepted years */
    "2000-01-01T00:00:00+00:01",
    "2200-01-01T00:00:00Z",
    "2199-12-31T23:59:60Z",
    "2199-12-31T23:59:59-00:01",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
};

static void anything_else_is_refused_and_nothing_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        timestamp_ms time = 42;
        if (timestamp_parse(refused[i], strlen(refused[i]), &time))
            fail_msg("taken: %s", refused[i]);
        assert_int_equal(time, 42);
    }
}

static void every_shortened_time_is_refused(void **state)
{
    (void)state;
    const char *text = "2026-11-22T10:00:00.123+09:00";
    timestamp_ms time = 42;
    for (size_t length = 0; length < strlen(text); length++)
        assert_false(timestamp_parse(text, length, &time));
    assert_false(timestamp_parse("2026-11-22T10:00:00\0Z", 21, &time));
    assert_true(timestamp_parse(text, strlen(text), &time));
}

static void times_are_written_in_utc_with_milliseconds(void **state)
{
    (void)state;
    static const struct {
        timestamp_ms time;
        const char *text;
    } written[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {TEN_O_CLOCK + 7, "2026-11-22T10:00:00.007Z"},
        {TIMESTAMP_MIN_MS, "2000-01-01T00:00:00.000Z"},
        {TIMESTAMP_END_MS - 1, "2199-12-31T23:59:59.999Z"},
        {INT64_C(1709251199999), "2024-02-29T23:59:59.999Z"},
        {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
    };
    for (size_t i = 0; i < COUNT_OF(written); i++) {
        char text[TIMESTAMP_TEXT_BYTES];
        timestamp_format(written[i].time, text);
        assert_string_equal(text, written[i].text);
    }
}

/* An independent calendar: a day is counted on from 2000-01-01 by the rule of leap years. */
static void every_day_of_two_centuries_is_the_calendars(void **state)
{
    (void)state;
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    timestamp_ms expected = TIMESTAMP_MIN_MS;
    for (unsigned year = 2000; year < 2200; year++) {
        const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (unsigned month = 1; month <= 12; month++) {
            const unsigned last = days[month - 1] + (month == 2 && leap ? 1 : 0);
            for (unsigned day = 1; day <= 31; day++) {
                char text[] = "YYYY-MM-DDT00:00:00.000Z", again[TIMESTAMP_TEXT_BYTES];
                const unsigned digits[] = {year / 1000, year / 100 % 10, year / 10 % 10, year % 10,
                                           month / 10,  month % 10,      day / 10,       day % 10};
                static const size_t places[] = {0, 1, 2, 3, 5, 6, 8, 9};
                for (size_t i = 0; i < COUNT_OF(places); i++)
                    text[places[i]] = (char)('0' + digits[i]);
                timestamp_ms time = 0;
                assert_int_equal(timestamp_parse(text, sizeof text - 1, &time), day <= last);
                if (day > last)
                    continue;
                assert_int_equal(time, expected);
                timestamp_format(time, again);
                assert_string_equal(again, text);
                expected += DAY_MS;
            }
        }
    }
    assert_int_equal(expected, TIMESTAMP_END_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(anything_else_is_refused_and_nothing_is_written),
        cmocka_unit_test(every_shortened_time_is_refused),
        cmocka_unit_test(times_are_written_in_utc_with_milliseconds),
        cmocka_unit_test(every_day_of_two_centuries_is_the_calendars),
    };
    return cmocka_run_group_tests_name("timestamp", tests, NULL, NULL);
}
