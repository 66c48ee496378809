/* A slab of chunks with a free list threaded through the objects. */
#include "base/pool.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* In the `number` of an object that was given back. */
#define FREE_MARK (UINT32_C(1) << 31)

_Static_assert(POOL_ITEMS_MAX < FREE_MARK, "a mark is no number");

struct free_item {
    struct pool_item item;
    uint32_t next; /* the number of another; 0: the last */
};

void pool_init(struct pool *pool, size_t item_bytes)
{
    CHECK(item_bytes >= sizeof(struct free_item));
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
        pool->first_free = ((struct free_item *)item)->next;
        pool->free_count--;
        memset(item, 0, pool->item_bytes);
    } else {
        CHECK(pool->high < pool->chunk_count * POOL_CHUNK_ITEMS);
        number = ++pool->high;
        item = item_at(pool, number);
    }
    item->number = number;
    pool->taken++;
    return item;
}

void pool_give(struct pool *pool, void *item)
{
    struct free_item *freed = item;
    const uint32_t number = freed->item.number;
    CHECK((number & FREE_MARK) == 0);
    freed->item.number = number | FREE_MARK;
    freed->next = pool->first_free;
    pool->first_free = number;
    pool->free_count++;
    pool->taken--;
}

void *pool_at(const struct pool *pool, uint32_t number)
{
    CHECK(number != 0 && number <= pool->high);
    return item_at(pool, number);
}

void *pool_find(const struct pool *pool, uint32_t number)
{
    return number == 0 ? NULL : pool_at(pool, number);
}

void *pool_next(const struct pool *pool, uint32_t after_number)
{
    /* The one that is walked on from may have been given back meanwhile. */
    for (uint32_t number = (after_number & ~FREE_MARK) + 1; number <= pool->high; number++) {
        struct pool_item *item = item_at(pool, number);
        if ((item->number & FREE_MARK) == 0)
            return item;
    }
    return NULL;
}
