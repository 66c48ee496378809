/* See heap.h. */
#include "base/heap.h"

#include "base/check.h"

#include <stdlib.h>

void heap_init(struct heap *heap, const struct pool *pool, size_t node_offset)
{
    *heap = (struct heap){.pool = pool, .node_offset = node_offset};
}

void heap_release(struct heap *heap)
{
    free(heap->times);
    free(heap->numbers);
    heap_init(heap, heap->pool, heap->node_offset);
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
    timestamp_ms *times = realloc(heap->times, capacity * sizeof *times);
    if (times == NULL)
        return RESULT_NO_MEMORY;
    heap->times = times;
    uint32_t *numbers = realloc(heap->numbers, capacity * sizeof *numbers);
    if (numbers == NULL)
        return RESULT_NO_MEMORY;
    heap->numbers = numbers;
    heap->capacity = capacity;
    return RESULT_OK;
}

struct entry {
    timestamp_ms at;
    uint32_t number;
};

static struct entry entry_at(const struct heap *heap, size_t index)
{
    return (struct entry){.at = heap->times[index], .number = heap->numbers[index]};
}

static struct heap_node *node_of(const struct heap *heap, void *item)
{
    return (struct heap_node *)(void *)((uint8_t *)item + heap->node_offset);
}

static void put_entry(struct heap *heap, size_t index, struct entry entry)
{
    heap->times[index] = entry.at;
    heap->numbers[index] = entry.number;
    node_of(heap, pool_at(heap->pool, entry.number))->place = (uint32_t)index + 1;
}

static void sift_up(struct heap *heap, size_t index, struct entry entry)
{
    while (index > 0) {
        const size_t parent = (index - 1) / 2;
        if (heap->times[parent] <= entry.at)
            break;
        put_entry(heap, index, entry_at(heap, parent));
        index = parent;
    }
    put_entry(heap, index, entry);
}

static void sift_down(struct heap *heap, size_t index, struct entry entry)
{
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->times[child + 1] < heap->times[child])
            child++;
        if (entry.at <= heap->times[child])
            break;
        put_entry(heap, index, entry_at(heap, child));
        index = child;
    }
    put_entry(heap, index, entry);
}

static void settle(struct heap *heap, size_t index, struct entry entry)
{
    if (index > 0 && entry.at < heap->times[(index - 1) / 2])
        sift_up(heap, index, entry);
    else
        sift_down(heap, index, entry);
}

void heap_set(struct heap *heap, void *item, timestamp_ms at)
{
    const struct pool_item *pooled = item;
    const struct entry entry = {.at = at, .number = pooled->number};
    const struct heap_node *node = node_of(heap, item);
    if (node->place != 0) {
        settle(heap, node->place - 1, entry);
        return;
    }
    CHECK(heap->count < heap->capacity);
    heap->count++;
    sift_up(heap, heap->count - 1, entry);
}

void heap_remove(struct heap *heap, void *item)
{
    struct heap_node *node = node_of(heap, item);
    if (node->place == 0)
        return;
    const size_t index = node->place - 1;
    node->place = 0;
    heap->count--;
    if (index < heap->count)
        settle(heap, index, entry_at(heap, heap->count));
}

void *heap_first(const struct heap *heap, timestamp_ms *at)
{
    if (heap->count == 0)
        return NULL;
    *at = heap->times[0];
    return pool_at(heap->pool, heap->numbers[0]);
}
