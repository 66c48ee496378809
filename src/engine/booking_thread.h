/* The thread that brings the journal's rows into the tables, when nobody else wants the processor.
 */
#ifndef USHER_ENGINE_BOOKING_THREAD_H
#define USHER_ENGINE_BOOKING_THREAD_H

#include "engine/inbox.h"

#include <pthread.h>

struct booking_thread {
    struct store *store;
    struct inbox *inbox; /* the engine's, to tell it that rows were booked */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool started, stop;
};

MUST_USE enum result booking_thread_start(struct booking_thread *booking_thread,
                                          struct store *store, struct inbox *inbox,
                                          struct explanation *explanation);

/* Ends the thread after the slice it is at, and books what is left in up to `book_ms`. Fine for a
 * zeroed one. */
void booking_thread_stop(struct booking_thread *booking_thread, int64_t book_ms);

#endif
