/* The pool: addresses and numbers that stay, objects that come zeroed, a walk that misses none. */
#include "base/pool.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct thing {
    struct pool_item item;
    uint64_t value;
    uint8_t rest[41];
};

#define THINGS 5000 /* several chunks */

static bool is_fresh(const struct thing *thing)
{
    static const uint8_t zero[sizeof thing->rest] = {0};
    return thing->value == 0 && memcmp(thing->rest, zero, sizeof zero) == 0;
}

static struct thing *take(struct pool *pool)
{
    assert_int_equal(pool_reserve(pool, 1), RESULT_OK);
    struct thing *thing = pool_take(pool);
    assert_true(is_fresh(thing));
    assert_true(thing->item.number != 0);
    memset(thing->rest, 0xa5, sizeof thing->rest);
    return thing;
}

static void check_walk(const struct pool *pool, struct thing *const *expected)
{
    size_t walked = 0, there = 0;
    for (const struct thing *thing = pool_next(pool, 0); thing != NULL;
         thing = pool_next(pool, thing->item.number))
        walked++;
    for (size_t i = 0; i < THINGS; i++) {
        if (expected[i] == NULL)
            continue;
        there++;
        assert_int_equal(expected[i]->value, i + 1);
        assert_ptr_equal(pool_at(pool, expected[i]->item.number), expected[i]);
        assert_ptr_equal(pool_find(pool, expected[i]->item.number), expected[i]);
    }
    assert_int_equal(walked, there);
    assert_int_equal(pool->taken, there);
}

static void objects_stay_where_they_are_until_given_back(void **state)
{
    (void)state;
    static struct thing *expected[THINGS];
    struct chance chance = {10};
    struct pool pool;
    pool_init(&pool, sizeof(struct thing), MEMORY_HUGE_PAGES);
    for (size_t i = 0; i < 60000; i++) {
        const size_t at = chance_below(&chance, THINGS);
        const bool filling = i / 15000 % 2 == 0;
        if (expected[at] == NULL && chance_percent(&chance, filling ? 90 : 20)) {
            expected[at] = take(&pool);
            expected[at]->value = at + 1;
        } else if (expected[at] != NULL && chance_percent(&chance, filling ? 10 : 90)) {
            pool_give(&pool, expected[at]);
            expected[at] = NULL;
        }
        if (i % 1000 == 0)
            check_walk(&pool, expected);
    }
    check_walk(&pool, expected);
    pool_release(&pool);
}

static void a_walk_may_give_back_what_it_passes(void **state)
{
    (void)state;
    struct pool pool;
    pool_init(&pool, sizeof(struct thing), MEMORY_HUGE_PAGES);
    for (uint64_t i = 0; i < THINGS; i++)
        take(&pool)->value = i;
    size_t walked = 0;
    for (struct thing *thing = pool_next(&pool, 0); thing != NULL;
         thing = pool_next(&pool, thing->item.number), walked++)
        if (thing->value % 3 != 0)
            pool_give(&pool, thing);
    assert_int_equal(walked, THINGS);
    walked = 0;
    for (struct thing *thing = pool_next(&pool, 0); thing != NULL;
         thing = pool_next(&pool, thing->item.number), walked++)
        assert_int_equal(thing->value % 3, 0);
    assert_int_equal(walked, (THINGS + 2) / 3);
    pool_release(&pool);
}

/* Room that was reserved counts the free ones in, and taking it allocates nothing. */
static void reserving_counts_what_was_given_back(void **state)
{
    (void)state;
    struct pool pool;
    pool_init(&pool, sizeof(struct thing), MEMORY_HUGE_PAGES);
    assert_int_equal(pool_reserve(&pool, POOL_CHUNK_ITEMS), RESULT_OK);
    struct thing *first = pool_take(&pool);
    for (size_t i = 1; i < POOL_CHUNK_ITEMS; i++)
        assert_non_null(pool_take(&pool));
    assert_int_equal(pool.chunk_count, 1);
    pool_give(&pool, first);
    assert_int_equal(pool_reserve(&pool, 1), RESULT_OK);
    assert_int_equal(pool.chunk_count, 1);
    assert_ptr_equal(pool_take(&pool), first);
    assert_int_equal(pool_reserve(&pool, 1), RESULT_OK);
    assert_int_equal(pool.chunk_count, 2);
    pool_release(&pool);
}

static void more_than_the_bound_is_refused(void **state)
{
    (void)state;
    struct pool pool;
    pool_init(&pool, sizeof(struct thing), MEMORY_HUGE_PAGES);
    assert_null(pool_find(&pool, 0));
    assert_int_equal(pool_reserve(&pool, (size_t)POOL_ITEMS_MAX + 1), RESULT_FULL);
    assert_int_equal(pool.chunk_count, 0);
    pool_release(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_stay_where_they_are_until_given_back),
        cmocka_unit_test(a_walk_may_give_back_what_it_passes),
        cmocka_unit_test(reserving_counts_what_was_given_back),
        cmocka_unit_test(more_than_the_bound_is_refused),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
