/* See heap.h. */
#include "base/heap.h"

#include "base/check.h"

#include <stdlib.h>

void heap_init(struct heap *heap)
{
    *heap = (struct heap){0};
}

void heap_release(struct heap *heap)
{
    free(heap->entries);
    heap_init(heap);
}

enum result heap_reserve(struct heap *heap, size_t count)
{
    size_t capacity = heap->capacity == 0 ? 16 : heap->capacity;
    while (capacity - heap->count < count) {
        if (capacity > UINT32_MAX / 2)
            return RESULT_FULL;
        capacity *= 2;
    }
    if (capacity == heap->capacity)
        return RESULT_OK;
    struct heap_entry *entries = realloc(heap->entries, capacity * sizeof *entries);
    if (entries == NULL)
        return RESULT_NO_MEMORY;
    heap->entries = entries;
    heap->capacity = capacity;
    return RESULT_OK;
}

static void put(struct heap *heap, size_t index, struct heap_entry entry)
{
    heap->entries[index] = entry;
    entry.node->place = (uint32_t)index + 1;
}

static void sift_up(struct heap *heap, size_t index, struct heap_entry entry)
{
    while (index > 0) {
        const size_t parent = (index - 1) / 2;
        if (heap->entries[parent].at <= entry.at)
            break;
        put(heap, index, heap->entries[parent]);
        index = parent;
    }
    put(heap, index, entry);
}

static void sift_down(struct heap *heap, size_t index, struct heap_entry entry)
{
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->entries[child + 1].at < heap->entries[child].at)
            child++;
        if (entry.at <= heap->entries[child].at)
            break;
        put(heap, index, heap->entries[child]);
        index = child;
    }
    put(heap, index, entry);
}

static void settle(struct heap *heap, size_t index, struct heap_entry entry)
{
    if (index > 0 && entry.at < heap->entries[(index - 1) / 2].at)
        sift_up(heap, index, entry);
    else
        sift_down(heap, index, entry);
}

void heap_set(struct heap *heap, struct heap_node *node, timestamp_ms at)
{
    const struct heap_entry entry = {.at = at, .node = node};
    if (node->place != 0) {
        settle(heap, node->place - 1, entry);
        return;
    }
    CHECK(heap->count < heap->capacity);
    heap->count++;
    sift_up(heap, heap->count - 1, entry);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    if (node->place == 0)
        return;
    const size_t index = node->place - 1;
    node->place = 0;
    heap->count--;
    if (index < heap->count)
        settle(heap, index, heap->entries[heap->count]);
}

const struct heap_entry *heap_first(const struct heap *heap)
{
    return heap->count == 0 ? NULL : &heap->entries[0];
}
