/* Many runs, shared by as many processes as there are jobs; a process that dies is replaced, and
 * the run that it died of has failed. */
#ifndef USHER_TEST_SIM_RUN_WORKERS_H
#define USHER_TEST_SIM_RUN_WORKERS_H

#include "world/world.h"

struct totals {
    uint64_t passed, failed;
    int64_t simulated_ms;
    struct counts counts;
    uint64_t *coverage; /* coverage_count() elements */
};

/* Runs first, first + 1, ... up to `seeds` of them. Each failing one prints a line, which begins
 * with what reproduces it: `program` and its options. */
void workers_run(const char *program, const struct options *options, struct totals *totals);

#endif
