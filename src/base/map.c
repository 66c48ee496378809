/* See map.h. The table is kept at most three quarters full, so a probe is short. */
#include "base/map.h"

#include "base/check.h"

#include <stdlib.h>

void map_init(struct map *map, const struct pool *pool, map_matches *matches)
{
    *map = (struct map){.pool = pool, .matches = matches};
}

void map_release(struct map *map)
{
    free(map->slots);
    map->slots = NULL;
    map->capacity = map->count = 0;
}

static void place(struct map_slot *slots, size_t capacity, struct map_slot slot)
{
    size_t i = slot.hash & (capacity - 1);
    while (slots[i].number != 0)
        i = (i + 1) & (capacity - 1);
    slots[i] = slot;
}

enum result map_reserve(struct map *map, size_t count)
{
    size_t capacity = map->capacity == 0 ? 16 : map->capacity;
    while (capacity / 4 * 3 < map->count + count) {
        if (capacity > (size_t)POOL_ITEMS_MAX * 4)
            return RESULT_FULL;
        capacity *= 2;
    }
    if (capacity == map->capacity)
        return RESULT_OK;
    struct map_slot *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return RESULT_NO_MEMORY;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].number != 0)
            place(slots, capacity, map->slots[i]);
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    return RESULT_OK;
}

void *map_find(const struct map *map, uint64_t hash, const void *key)
{
    if (map->count == 0)
        return NULL;
    const size_t mask = map->capacity - 1;
    for (size_t i = (uint32_t)hash & mask; map->slots[i].number != 0; i = (i + 1) & mask) {
        if (map->slots[i].hash != (uint32_t)hash)
            continue;
        void *item = pool_at(map->pool, map->slots[i].number);
        if (map->matches(item, key))
            return item;
    }
    return NULL;
}

void map_insert(struct map *map, uint64_t hash, const void *item)
{
    CHECK(map->count < map->capacity / 4 * 3);
    const struct pool_item *pooled = item;
    place(map->slots, map->capacity,
          (struct map_slot){.hash = (uint32_t)hash, .number = pooled->number});
    map->count++;
}

void map_remove(struct map *map, uint64_t hash, const void *item)
{
    const struct pool_item *pooled = item;
    const size_t mask = map->capacity - 1;
    CHECK(map->count > 0);
    size_t hole = (uint32_t)hash & mask;
    while (map->slots[hole].number != pooled->number) {
        CHECK(map->slots[hole].number != 0);
        hole = (hole + 1) & mask;
    }
    for (size_t i = (hole + 1) & mask; map->slots[i].number != 0; i = (i + 1) & mask) {
        const size_t home = map->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) { /* it may move back to the hole */
            map->slots[hole] = map->slots[i];
            hole = i;
        }
    }
    map->slots[hole].number = 0;
    map->count--;
}

uint64_t map_hash_bytes(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 33;
}
