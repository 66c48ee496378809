/* What a load is made of. An errand is one thing that one person wants: one request or several in
 * order. A work is a kind of errand: what its requests are, and what an answer means for it. */
#ifndef USHER_BENCH_WORK_H
#define USHER_BENCH_WORK_H

#include "base/heap.h"
#include "base/pool.h"
#include "connection.h"
#include "lines.h"

#include <stdio.h>

#define STEPS_MAX 8
#define ERRAND_SEATS_MAX 2 /* people come alone or in pairs */

struct errand {
    struct pool_item item;
    struct errand *next;    /* of those who are ready */
    struct heap_node timer; /* while it waits */
    size_t number;          /* in the whole load, from 0 */
    uint64_t intended_us;   /* when it should begin, by the plan */
    uint64_t due_us;        /* when its next request should be sent */
    size_t step;            /* of its work's */
    uint32_t wait_ms;       /* goes with VERDICT_WAIT */

    /* The work's own; zeroed at the beginning. */
    char token_id[ID_BYTES_MAX], reservation_id[ID_BYTES_MAX];
    size_t seats[ERRAND_SEATS_MAX], seat_count; /* indexes into the props' seats */
    uint64_t dice;
};

enum verdict {
    VERDICT_ON,         /* its next request goes out at once */
    VERDICT_WAIT,       /* its next request goes out after wait_ms */
    VERDICT_DONE,       /* it has what it wanted */
    VERDICT_IN_VAIN,    /* it ended as it should, without what it wanted */
    VERDICT_UNEXPECTED, /* the server answered what it should not have */
};

/* What all errands of a load share; constant while it runs, but for the log. */
struct props {
    struct lines people, seats;
    struct request fixed; /* work `fixed`: the request */
    FILE *log;            /* what buyers were told, or NULL */
};

struct work {
    const char *name, *help;
    bool needs_people, needs_seats;
    bool uses_up_seats; /* an errand takes the seat of its number, for good */
    size_t step_count;
    const char *steps[STEPS_MAX];
    void (*ask)(const struct props *props, const struct errand *errand, struct request *request);
    enum verdict (*learn)(const struct props *props, struct errand *errand,
                          const struct answer *answer);
};

extern const struct work work_fixed, work_polls, work_holds, work_holds_with_key, work_best,
    work_joins, work_purchases, work_rush;

/* The session token of the errand's person: people take turns. */
struct span errand_token(const struct props *props, const struct errand *errand);

/* ---- Requests that several works make ---- */

void ask_join(const struct props *props, const struct errand *errand, struct request *request);
void ask_poll(const struct props *props, const struct errand *errand, struct request *request);
void ask_hold(const struct props *props, const struct errand *errand, const size_t *seats,
              size_t count, struct request *request);
/* The same with an Idempotency-Key, the errand's number. */
void ask_hold_with_key(const struct props *props, const struct errand *errand, size_t seat,
                       struct request *request);
/* The best one that is free in the seat's round. */
void ask_best_seat(const struct props *props, const struct errand *errand, size_t seat,
                   struct request *request);
void ask_payment(const struct props *props, const struct errand *errand, struct request *request);

#endif
