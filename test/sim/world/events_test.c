/* What happens in a world happens in the order of time; and what happens at the same time in an
 * order that the seed draws. */
#include "world/events.h"

#include "disk/chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MANY 10000

static void come_in_the_order_of_time(void **state)
{
    (void)state;
    struct chance chance;
    struct events events;
    struct event event;
    int64_t last = 0;
    uint64_t sum = 0;
    chance_init(&chance, 1, 0);
    events_init(&events, 1);
    /* Some are taken out while others are still put in, but never into the past. */
    for (uint32_t i = 0; i < MANY; i++) {
        events_add(&events, last + (int64_t)chance_below(&chance, 50), EVENT_WAKE, i);
        if (!chance_hits(&chance, 1, 3))
            continue;
        assert_true(events_next(&events, &event));
        assert_true(event.at >= last);
        last = event.at;
        sum += event.subject;
    }
    while (events_next(&events, &event)) {
        assert_true(event.at >= last);
        last = event.at;
        sum += event.subject;
    }
    assert_int_equal(sum, (uint64_t)MANY * (MANY - 1) / 2);
    events_release(&events);
}

/* The order in which ten events of one millisecond come. */
static void order_of(uint64_t seed, uint32_t order[static 10])
{
    struct events events;
    struct event event;
    events_init(&events, seed);
    for (uint32_t i = 0; i < 10; i++)
        events_add(&events, 5, EVENT_WAKE, i);
    for (size_t i = 0; i < 10; i++) {
        assert_true(events_next(&events, &event));
        order[i] = event.subject;
    }
    assert_false(events_next(&events, &event));
    events_release(&events);
}

static void at_the_same_time_come_as_the_seed_draws(void **state)
{
    (void)state;
    uint32_t one[10], same[10], other[10];
    order_of(1, one);
    order_of(1, same);
    order_of(2, other);
    assert_memory_equal(one, same, sizeof one);
    assert_memory_not_equal(one, other, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(come_in_the_order_of_time),
        cmocka_unit_test(at_the_same_time_come_as_the_seed_draws),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
