/* The trace of a run as one number: the same seed gives the same one, or something in the run
 * depends on what it must not (an address, the real clock, memory that nobody set). */
#ifndef USHER_TEST_SIM_WORLD_TRACE_H
#define USHER_TEST_SIM_WORLD_TRACE_H

#include "server/server.h"
#include "world/events.h"

struct trace {
    uint64_t hash;
};

static inline void trace_number(struct trace *trace, uint64_t number)
{
    uint64_t mixed = (trace->hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    trace->hash = mixed ^ (mixed >> 29);
}

void trace_bytes(struct trace *trace, const void *bytes, size_t length);

void trace_event(struct trace *trace, const struct event *event);

/* What a client was told. */
void trace_answer(struct trace *trace, const struct call *call);

#endif
