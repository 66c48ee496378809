/* Shrinks a failing run: fewer faults, fewer people, fewer operations, as long as it still fails.
 */
#ifndef USHER_TEST_SIM_RUN_MINIMISE_H
#define USHER_TEST_SIM_RUN_MINIMISE_H

#include "world/options.h"

/* Whether a run with these options fails, and after how many operations. */
struct minimise_trial {
    void *owner;
    bool (*fails)(void *owner, const struct options *options, uint64_t *operations);
};

/* `options`, which names the number of clients, fails; afterwards it is the smallest found that
 * does. Takes up to some hundred trials. */
void minimise(const struct minimise_trial *trial, struct options *options);

#endif
