/* From a key to the object in a pool that carries it, for millions of objects: a hash table with
 * open addressing, linear probing and deletion by shifting back (D. Knuth, TAOCP 6.4, algorithm R),
 * four bytes a slot. It reads the hashes that it does not keep from the objects, so it must hold
 * every object of its pool that has a key. */
#ifndef USHER_BASE_INDEX_H
#define USHER_BASE_INDEX_H

#include "base/pool.h"
#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The hash of an object's key; false when it has none and so is in no slot. */
typedef bool index_hash(const void *item, uint64_t *hash);
typedef bool index_matches(const void *item, const void *key);

struct index {
    const struct pool *pool;
    index_hash *hash_of;
    index_matches *matches;
    uint32_t *slots; /* the object's number, and above it some bits of the hash; 0: empty */
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    bool deferred; /* insertions are only counted */
};

void index_init(struct index *index, const struct pool *pool, index_hash *hash_of,
                index_matches *matches);
void index_release(struct index *index);

/* After RESULT_OK the next `count` insertions succeed. */
MUST_USE enum result index_reserve(struct index *index, size_t count);

/* Of an empty index: insertions are only counted, and need no room, until index_catch_up makes all
 * of them at once, which is several times as quick. Until then nothing can be found or removed. */
void index_defer(struct index *index);
MUST_USE enum result index_catch_up(struct index *index);

/* NULL when no object matches the key, which has this hash. All objects with an equal key are
 * offered to `matches` until it takes one. */
void *index_find(const struct index *index, uint64_t hash, const void *key);

/* Whether the object has a key and is in the index, or has none. */
bool index_holds(const struct index *index, const void *item);

/* The object has a key and is not in the index yet; reserved before. Others may have an equal key.
 */
void index_insert(struct index *index, const void *item);

/* The object must be in the index, and its key as it was when it was inserted. */
void index_remove(struct index *index, const void *item);

#endif
