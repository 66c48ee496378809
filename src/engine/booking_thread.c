/* See booking_thread.h. */
#include "engine/booking_thread.h"

#include "base/check.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/clock.h"

#include <errno.h>
#include <time.h>

/* A booking writes a page once, however many of its rows changed, and of a row only the newest
 * image: the longer the pause, the fewer writes. Rows that wait take memory, so many of them end
 * it. */
#define BOOK_PAUSE_MS 2000
#define BOOK_AT_ONCE_ROWS 50000
#define BOOK_LOOK_MS 250
#define BOOK_RETRY_MS SECOND_MS

/* True when it shall stop. */
static bool wait_or_stop(struct booking_thread *booking_thread, int64_t wait_ms)
{
    struct timespec until;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &until) == 0);
    until.tv_sec += wait_ms / SECOND_MS;
    until.tv_nsec += wait_ms % SECOND_MS * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    CHECK(pthread_mutex_lock(&booking_thread->lock) == 0);
    int woken = 0;
    while (!booking_thread->stop && woken != ETIMEDOUT)
        woken = pthread_cond_clockwait(&booking_thread->stopped, &booking_thread->lock,
                                       CLOCK_MONOTONIC, &until);
    const bool stop = booking_thread->stop;
    CHECK(pthread_mutex_unlock(&booking_thread->lock) == 0);
    return stop;
}

/* True when it shall stop. */
static bool pause_or_stop(struct booking_thread *booking_thread)
{
    bool stop = wait_or_stop(booking_thread, 0);
    for (int64_t waited = 0; !stop && waited < BOOK_PAUSE_MS &&
                             store_unbooked(booking_thread->store) < BOOK_AT_ONCE_ROWS;
         waited += BOOK_LOOK_MS)
        stop = wait_or_stop(booking_thread, BOOK_LOOK_MS);
    return stop;
}

/* Books the oldest that waits, `*rows` of it; false: that failed, which is said once. */
static bool book(struct booking_thread *booking_thread, bool failing, size_t *rows)
{
    struct explanation explanation;
    if (store_book(booking_thread->store, rows, &explanation) != RESULT_OK) {
        if (!failing)
            log_event(LOG_WARNING, wall_now(), "booking_failed reason=\"%s\"", explanation.text);
        return false;
    }
    if (failing)
        log_event(LOG_INFO, wall_now(), "booking_resumed");
    if (*rows > 0)
        inbox_wake(booking_thread->inbox);
    return true;
}

/* It begins with a booking, which also makes memory ready for the rows that come first. */
static void *booking_thread_run(void *argument)
{
    struct booking_thread *booking_thread = argument;
    bool failing = false;
    size_t rows;
    thread_be_idle();
    do {
        failing = !book(booking_thread, failing, &rows);
    } while (failing ? !wait_or_stop(booking_thread, BOOK_RETRY_MS)
                     : !pause_or_stop(booking_thread));
    return NULL;
}

enum result booking_thread_start(struct booking_thread *booking_thread, struct store *store,
                                 struct inbox *inbox, struct explanation *explanation)
{
    *booking_thread = (struct booking_thread){.store = store, .inbox = inbox};
    CHECK(pthread_mutex_init(&booking_thread->lock, NULL) == 0);
    CHECK(pthread_cond_init(&booking_thread->stopped, NULL) == 0);
    const enum result result =
        thread_start(&booking_thread->thread, "usher-books", booking_thread_run, booking_thread);
    if (result != RESULT_OK)
        return explain(explanation, result, "no thread for the bookkeeper");
    booking_thread->started = true;
    return RESULT_OK;
}

static void book_the_rest(struct booking_thread *booking_thread, int64_t book_ms)
{
    const uint64_t end = monotonic_nanoseconds() + (uint64_t)book_ms * 1000000;
    size_t rows = 1;
    while (rows > 0 && monotonic_nanoseconds() < end && book(booking_thread, false, &rows))
        continue;
}

void booking_thread_stop(struct booking_thread *booking_thread, int64_t book_ms)
{
    if (!booking_thread->started)
        return;
    CHECK(pthread_mutex_lock(&booking_thread->lock) == 0);
    booking_thread->stop = true;
    CHECK(pthread_mutex_unlock(&booking_thread->lock) == 0);
    CHECK(pthread_cond_signal(&booking_thread->stopped) == 0);
    thread_join(booking_thread->thread);
    book_the_rest(booking_thread, book_ms);
    CHECK(pthread_cond_destroy(&booking_thread->stopped) == 0);
    CHECK(pthread_mutex_destroy(&booking_thread->lock) == 0);
}
