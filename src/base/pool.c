/* A few chunks, each twice as large as the one before it, with a free list threaded through the
 * objects. */
#include "base/pool.h"

#include "base/check.h"
#include "base/memory.h"

#include <string.h>

/* In the `number` of an object that was given back. */
#define FREE_MARK (UINT32_C(1) << 31)

_Static_assert(POOL_ITEMS_MAX < FREE_MARK, "a mark is no number");

struct free_item {
    struct pool_item item;
    uint32_t next; /* the number of another; 0: the last */
};

void pool_init(struct pool *pool, size_t item_bytes, enum memory_pages pages)
{
    CHECK(item_bytes >= sizeof(struct free_item));
    *pool = (struct pool){.item_bytes = item_bytes, .pages = pages};
}

_Static_assert(POOL_CHUNK_ITEMS << (POOL_CHUNKS_MAX - 1) > POOL_ITEMS_MAX, "all find a place");

/* How many objects the first `chunk_count` chunks hold. */
static size_t items_of(size_t chunk_count)
{
    return chunk_count == 0 ? 0 : (size_t)POOL_CHUNK_ITEMS << (chunk_count - 1);
}

static size_t chunk_bytes(const struct pool *pool, size_t chunk)
{
    CHECK(chunk < POOL_CHUNKS_MAX);
    return ((size_t)POOL_CHUNK_ITEMS << (chunk == 0 ? 0 : chunk - 1)) * pool->item_bytes;
}

void pool_release(struct pool *pool)
{
    for (size_t i = 0; i < pool->chunk_count; i++)
        memory_free(pool->chunks[i], chunk_bytes(pool, i));
    pool_init(pool, pool->item_bytes, pool->pages);
}

/* The index's highest bit tells the chunk. */
static struct pool_item *item_at(const struct pool *pool, uint32_t number)
{
    _Static_assert((POOL_CHUNK_ITEMS & (POOL_CHUNK_ITEMS - 1)) == 0, "chunks begin at a bit");
    const uint32_t index = number - 1, within_first = POOL_CHUNK_ITEMS - 1;
    const int chunk = __builtin_clz(within_first) - __builtin_clz(index | within_first);
    const uint32_t first = (POOL_CHUNK_ITEMS / 2U << chunk) & ~within_first;
    return (struct pool_item *)(void *)(pool->chunks[chunk] + (index - first) * pool->item_bytes);
}

enum result pool_reserve(struct pool *pool, size_t count)
{
    if (count > POOL_ITEMS_MAX - pool->taken)
        return RESULT_FULL;
    while (pool->free_count + items_of(pool->chunk_count) - pool->high < count) {
        uint8_t *chunk = memory_allocate(chunk_bytes(pool, pool->chunk_count), pool->pages);
        if (chunk == NULL)
            return RESULT_NO_MEMORY;
        pool->chunks[pool->chunk_count++] = chunk;
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
        CHECK(pool->high < items_of(pool->chunk_count));
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
    /* The object before may have been given back meanwhile. */
    for (uint32_t number = (after_number & ~FREE_MARK) + 1; number <= pool->high; number++) {
        struct pool_item *item = item_at(pool, number);
        if ((item->number & FREE_MARK) == 0)
            return item;
    }
    return NULL;
}
