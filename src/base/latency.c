/* See latency.h. */
#include "base/latency.h"

#include "base/check.h"

static const int64_t bounds_us[LATENCY_BUCKETS] = {100,   250,   500,    1000,   2500,    5000,
                                                   10000, 25000, 100000, 250000, 1000000, 5000000};

int64_t latency_bound(size_t bucket)
{
    CHECK(bucket < LATENCY_BUCKETS);
    return bounds_us[bucket];
}

void latency_count(struct latencies *latencies, int64_t latency_us)
{
    size_t bucket = 0;
    while (bucket < LATENCY_BUCKETS && latency_us > bounds_us[bucket])
        bucket++;
    atomic_fetch_add_explicit(&latencies->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&latencies->sum_us, (uint64_t)latency_us, memory_order_relaxed);
}

void latency_answers(const struct latencies *latencies, int64_t answers[static LATENCY_BUCKETS_ALL])
{
    for (size_t i = 0; i < LATENCY_BUCKETS_ALL; i++)
        answers[i] = (int64_t)atomic_load_explicit(&latencies->buckets[i], memory_order_relaxed);
}

int64_t latency_sum(const int64_t answers[static LATENCY_BUCKETS_ALL])
{
    int64_t sum = 0;
    for (size_t i = 0; i < LATENCY_BUCKETS_ALL; i++)
        sum += answers[i];
    return sum;
}

uint64_t latency_sum_us(const struct latencies *latencies)
{
    return atomic_load_explicit(&latencies->sum_us, memory_order_relaxed);
}

int64_t latency_percentile(const int64_t answers[static LATENCY_BUCKETS_ALL], int64_t percent)
{
    const int64_t sum = latency_sum(answers);
    int64_t below = 0;
    CHECK(percent >= 1 && percent <= 100);
    if (sum == 0)
        return 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        below += answers[i];
        if (below * 100 >= sum * percent)
            return bounds_us[i];
    }
    return bounds_us[LATENCY_BUCKETS - 1];
}
