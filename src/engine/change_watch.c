/* See change_watch.h. */
#include "engine/change_watch.h"

#include "base/check.h"
#include "base/thread.h"
#include "engine/clock.h"

#include <errno.h>
#include <time.h>

#define LOOK_NS 100000000

static void lock_watch(struct change_watch *watch)
{
    CHECK(pthread_mutex_lock(&watch->lock) == 0);
}

static void unlock_watch(struct change_watch *watch)
{
    CHECK(pthread_mutex_unlock(&watch->lock) == 0);
}

/* Under the lock: takes out those whose waiting is over, as a list of their own. */
static struct change_wait *take_told(struct change_watch *watch)
{
    const uint64_t last = store_last_change(watch->store), now_ns = monotonic_nanoseconds();
    struct change_wait *told = NULL, **place = &watch->first;
    while (*place != NULL) {
        struct change_wait *wait = *place;
        if (!watch->stops && wait->seen >= last && now_ns < wait->until_ns) {
            place = &wait->next;
            continue;
        }
        *place = wait->next;
        wait->next = told;
        told = wait;
        watch->count--;
    }
    return told;
}

/* Once told, whoever waited may be gone, and its place in the list with it. */
static void tell_all(struct change_wait *told)
{
    while (told != NULL) {
        struct change_wait *next = told->next;
        told->complete(told);
        told = next;
    }
}

/* Under the lock: until somebody comes or the watch stops; while somebody waits, no longer than to
 * the next look. */
static void sleep_to_look(struct change_watch *watch)
{
    struct timespec until;
    if (watch->first == NULL) {
        CHECK(pthread_cond_wait(&watch->changed, &watch->lock) == 0);
        return;
    }
    CHECK(clock_gettime(CLOCK_MONOTONIC, &until) == 0);
    until.tv_nsec += LOOK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    const int woken =
        pthread_cond_clockwait(&watch->changed, &watch->lock, CLOCK_MONOTONIC, &until);
    CHECK(woken == 0 || woken == ETIMEDOUT);
}

static void *change_watch_run(void *argument)
{
    struct change_watch *watch = argument;
    lock_watch(watch);
    for (;;) { /* ends with the watch */
        struct change_wait *told = take_told(watch);
        if (told == NULL && watch->stops)
            break;
        if (told == NULL) {
            sleep_to_look(watch);
            continue;
        }
        unlock_watch(watch);
        tell_all(told);
        lock_watch(watch);
    }
    unlock_watch(watch);
    return NULL;
}

enum result change_watch_start(struct change_watch *watch, struct store *store,
                               struct explanation *explanation)
{
    *watch = (struct change_watch){.store = store};
    CHECK(pthread_mutex_init(&watch->lock, NULL) == 0);
    CHECK(pthread_cond_init(&watch->changed, NULL) == 0);
    if (thread_start(&watch->thread, "usher-follow", change_watch_run, watch) != RESULT_OK) {
        CHECK(pthread_cond_destroy(&watch->changed) == 0);
        CHECK(pthread_mutex_destroy(&watch->lock) == 0);
        return explain(explanation, RESULT_NO_MEMORY, "no thread for those who wait for changes");
    }
    watch->started = true;
    return RESULT_OK;
}

enum result change_watch_enter(struct change_watch *watch, struct change_wait *wait)
{
    lock_watch(watch);
    const bool stops = watch->stops, full = watch->count == CHANGE_WAITS_MAX;
    if (!stops && !full) {
        wait->next = watch->first;
        watch->first = wait;
        watch->count++;
        CHECK(pthread_cond_signal(&watch->changed) == 0);
    }
    unlock_watch(watch);
    if (stops)
        wait->complete(wait);
    return stops || !full ? RESULT_OK : RESULT_FULL;
}

size_t change_watch_count(struct change_watch *watch)
{
    lock_watch(watch);
    const size_t count = watch->count;
    unlock_watch(watch);
    return count;
}

void change_watch_drain(struct change_watch *watch)
{
    if (!watch->started)
        return;
    lock_watch(watch);
    watch->stops = true;
    CHECK(pthread_cond_signal(&watch->changed) == 0);
    unlock_watch(watch);
}

void change_watch_stop(struct change_watch *watch)
{
    if (!watch->started)
        return;
    change_watch_drain(watch);
    thread_join(watch->thread);
    CHECK(pthread_cond_destroy(&watch->changed) == 0);
    CHECK(pthread_mutex_destroy(&watch->lock) == 0);
    watch->started = false;
}
