/* See histogram.h. A value's bucket is its highest seven bits and how far they were shifted. */
#include "histogram.h"

#define LINEAR ((uint64_t)1 << HISTOGRAM_LINEAR_BITS)
#define VALUE_MAX (((uint64_t)1 << HISTOGRAM_VALUE_BITS) - 1)

static size_t bucket_of(uint64_t value_us)
{
    const int bits = 64 - __builtin_clzll(value_us | 1);
    const int shift = bits > HISTOGRAM_LINEAR_BITS + 1 ? bits - HISTOGRAM_LINEAR_BITS - 1 : 0;
    return (size_t)shift * LINEAR + (size_t)(value_us >> shift);
}

/* The largest value that falls into the bucket. */
static uint64_t bucket_top_us(size_t bucket)
{
    if (bucket < 2 * LINEAR)
        return bucket;
    const size_t shift = bucket / LINEAR - 1;
    return ((LINEAR + bucket % LINEAR + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t value_us)
{
    if (value_us > VALUE_MAX)
        value_us = VALUE_MAX;
    histogram->buckets[bucket_of(value_us)]++;
    histogram->count++;
    if (value_us > histogram->max_us)
        histogram->max_us = value_us;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
    into->count += from->count;
    if (from->max_us > into->max_us)
        into->max_us = from->max_us;
}

uint64_t histogram_percentile_us(const struct histogram *histogram, double share)
{
    const double wanted = share * (double)histogram->count;
    uint64_t seen = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen > 0 && (double)seen >= wanted) {
            const uint64_t top_us = bucket_top_us(i);
            return top_us < histogram->max_us ? top_us : histogram->max_us;
        }
    }
    return histogram->max_us;
}
