/* The house's clock: it starts above what was journalled, follows the wall otherwise, and never
 * goes back. */
#include "engine/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void house_time_starts_at_the_walls(void **state)
{
    (void)state;
    struct house_clock clock;
    const timestamp_ms before = wall_now();
    house_clock_start(&clock, before - DAY_MS);
    const struct moment now = house_clock_now(&clock);
    assert_in_range(now.house, before, before + 10 * SECOND_MS);
    assert_in_range(now.wall, before, before + 10 * SECOND_MS);
}

static void a_wall_that_was_set_back_does_not_set_the_house_back(void **state)
{
    (void)state;
    struct house_clock clock;
    const timestamp_ms journalled = wall_now() + DAY_MS;
    house_clock_start(&clock, journalled);
    const struct moment now = house_clock_now(&clock);
    assert_in_range(now.house, journalled + 1, journalled + 10 * SECOND_MS);
    assert_true(now.wall < journalled);
}

static void house_time_moves_and_never_goes_back(void **state)
{
    (void)state;
    struct house_clock clock;
    house_clock_start(&clock, 0);
    const timestamp_ms first = house_clock_now(&clock).house;
    timestamp_ms last = first;
    while (last < first + 20) {
        const timestamp_ms now = house_clock_now(&clock).house;
        assert_true(now >= last);
        last = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(house_time_starts_at_the_walls),
        cmocka_unit_test(a_wall_that_was_set_back_does_not_set_the_house_back),
        cmocka_unit_test(house_time_moves_and_never_goes_back),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
