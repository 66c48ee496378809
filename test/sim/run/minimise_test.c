/* Minimising keeps what a failure needs, and nothing else. */
#include "run/minimise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ALL_FAULTS ((UINT32_C(1) << FAULT_COUNT) - 1)

/* A failure that takes some faults, some people and some operations. */
struct failure {
    uint32_t faults;
    uint64_t clients, operations;
    unsigned trials;
};

static bool fails(void *owner, const struct options *options, uint64_t *operations)
{
    struct failure *failure = owner;
    const uint64_t most = options->operations == 0 ? 5000 : options->operations;
    failure->trials++;
    *operations = failure->operations + 10;
    return (options->without & failure->faults) == 0 && options->clients >= failure->clients &&
           most >= failure->operations;
}

static struct options smallest(struct failure *failure)
{
    struct options options = {.seed = 7, .clients = 100};
    const struct minimise_trial trial = {.owner = failure, .fails = fails};
    minimise(&trial, &options);
    assert_true(failure->trials < 400);
    assert_int_equal(options.seed, 7);
    return options;
}

static void what_needs_nothing_loses_everything(void **state)
{
    (void)state;
    struct failure failure = {.clients = 1, .operations = 1};
    const struct options options = smallest(&failure);
    assert_int_equal(options.without, ALL_FAULTS);
    assert_int_equal(options.clients, 2);
    assert_int_equal(options.operations, 1);
}

static void what_is_needed_stays(void **state)
{
    (void)state;
    struct failure failure = {
        .faults = UINT32_C(1) << FAULT_CRASH | UINT32_C(1) << FAULT_DISK_FULL,
        .clients = 6,
        .operations = 1234,
    };
    const struct options options = smallest(&failure);
    assert_int_equal(options.without, ALL_FAULTS & ~failure.faults);
    assert_int_equal(options.clients, 6);
    assert_int_equal(options.operations, 1234);
}

/* More people than any of the crowds that are tried. */
static void a_crowd_stays(void **state)
{
    (void)state;
    struct failure failure = {.clients = 90, .operations = 4000};
    const struct options options = smallest(&failure);
    assert_int_equal(options.clients, 100);
    assert_int_equal(options.operations, 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_needs_nothing_loses_everything),
        cmocka_unit_test(what_is_needed_stays),
        cmocka_unit_test(a_crowd_stays),
    };
    return cmocka_run_group_tests_name("minimise", tests, NULL, NULL);
}
