/* Days and hours begin when the house's clocks say so. */
#include "engine/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static timestamp_ms time_of(const char *text)
{
    timestamp_ms time;
    assert_true(timestamp_parse(text, strlen(text), &time));
    return time;
}

static void starts(void **state)
{
    static const struct {
        const char *zone, *at, *hour, *day;
    } rows[] = {
        {"UTC", "2026-03-01T12:34:56.789Z", "2026-03-01T12:00:00Z", "2026-03-01T00:00:00Z"},
        {"Asia/Seoul", "2026-03-01T14:59:59Z", "2026-03-01T14:00:00Z", "2026-02-28T15:00:00Z"},
        {"Asia/Seoul", "2026-03-01T15:00:00Z", "2026-03-01T15:00:00Z", "2026-03-01T15:00:00Z"},
        {"Asia/Kolkata", "2026-03-01T12:10:00Z", "2026-03-01T11:30:00Z", "2026-02-28T18:30:00Z"},
        /* A day of 23 hours, and one of 25 whose hour from one to two comes twice. */
        {"America/New_York", "2026-03-08T20:00:00Z", "2026-03-08T20:00:00Z",
         "2026-03-08T05:00:00Z"},
        {"America/New_York", "2026-03-09T04:00:00Z", "2026-03-09T04:00:00Z",
         "2026-03-09T04:00:00Z"},
        {"America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T05:00:00Z",
         "2026-11-01T04:00:00Z"},
        {"America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T06:00:00Z",
         "2026-11-01T04:00:00Z"},
        {"America/New_York", "2026-11-02T04:59:59Z", "2026-11-02T04:00:00Z",
         "2026-11-01T04:00:00Z"},
        /* Midnight is left out. */
        {"America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T12:00:00Z",
         "2018-11-04T03:00:00Z"},
        {"America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-04T02:00:00Z",
         "2018-11-03T03:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(setenv("TZ", rows[i].zone, 1), 0);
        tzset();
        assert_int_equal(calendar_start(CALENDAR_HOUR, time_of(rows[i].at)), time_of(rows[i].hour));
        assert_int_equal(calendar_start(CALENDAR_DAY, time_of(rows[i].at)), time_of(rows[i].day));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(starts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
