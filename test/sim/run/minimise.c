/* See minimise.h. */
#include "run/minimise.h"

#define ALL_FAULTS ((UINT32_C(1) << FAULT_COUNT) - 1)

/* Keeps what still fails. A failing run never needs more operations than it had when it failed. */
static bool try_smaller(const struct minimise_trial *trial, struct options *options,
                        const struct options *smaller)
{
    uint64_t operations = 0;
    if (!trial->fails(trial->owner, smaller, &operations))
        return false;
    *options = *smaller;
    if (operations > 0 && (options->operations == 0 || operations < options->operations)) {
        struct options shorter = *options;
        shorter.operations = operations;
        if (trial->fails(trial->owner, &shorter, &operations))
            *options = shorter;
    }
    return true;
}

static bool drop_faults(const struct minimise_trial *trial, struct options *options)
{
    bool dropped = false;
    struct options smaller = *options;
    smaller.without = ALL_FAULTS;
    if (options->without != ALL_FAULTS && try_smaller(trial, options, &smaller))
        return true;
    for (enum fault fault = 0; fault < FAULT_COUNT; fault++) {
        const uint32_t bit = UINT32_C(1) << fault;
        smaller = *options;
        smaller.without |= bit;
        if ((options->without & bit) == 0 && try_smaller(trial, options, &smaller))
            dropped = true;
    }
    return dropped;
}

/* The fewest people first: then there is nothing more to try. */
static bool drop_clients(const struct minimise_trial *trial, struct options *options)
{
    static const uint64_t crowds[] = {2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 80, 120, 300, 1000};
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        struct options smaller = *options;
        smaller.clients = crowds[i];
        if (crowds[i] >= options->clients)
            return false;
        if (try_smaller(trial, options, &smaller))
            return true;
    }
    return false;
}

/* A shorter run is the same up to where it ends, but not in its end: so every length may count. */
static bool drop_operations(const struct minimise_trial *trial, struct options *options)
{
    bool dropped = false;
    for (uint64_t step = options->operations / 2; step > 0; step /= 2) {
        struct options smaller = *options;
        smaller.operations = options->operations > step ? options->operations - step : 1;
        if (smaller.operations < options->operations && try_smaller(trial, options, &smaller))
            dropped = true;
    }
    return dropped;
}

/* Each step may make another possible; a few rounds find nearly all. */
#define ROUNDS_MAX 5

void minimise(const struct minimise_trial *trial, struct options *options)
{
    (void)try_smaller(trial, options, options);
    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        bool smaller = drop_faults(trial, options);
        smaller = drop_clients(trial, options) || smaller;
        smaller = drop_operations(trial, options) || smaller;
        if (!smaller)
            return;
    }
}
