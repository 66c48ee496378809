/* A hash map from a key to the object in a pool that carries it: open addressing, linear probing,
 * deletion by shifting back (D. Knuth, TAOCP 6.4, algorithm R), eight bytes a slot. */
#ifndef USHER_BASE_MAP_H
#define USHER_BASE_MAP_H

#include "base/pool.h"
#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
    uint32_t hash;   /* the key's hash, cut to 32 bits */
    uint32_t number; /* the object's number in the pool; 0: empty */
};

typedef bool map_matches(const void *item, const void *key);

struct map {
    const struct pool *pool;
    map_matches *matches;
    struct map_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

void map_init(struct map *map, const struct pool *pool, map_matches *matches);
void map_release(struct map *map);

/* After RESULT_OK the next `count` insertions succeed. */
MUST_USE enum result map_reserve(struct map *map, size_t count);

/* NULL when no object matches the key. */
void *map_find(const struct map *map, uint64_t hash, const void *key);

/* The key must not be in the map yet; reserved before. */
void map_insert(struct map *map, uint64_t hash, const void *item);

/* The object must be in the map under this hash. */
void map_remove(struct map *map, uint64_t hash, const void *item);

/* Hash of a run of bytes, for keys that are text: FNV-1a, 64 bits, finished as id_hash is. */
uint64_t map_hash_bytes(const void *bytes, size_t length);

#endif
