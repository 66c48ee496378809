/* A slab of chunks with a free list threaded through the objects. */
#include "base/pool.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* Marks an object as taken in `next_free`; a free one holds a smaller number there. */
#define TAKEN UINT32_MAX

void pool_init(struct pool *pool, size_t item_bytes)
{
    CHECK(item_bytes >= sizeof(struct pool_item));
    *pool = (struct pool){.item_bytes = item_bytes};
}

void pool_release(struct pool *pool)
{
    for (size_t i = 0; i < pool->chunk_count; i++)
        free(pool->chunks[i]);
    free(pool->chunks);
    *pool = (struct pool){.item_bytes = pool->item_bytes};
}

static struct pool_item *item_at(const struct pool *pool, uint32_t number)
{
    const uint32_t index = number - 1;
    return (struct pool_item *)(void *)(pool->chunks[index / POOL_CHUNK_ITEMS] +
                                        (index % POOL_CHUNK_ITEMS) * pool->item_bytes);
}

static enum result add_chunk(struct pool *pool)
{
    if (pool->chunk_count == pool->chunk_capacity) {
        const size_t capacity = pool->chunk_capacity == 0 ? 16 : pool->chunk_capacity * 2;
        uint8_t **chunks = realloc(pool->chunks, capacity * sizeof *chunks);
        if (chunks == NULL)
            return RESULT_NO_MEMORY;
        pool->chunks = chunks;
        pool->chunk_capacity = capacity;
    }
    uint8_t *chunk = calloc(POOL_CHUNK_ITEMS, pool->item_bytes);
    if (chunk == NULL)
        return RESULT_NO_MEMORY;
    pool->chunks[pool->chunk_count++] = chunk;
    return RESULT_OK;
}

enum result pool_reserve(struct pool *pool, size_t count)
{
    if (count > POOL_ITEMS_MAX - pool->taken)
        return RESULT_FULL;
    while (pool->free_count + pool->chunk_count * POOL_CHUNK_ITEMS - pool->high < count) {
        const enum result result = add_chunk(pool);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

void *pool_take(struct pool *pool)
{
    struct pool_item *item;
    uint32_t number = pool->first_free;
    if (number != 0) {
        item = item_at(pool, number);
        pool->first_free = item->next_free;
        pool->free_count--;
        memset(item, 0, pool->item_bytes);
    } else {
        CHECK(pool->high < pool->chunk_count * POOL_CHUNK_ITEMS);
        number = ++pool->high;
        item = item_at(pool, number);
    }
    item->number = number;
    item->next_free = TAKEN;
    pool->taken++;
    return item;
}

void pool_give(struct pool *pool, void *item)
{
    struct pool_item *freed = item;
    CHECK(freed->next_free == TAKEN);
    freed->next_free = pool->first_free;
    pool->first_free = freed->number;
    pool->free_count++;
    pool->taken--;
}

void *pool_at(const struct pool *pool, uint32_t number)
{
    CHECK(number != 0 && number <= pool->high);
    return item_at(pool, number);
}

void *pool_next(const struct pool *pool, uint32_t after_number)
{
    for (uint32_t number = after_number + 1; number <= pool->high; number++) {
        struct pool_item *item = item_at(pool, number);
        if (item->next_free == TAKEN)
            return item;
    }
    return NULL;
}
