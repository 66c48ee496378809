/* How long something took, such as answers: a histogram. Any thread. */
#ifndef USHER_BASE_LATENCY_H
#define USHER_BASE_LATENCY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Buckets with an upper bound, and one without. */
#define LATENCY_BUCKETS 12
#define LATENCY_BUCKETS_ALL (LATENCY_BUCKETS + 1)

struct latencies {
    atomic_uint_fast64_t buckets[LATENCY_BUCKETS_ALL];
    atomic_uint_fast64_t sum_us;
};

/* In microseconds; `bucket` is below LATENCY_BUCKETS. */
int64_t latency_bound(size_t bucket);

void latency_count(struct latencies *latencies, int64_t latency_us);

/* How many answers are in each bucket; how many that is. */
void latency_answers(const struct latencies *latencies,
                     int64_t answers[static LATENCY_BUCKETS_ALL]);
int64_t latency_sum(const int64_t answers[static LATENCY_BUCKETS_ALL]);

/* How long all of them took together, in microseconds. */
uint64_t latency_sum_us(const struct latencies *latencies);

/* The upper bound, in microseconds, of the bucket up to which so many of a hundred answers lie; the
 * last bound for the bucket that has none. 0: there are no answers. */
int64_t latency_percentile(const int64_t answers[static LATENCY_BUCKETS_ALL], int64_t percent);

#endif
