/* The invariants checked beside the sale: one check at a time, on a thread of its own that gives
 * way to everybody else. */
#ifndef USHER_ENGINE_SELFCHECK_H
#define USHER_ENGINE_SELFCHECK_H

#include "base/worker.h"
#include "engine/engine.h"

#include <stdatomic.h>

struct selfcheck {
    struct workers workers;
    struct store *store;
    atomic_bool busy;  /* a check is under way, or about to be */
    atomic_bool stops; /* it is to be broken off */
};

/* On a failure, too, selfcheck_stop is owed. */
MUST_USE enum result selfcheck_start(struct selfcheck *selfcheck, struct store *store,
                                     struct explanation *explanation);

/* As engine_selfcheck and engine_drain_selfcheck have it. */
MUST_USE enum result selfcheck_ask(struct selfcheck *selfcheck, struct selfcheck_job *job);
void selfcheck_drain(struct selfcheck *selfcheck);

/* Drains it and ends the thread. Fine for a zeroed selfcheck. */
void selfcheck_stop(struct selfcheck *selfcheck);

#endif
