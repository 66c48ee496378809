/* See worker.h: a ring of pointers under a mutex. */
#include "base/worker.h"

#include "base/check.h"
#include "base/thread.h"

#include <stdlib.h>
#include <unistd.h>

static void lock_line(struct workers *workers)
{
    CHECK(pthread_mutex_lock(&workers->lock) == 0);
}

static void unlock_line(struct workers *workers)
{
    CHECK(pthread_mutex_unlock(&workers->lock) == 0);
}

/* ---- The line ---- */

enum result workers_ask(struct workers *workers, void *job)
{
    const size_t bound = workers->plan.bound;
    lock_line(workers);
    const bool room = !workers->closed && workers->length < bound;
    if (room) {
        workers->places[(workers->first + workers->length) % bound] = job;
        workers->length++;
    }
    unlock_line(workers);
    if (!room)
        return RESULT_FULL;
    CHECK(pthread_cond_signal(&workers->filled) == 0);
    return RESULT_OK;
}

/* The first in line, or NULL; with the lock. */
static void *take_job(struct workers *workers)
{
    if (workers->length == 0)
        return NULL;
    void *job = workers->places[workers->first];
    workers->first = (workers->first + 1) % workers->plan.bound;
    workers->length--;
    return job;
}

/* Waits for the next job; NULL when the line is closed and empty. */
static void *next(struct workers *workers)
{
    lock_line(workers);
    while (workers->length == 0 && !workers->closed)
        CHECK(pthread_cond_wait(&workers->filled, &workers->lock) == 0);
    void *job = take_job(workers);
    unlock_line(workers);
    return job;
}

static void *next_now(struct workers *workers)
{
    lock_line(workers);
    void *job = take_job(workers);
    unlock_line(workers);
    return job;
}

static void close_line(struct workers *workers)
{
    lock_line(workers);
    workers->closed = true;
    unlock_line(workers);
    CHECK(pthread_cond_broadcast(&workers->filled) == 0);
}

size_t workers_waiting(struct workers *workers)
{
    lock_line(workers);
    const size_t length = workers->length;
    unlock_line(workers);
    return length;
}

/* ---- The threads ---- */

static void *worker_run(void *argument)
{
    struct worker *worker = argument;
    struct workers *workers = worker->workers;
    const struct worker_plan *plan = &workers->plan;
    if (plan->begin != NULL)
        plan->begin();
    atomic_store(&worker->number, gettid());
    void *job;
    while ((job = next(workers)) != NULL)
        plan->work(plan->owner, (size_t)(worker - workers->each), job);
    return NULL;
}

enum result workers_start(struct workers *workers, const struct worker_plan *plan)
{
    CHECK(plan->threads >= 1 && plan->threads <= WORKERS_MAX && plan->bound >= 1);
    *workers =
        (struct workers){.plan = *plan, .places = calloc(plan->bound, sizeof *workers->places)};
    if (workers->places == NULL)
        return RESULT_NO_MEMORY;
    CHECK(pthread_mutex_init(&workers->lock, NULL) == 0);
    CHECK(pthread_cond_init(&workers->filled, NULL) == 0);
    enum result result = RESULT_OK;
    for (size_t i = 0; i < plan->threads && result == RESULT_OK; i++) {
        struct worker *worker = &workers->each[i];
        worker->workers = workers;
        result = thread_start(&worker->thread, plan->name, worker_run, worker);
        workers->started += result == RESULT_OK ? 1 : 0;
    }
    return result;
}

/* They are all there until the line is closed. */
static void hurry_threads(struct workers *workers)
{
    lock_line(workers);
    for (size_t i = 0; i < workers->started && !workers->closed; i++) {
        const int number = atomic_load(&workers->each[i].number);
        if (number != 0)
            thread_hurry(number);
    }
    unlock_line(workers);
}

void workers_drain(struct workers *workers, worker_give_back *give_back)
{
    void *job;
    hurry_threads(workers);
    close_line(workers);
    while ((job = next_now(workers)) != NULL)
        give_back(workers->plan.owner, job);
}

void workers_stop(struct workers *workers)
{
    if (workers->places == NULL)
        return;
    close_line(workers);
    for (size_t i = 0; i < workers->started; i++)
        thread_join(workers->each[i].thread);
    CHECK(workers->length == 0);
    CHECK(pthread_cond_destroy(&workers->filled) == 0);
    CHECK(pthread_mutex_destroy(&workers->lock) == 0);
    free(workers->places);
    workers->places = NULL;
}
