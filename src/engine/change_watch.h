/* Those who wait for the next change (read/change.h). One thread tells them: when something was
 * booked, at the end of the time that they would wait, or when the engine stops. Who waits is an
 * entry in a list, and holds no thread.
 *
 * The bookkeeper runs at the lowest priority and may hold no lock that others want, so it tells
 * nobody that it has booked: while somebody waits, the thread looks ten times a second. */
#ifndef USHER_ENGINE_CHANGE_WATCH_H
#define USHER_ENGINE_CHANGE_WATCH_H

#include "engine/engine.h"

#include <pthread.h>
#include <stdbool.h>

struct change_watch {
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct change_wait *first;
    unsigned count;
    bool stops;
    /* The owner's. */
    struct store *store;
    pthread_t thread;
    bool started;
};

MUST_USE enum result change_watch_start(struct change_watch *watch, struct store *store,
                                        struct explanation *explanation);

/* As engine_await_change has it. */
MUST_USE enum result change_watch_enter(struct change_watch *watch, struct change_wait *wait);

/* How many wait. */
size_t change_watch_count(struct change_watch *watch);

/* Tells everybody, and from now on whoever comes, at once. Fine for a zeroed watch. */
void change_watch_drain(struct change_watch *watch);

/* Drains it and ends the thread. Nobody enters any more. Fine for a zeroed watch. */
void change_watch_stop(struct change_watch *watch);

#endif
