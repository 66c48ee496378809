/* See fenwick.h. */
#include "base/fenwick.h"

#include "base/check.h"

#include <stdlib.h>

void fenwick_init(struct fenwick *tree)
{
    *tree = (struct fenwick){0};
}

void fenwick_release(struct fenwick *tree)
{
    free(tree->sums);
    fenwick_init(tree);
}

enum result fenwick_reset(struct fenwick *tree, size_t count)
{
    size_t capacity = 16;
    while (capacity < count)
        capacity *= 2;
    uint32_t *sums = calloc(capacity + 1, sizeof *sums);
    if (sums == NULL)
        return RESULT_NO_MEMORY;
    free(tree->sums);
    tree->sums = sums;
    tree->capacity = capacity;
    return RESULT_OK;
}

void fenwick_add(struct fenwick *tree, size_t position, int32_t change)
{
    CHECK(position < tree->capacity);
    for (size_t i = position + 1; i <= tree->capacity; i += i & -i)
        tree->sums[i] += (uint32_t)change;
}

uint32_t fenwick_sum_below(const struct fenwick *tree, size_t position)
{
    CHECK(position <= tree->capacity);
    uint32_t sum = 0;
    for (size_t i = position; i > 0; i -= i & -i)
        sum += tree->sums[i];
    return sum;
}

size_t fenwick_first(const struct fenwick *tree)
{
    CHECK(tree->capacity > 0 && tree->sums[tree->capacity] > 0);
    size_t below = 0;
    for (size_t step = tree->capacity; step > 0; step /= 2)
        if (below + step <= tree->capacity && tree->sums[below + step] == 0)
            below += step;
    return below;
}
