/* Threads that do jobs, behind one bounded line: first come, first served. Any thread hands in
 * jobs, and hears at once when the line is full. Only their owner knows what a job is. */
#ifndef USHER_BASE_WORKER_H
#define USHER_BASE_WORKER_H

#include "base/result.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define WORKERS_MAX 16 /* as many as a setting asks for */

/* Does one job, or gives back one that will not be done. `thread` counts from 0: a thread may have
 * something of its own. */
typedef void worker_do(void *owner, size_t thread, void *job);
typedef void worker_give_back(void *owner, void *job);

struct worker_plan {
    const char *name;    /* the threads': at most 15 characters, as ps and gdb show it */
    size_t threads;      /* 1 to WORKERS_MAX */
    size_t bound;        /* jobs in line; those being done do not count */
    void (*begin)(void); /* each thread calls it first, such as thread_be_nice; NULL: nothing */
    worker_do *work;
    void *owner;
};

struct worker {
    struct workers *workers;
    pthread_t thread;
    atomic_int number; /* gettid(2); 0: it has not begun */
};

struct workers {
    struct worker_plan plan;
    struct worker each[WORKERS_MAX];
    size_t started;
    pthread_mutex_t lock;
    pthread_cond_t filled; /* somebody joined, or the line closed */
    void **places;         /* a ring of `plan.bound` */
    size_t first, length;
    bool closed;
};

/* RESULT_NO_MEMORY: no memory, or no thread. Then, too, workers_stop is owed. */
MUST_USE enum result workers_start(struct workers *workers, const struct worker_plan *plan);

/* From any thread. RESULT_FULL: the line is full, or closed. */
MUST_USE enum result workers_ask(struct workers *workers, void *job);

/* Closes the line and gives back the jobs in it, on the calling thread. The threads finish the jobs
 * that they are at, and give way no more: somebody waits for these. */
void workers_drain(struct workers *workers, worker_give_back *give_back);

/* Closes the line, and ends the threads when they have done the jobs in it. Fine for zeroed
 * workers. */
void workers_stop(struct workers *workers);

/* The jobs in line. */
size_t workers_waiting(struct workers *workers);

#endif
