/* Counts of what was answered, for GET /metrics. Any thread. */
#ifndef USHER_API_METRICS_H
#define USHER_API_METRICS_H

#include "api/router.h"
#include "base/latency.h"
#include "http/status_code.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* The last of each stands for requests that fit no route. */
struct metrics {
    atomic_uint_fast64_t answers[ROUTES_MAX + 1][STATUS_COUNT];
    struct latencies latencies[ROUTES_MAX + 1];
};

/* `route`: its place in the table, or ROUTES_MAX. */
void metrics_count(struct metrics *metrics, size_t route, int status, int64_t latency_us);

/* All answers, by how long they took. */
void metrics_answers(const struct metrics *metrics, int64_t answers[static LATENCY_BUCKETS_ALL]);

#endif
