/* What is going to happen in a simulated world, in the order of its time; what happens at the same
 * millisecond comes in an order drawn by the seed, which does not depend on what else happens. */
#ifndef USHER_TEST_SIM_WORLD_EVENTS_H
#define USHER_TEST_SIM_WORLD_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
    EVENT_WAKE,      /* a person acts; the subject is their index */
    EVENT_ARRIVE,    /* a request reaches the server; its errand's index */
    EVENT_ANSWER,    /* an answer, or the end of patience, reaches the client; the errand's index */
    EVENT_TURN,      /* the engine's thread runs */
    EVENT_LOOK_UP,   /* a reader's */
    EVENT_BOOK,      /* the bookkeeper's */
    EVENT_START,     /* somebody starts the server */
    EVENT_FAULT,     /* the next fault begins */
    EVENT_FAULT_END, /* the present one ends */
    EVENT_NIGHT,     /* everybody goes to sleep */
    EVENT_KIND_COUNT,
};

const char *event_kind_name(enum event_kind kind);

struct event {
    int64_t at; /* of the machine's clock (clock_boot_ms) */
    uint64_t tie_break;
    enum event_kind kind;
    uint32_t subject;
};

/* A binary heap. */
struct events {
    struct event *heap;
    size_t count, capacity;
    uint64_t salt; /* of the tie-breaks */
};

void events_init(struct events *events, uint64_t seed);
void events_release(struct events *events);

void events_add(struct events *events, int64_t at, enum event_kind kind, uint32_t subject);

/* The earliest, taken out; false: there is none. */
bool events_next(struct events *events, struct event *event);

#endif
