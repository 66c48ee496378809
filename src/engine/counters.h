/* The engine's counters; any thread may add and read. */
#ifndef USHER_ENGINE_COUNTERS_H
#define USHER_ENGINE_COUNTERS_H

#include "engine/engine.h"

typedef _Atomic uint64_t counter;

struct counters {
    counter batches, requests, records, refused_full, failed_appends, reloads;
    struct latencies appends;
    counter answers[VERB_COUNT];
    counter refusals[REFUSAL_COUNT];
    counter tally[TALLY_COUNT];
};

static inline void counter_add(counter *counted, uint64_t amount)
{
    atomic_fetch_add_explicit(counted, amount, memory_order_relaxed);
}

static inline uint64_t counter_read(const counter *counted)
{
    return atomic_load_explicit(counted, memory_order_relaxed);
}

/* Adds what happened in a batch that is durable. One whose outcome was unknown is left out, also
 * where the journal turns out to have it. */
static inline void counters_add_tally(struct counters *counters, const struct tally *tally)
{
    for (size_t i = 0; i < TALLY_COUNT; i++)
        if (tally->counts[i] != 0)
            counter_add(&counters->tally[i], (uint64_t)tally->counts[i]);
}

/* Counts the answer and gives the request back to its owner, who may free it at once. */
static inline void request_complete(struct counters *counters, struct request *request)
{
    const struct call *call = &request->call;
    if (call->refusal == REFUSAL_NONE)
        counter_add(&counters->answers[call->verb], 1);
    else
        counter_add(&counters->refusals[call->refusal], 1);
    request->complete(request);
}

#endif
