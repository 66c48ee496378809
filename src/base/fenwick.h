/* Counts over positions: add at one, sum up to one, find the n-th (P. Fenwick, "A new data
 * structure for cumulative frequency tables", 1994). */
#ifndef USHER_BASE_FENWICK_H
#define USHER_BASE_FENWICK_H

#include "base/result.h"

#include <stddef.h>
#include <stdint.h>

struct fenwick {
    uint32_t *sums;  /* 1-based */
    size_t capacity; /* a power of two, or 0 */
};

void fenwick_init(struct fenwick *tree);
void fenwick_release(struct fenwick *tree);

/* Empties the tree and makes room for the positions 0..count-1. */
MUST_USE enum result fenwick_reset(struct fenwick *tree, size_t count);

void fenwick_add(struct fenwick *tree, size_t position, int32_t change);

/* The sum of the positions below `position`. */
uint32_t fenwick_sum_below(const struct fenwick *tree, size_t position);

/* The position of the first non-zero count; the tree's sum must not be zero. */
size_t fenwick_first(const struct fenwick *tree);

#endif
