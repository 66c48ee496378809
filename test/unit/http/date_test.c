/* The Date of answers. */
#include "http/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        timestamp_ms now;
        const char *text;
    } rows[] = {
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {999, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {1000, "Thu, 01 Jan 1970 00:00:01 GMT"},
        {784111777000, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110, 5.6.7 */
        {951782400000, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {951868799999, "Tue, 29 Feb 2000 23:59:59 GMT"},
        {1709164800000, "Thu, 29 Feb 2024 00:00:00 GMT"},
        {2147483648000, "Tue, 19 Jan 2038 03:14:08 GMT"},
        {4107542400000, "Mon, 01 Mar 2100 00:00:00 GMT"}, /* no leap year */
        {253402300799999, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    struct http_date kept = {.text = ""};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_date fresh = {.text = ""};
        http_date_set(&fresh, rows[i].now);
        http_date_set(&kept, rows[i].now);
        assert_string_equal(fresh.text, rows[i].text);
        assert_string_equal(kept.text, rows[i].text);
    }
}

/* Every day of a leap year and of another is what the C library says. */
static void test_every_day(void **state)
{
    (void)state;
    struct http_date date = {.text = ""};
    for (int64_t day = 19723; day < 19723 + 731; day++) { /* from 2024-01-01 */
        const time_t second = day * 86400 + day % 86400;
        char expected[64];
        struct tm utc;
        assert_non_null(gmtime_r(&second, &utc));
        assert_true(strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &utc) > 0);
        http_date_set(&date, second * 1000 + day % 1000);
        assert_string_equal(date.text, expected);
    }
}

/* Within a second the text is not made again; a clock that is set back is followed. */
static void test_made_once_a_second(void **state)
{
    (void)state;
    struct http_date date = {.text = ""};
    http_date_set(&date, 5000);
    date.text[0] = 'X';
    http_date_set(&date, 5999);
    assert_string_equal(date.text, "Xhu, 01 Jan 1970 00:00:05 GMT");
    http_date_set(&date, 4999);
    assert_string_equal(date.text, "Thu, 01 Jan 1970 00:00:04 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_made_once_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
