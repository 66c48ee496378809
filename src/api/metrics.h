/* Counts of what was answered, for GET /metrics. Any thread. */
#ifndef USHER_API_METRICS_H
#define USHER_API_METRICS_H

#include "api/router.h"
#include "base/latency.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define METRICS_CLASSES 5 /* 1xx to 5xx */

struct metrics {
    /* The last route stands for requests that fit none. */
    atomic_uint_fast64_t answers[ROUTES_MAX + 1][METRICS_CLASSES];
    struct latencies latencies;
};

/* `route`: its place in the table, or ROUTES_MAX. */
void metrics_count(struct metrics *metrics, size_t route, int status, int64_t latency_us);

#endif
