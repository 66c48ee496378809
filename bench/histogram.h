/* Latencies in log-linear buckets (after G. Tene's HdrHistogram): 64 to a power of two, so that
 * what is read back is at most 1.6 % too large, in 14 KB however many values there are. */
#ifndef USHER_BENCH_HISTOGRAM_H
#define USHER_BENCH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_LINEAR_BITS 6
#define HISTOGRAM_VALUE_BITS 32 /* microseconds: 71 minutes, longer than any run */
#define HISTOGRAM_BUCKETS                                                                          \
    ((HISTOGRAM_VALUE_BITS - HISTOGRAM_LINEAR_BITS + 1) << HISTOGRAM_LINEAR_BITS)

/* Zeroed, it is empty. */
struct histogram {
    uint64_t count, max_us;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t value_us);
void histogram_merge(struct histogram *into, const struct histogram *from);

/* The value that `share` (0 to 1) of all values do not exceed; 0 of none. */
uint64_t histogram_percentile_us(const struct histogram *histogram, double share);

#endif
