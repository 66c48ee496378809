/* Percentiles of numbers that were counted by their value. */
#ifndef USHER_REHEARSE_PERCENTILE_H
#define USHER_REHEARSE_PERCENTILE_H

#include <stddef.h>
#include <stdint.h>

/* The least value that at least `percent` of a hundred of the numbers do not exceed (the nearest
 * rank). `counts[value]` of them have a value; they are `total`, at least 1, in all. */
uint32_t percentile(const uint32_t *counts, size_t value_count, uint64_t total, unsigned percent);

#endif
