/* One thread of the load: its connections, the errands that it has under way, and what it counted.
 * An errand needs a connection only while a request of its is out, so a thousand connections serve
 * a hundred thousand people who mostly wait. */
#ifndef USHER_BENCH_WORKER_H
#define USHER_BENCH_WORKER_H

#include "histogram.h"
#include "work.h"

#include <pthread.h>

#define STATUS_MAX 600
#define SAMPLE_BYTES 400 /* of an unexpected answer: its code and its detail */

/* How much, how fast and against whom; the same for all threads. */
struct plan {
    const struct work *work;
    const struct props *props;
    struct sockaddr_in server;
    size_t threads;
    size_t connections;   /* of each thread */
    size_t addresses;     /* 127.0.0.1 and those after it, which the connections take in turn */
    size_t underway_max;  /* errands under way at once, of each thread */
    size_t errand_first;  /* number of the first errand */
    size_t errand_count;  /* of all threads */
    double per_second;    /* open loop: errands that should begin; 0: closed loop */
    bool counts_broken;   /* a connection that breaks is counted and opened anew, else the end */
    uint64_t begin_us;    /* times are of the monotonic clock */
    uint64_t last_us;     /* closed loop: none begins later */
    uint64_t deadline_us; /* a load that is not over by then has failed */
};

struct tally {
    uint64_t requests, done, in_vain, unexpected;
    uint64_t broken; /* connections; an errand whose request was out ended with it */
    uint64_t statuses[STATUS_MAX];
    uint64_t ended_us;                 /* when the last errand ended */
    struct histogram errands;          /* from the intended beginning to the end */
    struct histogram steps[STEPS_MAX]; /* from when the request was due to its answer */
    char sample[SAMPLE_BYTES];         /* the first unexpected answer */
};

struct worker {
    const struct plan *plan;
    size_t index;
    pthread_t thread;
    int epoll;
    struct connection *connections;
    struct connection *idle, **idle_end; /* first who has been idle longest */
    struct pool errands;                 /* those under way */
    struct errand *ready, **ready_end;
    struct heap waiting;
    size_t begun;
    struct tally tally;
};

/* Opens the connections. Ends the program when it cannot. */
void worker_init(struct worker *worker, const struct plan *plan, size_t index);
void worker_release(struct worker *worker);

/* Runs its share of the plan to the end; the thread's function. Ends the program when a connection
 * breaks that the plan does not count, or the deadline passes. */
void *worker_run(void *owner);

#endif
