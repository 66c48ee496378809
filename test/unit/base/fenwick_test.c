/* The counting tree against an array that is summed by hand. */
#include "base/fenwick.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define POSITIONS_MAX 200

static void check(const struct fenwick *tree, const uint32_t *counts, size_t positions)
{
    uint32_t sum = 0;
    size_t first = positions;
    for (size_t i = 0; i < positions; i++) {
        assert_int_equal(fenwick_sum_below(tree, i), sum);
        sum += counts[i];
        if (first == positions && counts[i] > 0)
            first = i;
    }
    assert_int_equal(fenwick_sum_below(tree, positions), sum);
    if (sum > 0)
        assert_int_equal(fenwick_first(tree), first);
}

static void run(struct chance *chance, size_t positions, unsigned growth_percent)
{
    struct fenwick tree;
    uint32_t counts[POSITIONS_MAX] = {0};
    fenwick_init(&tree);
    assert_int_equal(fenwick_reset(&tree, positions), RESULT_OK);
    check(&tree, counts, positions);
    for (size_t i = 0; i < 2000; i++) {
        const size_t at = chance_below(chance, positions);
        if (chance_percent(chance, growth_percent)) {
            counts[at]++;
            fenwick_add(&tree, at, 1);
        } else if (counts[at] > 0) {
            counts[at]--;
            fenwick_add(&tree, at, -1);
        }
        check(&tree, counts, positions);
    }
    fenwick_release(&tree);
}

static void sums_and_the_first_are_those_of_the_counts(void **state)
{
    (void)state;
    struct chance chance = {9};
    const size_t sizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 64, 100, POSITIONS_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        run(&chance, sizes[i], 50);
        run(&chance, sizes[i], 80);
    }
}

static void every_single_position_is_found(void **state)
{
    (void)state;
    struct fenwick tree;
    fenwick_init(&tree);
    assert_int_equal(fenwick_reset(&tree, 1024), RESULT_OK);
    for (size_t i = 0; i < 1024; i++) {
        fenwick_add(&tree, i, 1);
        assert_int_equal(fenwick_first(&tree), i);
        fenwick_add(&tree, i, -1);
        assert_int_equal(fenwick_sum_below(&tree, 1024), 0);
    }
    fenwick_release(&tree);
}

static void resetting_empties_and_may_grow_or_shrink(void **state)
{
    (void)state;
    struct fenwick tree;
    fenwick_init(&tree);
    const size_t sizes[] = {10, 1000, 5};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(fenwick_reset(&tree, sizes[i]), RESULT_OK);
        assert_int_equal(fenwick_sum_below(&tree, sizes[i]), 0);
        fenwick_add(&tree, sizes[i] - 1, 3);
        assert_int_equal(fenwick_sum_below(&tree, sizes[i]), 3);
        assert_int_equal(fenwick_first(&tree), sizes[i] - 1);
    }
    fenwick_release(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_the_first_are_those_of_the_counts),
        cmocka_unit_test(every_single_position_is_found),
        cmocka_unit_test(resetting_empties_and_may_grow_or_shrink),
    };
    return cmocka_run_group_tests_name("fenwick", tests, NULL, NULL);
}
