/* Deadlines in order: a binary heap of objects in a pool that know their place, so a deadline can
 * be moved or removed (J. Williams, "Algorithm 232: Heapsort", with back pointers). Twelve bytes an
 * object beside its node. */
#ifndef USHER_BASE_HEAP_H
#define USHER_BASE_HEAP_H

#include "base/pool.h"
#include "base/result.h"
#include "base/timestamp.h"

#include <stddef.h>
#include <stdint.h>

/* Embedded in the object that waits; zeroed means "in no heap". */
struct heap_node {
    uint32_t place; /* 1-based */
};

struct heap {
    const struct pool *pool;
    size_t node_offset;  /* from the start of the object */
    timestamp_ms *times; /* of the object whose number stands at the same index */
    uint32_t *numbers;
    size_t count, capacity;
};

void heap_init(struct heap *heap, const struct pool *pool, size_t node_offset);
void heap_release(struct heap *heap);

/* After RESULT_OK the heap can hold `count` objects more. */
MUST_USE enum result heap_reserve(struct heap *heap, size_t count);

/* Puts the object at a time, or moves it there. */
void heap_set(struct heap *heap, void *item, timestamp_ms at);

/* Does nothing for an object that is not in the heap. */
void heap_remove(struct heap *heap, void *item);

/* The object with the earliest time, which is at `*at`; NULL: there is none. Ties come in no
 * promised order. */
void *heap_first(const struct heap *heap, timestamp_ms *at);

#endif
