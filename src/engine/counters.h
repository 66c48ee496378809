/* The engine's counters; any thread may add and read. */
#ifndef USHER_ENGINE_COUNTERS_H
#define USHER_ENGINE_COUNTERS_H

#include "engine/engine.h"

typedef _Atomic uint64_t counter;

struct counters {
    counter batches, requests, records, refused_full, failed_appends, reloads;
    counter append_nanoseconds;
    counter answers[VERB_COUNT];
    counter refusals[REFUSAL_COUNT];
};

static inline void counter_add(counter *counted, uint64_t amount)
{
    atomic_fetch_add_explicit(counted, amount, memory_order_relaxed);
}

static inline uint64_t counter_read(const counter *counted)
{
    return atomic_load_explicit(counted, memory_order_relaxed);
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
