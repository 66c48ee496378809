/* By what clients are shown deadlines: looks at the two clocks, one after the other, and what a
 * deadline then is. */
#include "engine/shown_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HOUSE INT64_C(1795309200000)
#define DAYS (2 * DAY_MS)

/* A look with the wall ahead by so much; whether it changed the offset, and to what. */
static void the_offset_is_steady(void **state)
{
    (void)state;
    static const struct {
        int64_t real_ms, shown_ms;
    } looks[] = {
        {0, 0},
        {1000, 0}, /* they agree within a second */
        {-1000, 0},
        {1001, 1001},
        {1002, 1001}, /* and stay */
        {2001, 1001},
        {501, 1001},
        {500, 0}, /* they agree again */
        {501, 0},
        {-1001, -1001},
        {-600, -1001},
        {600, 0}, /* moved, to where they agree */
        {-DAYS, -DAYS},
        {-DAYS + 1000, -DAYS},
        {-DAYS - 1000, -DAYS},
        {-DAYS + 1001, -DAYS + 1001},
        {DAYS, DAYS}, /* from behind to ahead */
        {999, 0},
        {0, 0},
    };
    struct shown_clock clock = {0};
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        const int64_t before = clock.offset_ms;
        const timestamp_ms house = HOUSE + (int64_t)i, since = clock.since;
        const struct moment now = {.house = house, .wall = house + looks[i].real_ms};
        const bool changed = shown_clock_look(&clock, now);
        if (clock.offset_ms != looks[i].shown_ms)
            fail_msg("look %zu: %lld", i, (long long)clock.offset_ms);
        assert_true(changed == (before != clock.offset_ms));
        assert_int_equal(clock.since, changed ? house : since);
        assert_int_equal(clock.wall, now.wall);
    }
}

static struct shown_clock apart(int64_t real_ms)
{
    struct shown_clock clock = {0};
    const struct moment now = {.house = HOUSE, .wall = HOUSE + real_ms};
    assert_true(shown_clock_look(&clock, now));
    return clock;
}

static void a_deadline_is_shown_by_the_wall(void **state)
{
    (void)state;
    const struct shown_clock agreeing = {0}, behind = apart(-DAYS), ahead = apart(DAYS);
    assert_int_equal(shown_deadline(&agreeing, HOUSE + 300), HOUSE + 300);
    assert_int_equal(shown_deadline(&behind, HOUSE + 300), HOUSE - DAYS + 300);
    assert_int_equal(shown_deadline(&ahead, HOUSE + 300), HOUSE + DAYS + 300);
    assert_int_equal(shown_deadline(&behind, 0), 0);
    assert_int_equal(shown_deadline(&ahead, 0), 0);
}

/* Before and after it passed a deadline is shown alike; one from before the clocks came apart as it
 * was shown then. */
static void a_deadline_that_passed_stays(void **state)
{
    (void)state;
    struct shown_clock ahead = apart(DAYS), behind = apart(-DAYS);
    const timestamp_ms deadline = HOUSE + 300;
    for (timestamp_ms house = HOUSE; house < HOUSE + 600; house += 100) {
        assert_false(
            shown_clock_look(&ahead, (struct moment){.house = house, .wall = house + DAYS}));
        assert_false(
            shown_clock_look(&behind, (struct moment){.house = house, .wall = house - DAYS}));
        assert_int_equal(shown_deadline(&ahead, deadline), deadline + DAYS);
        assert_int_equal(shown_deadline(&behind, deadline), deadline - DAYS);
    }
    assert_int_equal(shown_deadline(&ahead, HOUSE - 1), HOUSE - 1);
    assert_int_equal(shown_deadline(&behind, HOUSE - DAYS - 1), HOUSE - DAYS - 1);
    /* As the server was started again: it passed, but the wall has not come there. */
    assert_int_equal(shown_deadline(&behind, HOUSE - 1), HOUSE - 1 - DAYS);
}

static void a_wall_of_1970_is_no_end(void **state)
{
    (void)state;
    const struct shown_clock clock = apart(5000 - HOUSE);
    assert_int_equal(shown_deadline(&clock, HOUSE + 300), 5300);
    assert_int_equal(shown_deadline(&clock, HOUSE - HOUR_MS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_offset_is_steady),
        cmocka_unit_test(a_deadline_is_shown_by_the_wall),
        cmocka_unit_test(a_deadline_that_passed_stays),
        cmocka_unit_test(a_wall_of_1970_is_no_end),
    };
    return cmocka_run_group_tests_name("shown clock", tests, NULL, NULL);
}
