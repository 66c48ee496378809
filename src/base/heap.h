/* Deadlines in order: a binary heap whose objects know their place, so a deadline can be moved or
 * removed (J. Williams, "Algorithm 232: Heapsort", with back pointers). */
#ifndef USHER_BASE_HEAP_H
#define USHER_BASE_HEAP_H

#include "base/result.h"
#include "base/timestamp.h"

#include <stddef.h>
#include <stdint.h>

/* Embedded in the object that waits; zeroed means "in no heap". */
struct heap_node {
    uint32_t place; /* 1-based */
};

struct heap_entry {
    timestamp_ms at;
    struct heap_node *node;
};

struct heap {
    struct heap_entry *entries;
    size_t count, capacity;
};

void heap_init(struct heap *heap);
void heap_release(struct heap *heap);

/* After RESULT_OK the heap can hold `count` nodes more. */
MUST_USE enum result heap_reserve(struct heap *heap, size_t count);

/* Puts the node at a time, or moves it there. */
void heap_set(struct heap *heap, struct heap_node *node, timestamp_ms at);

/* Does nothing for a node that is in no heap. */
void heap_remove(struct heap *heap, struct heap_node *node);

/* The earliest entry, or NULL. Ties come in no promised order. */
const struct heap_entry *heap_first(const struct heap *heap);

#endif
