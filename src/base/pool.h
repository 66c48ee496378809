/* Equal-sized objects at addresses that never move, numbered from 1. One thread at a time. */
#ifndef USHER_BASE_POOL_H
#define USHER_BASE_POOL_H

#include "base/memory.h"
#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of every pooled object. `number` names it in 32 bits (0: none) for as long as it
 * is taken; the pool marks it in one that was given back, of which nothing else is left. */
struct pool_item {
    uint32_t number;
};

#define POOL_CHUNK_ITEMS 1024 /* in the first chunk; each other has as many as all before it */
/* 134 million: far over the 10 million users designed for. A number takes POOL_NUMBER_BITS. */
#define POOL_NUMBER_BITS 27
#define POOL_ITEMS_MAX ((UINT32_C(1) << POOL_NUMBER_BITS) - 1)

#define POOL_CHUNKS_MAX 18 /* hold more than POOL_ITEMS_MAX */

struct pool {
    size_t item_bytes;
    enum memory_pages pages;
    uint8_t *chunks[POOL_CHUNKS_MAX];
    size_t chunk_count;
    uint32_t high; /* numbers 1..high were taken at least once */
    uint32_t first_free;
    size_t taken;
    size_t free_count; /* on the free list */
};

void pool_init(struct pool *pool, size_t item_bytes, enum memory_pages pages);
void pool_release(struct pool *pool);

/* After RESULT_OK the next `count` calls of pool_take succeed. */
MUST_USE enum result pool_reserve(struct pool *pool, size_t count);

/* A zeroed object (but for its pool_item). Reserved before. */
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *item);

/* The object taken under `number`. */
void *pool_at(const struct pool *pool, uint32_t number);

/* The same, and NULL for 0. */
void *pool_find(const struct pool *pool, uint32_t number);

/* Walks the taken objects: start with 0; NULL at the end. Objects may be given back on the way. */
void *pool_next(const struct pool *pool, uint32_t after_number);

#endif
