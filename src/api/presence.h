/* Tells the engine that a signed-in person looked at the queue. The person is heard by that, as the
 * API promises, although the answer comes from a snapshot. */
#ifndef USHER_API_PRESENCE_H
#define USHER_API_PRESENCE_H

#include "base/result.h"
#include "engine/engine.h"

#include <pthread.h>
#include <stddef.h>

/* Reports on their way to the engine; when all are, a report is skipped: silence is counted in tens
 * of seconds, and the next read reports again. */
#define PRESENCE_REPORTS_MAX 1024

/* A report at most this often for one account. */
#define PRESENCE_INTERVAL_US 1000000

struct presence_report {
    struct request request;
    struct presence *presence;
    struct presence_report *next_free;
};

struct presence {
    pthread_mutex_t lock;
    pthread_cond_t all_back;
    struct presence_report *reports;
    struct presence_report *free;
    size_t away;
};

MUST_USE enum result presence_init(struct presence *presence);

/* Waits until no report is on its way: the engine answers all it took. */
void presence_release(struct presence *presence);

void presence_report(struct presence *presence, struct engine *engine,
                     const struct credentials *credentials);

#endif
