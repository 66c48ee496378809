/* Sales in parts: which part a seat is of, in what order they come, and where they end. */
#include "read/sales_breakdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NOON INT64_C(1772366400000) /* 2026-03-01, 12:00 in UTC */

static timestamp_ms start_in_utc(enum calendar_unit unit, timestamp_ms at)
{
    return at - at % (unit == CALENDAR_DAY ? DAY_MS : HOUR_MS);
}

static void by_name_those_without_one_first(void **state)
{
    (void)state;
    struct sales_breakdown breakdown = {.by = SALES_BY_GRADE};
    static const struct seat seats[] = {{.grade = "S"}, {.section = "S"}, {.grade = "R"}};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sales_add(&breakdown, &seats[i], 10, NOON, 0), RESULT_OK);
    assert_int_equal(sales_add(&breakdown, &seats[0], 15, NOON, NOON + 1), RESULT_OK);
    assert_int_equal(breakdown.count, 3);
    assert_null(breakdown.parts[0].name);
    assert_string_equal(breakdown.parts[1].name, "R");
    assert_string_equal(breakdown.parts[2].name, "S");
    const struct sales_part *part = &breakdown.parts[2];
    assert_true(part->sold == 1 && part->gross == 25 && part->refunded == 15 && part->net == 10);
    assert_int_equal(part->start, 0);
    sales_breakdown_release(&breakdown);
}

static void by_the_time_of_each_happening(void **state)
{
    (void)state;
    struct sales_breakdown breakdown = {.by = SALES_BY_DAY, .start_of = start_in_utc};
    const struct seat seat = {.grade = "S"};
    assert_int_equal(sales_add(&breakdown, &seat, 10, NOON, NOON - DAY_MS), RESULT_OK);
    assert_int_equal(breakdown.count, 2);
    assert_int_equal(breakdown.parts[0].start, NOON - 36 * HOUR_MS);
    assert_int_equal(breakdown.parts[0].sold, -1);
    assert_int_equal(breakdown.parts[0].net, -10);
    assert_int_equal(breakdown.parts[1].start, NOON - 12 * HOUR_MS);
    assert_int_equal(breakdown.parts[1].sold, 1);
    sales_breakdown_release(&breakdown);
}

static void the_last_part(void **state)
{
    (void)state;
    struct sales_breakdown breakdown = {.by = SALES_BY_SECTION};
    char name[16];
    const struct seat seat = {.section = name};
    for (int i = 0; i < SALES_PARTS_MAX; i++) {
        assert_true(snprintf(name, sizeof name, "%d", i) > 0);
        assert_int_equal(sales_add(&breakdown, &seat, 1, NOON, 0), RESULT_OK);
    }
    assert_int_equal(sales_add(&breakdown, &seat, 1, NOON, 0), RESULT_OK);
    assert_true(snprintf(name, sizeof name, "one more") > 0);
    assert_int_equal(sales_add(&breakdown, &seat, 1, NOON, 0), RESULT_FULL);
    assert_int_equal(breakdown.count, SALES_PARTS_MAX);
    sales_breakdown_release(&breakdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_name_those_without_one_first),
        cmocka_unit_test(by_the_time_of_each_happening),
        cmocka_unit_test(the_last_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
