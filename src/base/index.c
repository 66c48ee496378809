/* See index.h. The table is kept at most three quarters full, so a probe is short. */
#include "base/index.h"

#include "base/check.h"
#include "base/memory.h"

/* A slot keeps as many of the hash's upper bits as the number leaves free: all but one in
 * thirty-two of the objects that do not match are passed without being looked at. */
#define NUMBER_MASK POOL_ITEMS_MAX

static uint32_t slot_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32) & ~NUMBER_MASK;
}

void index_init(struct index *index, const struct pool *pool, index_hash *hash_of,
                index_matches *matches)
{
    *index = (struct index){.pool = pool, .hash_of = hash_of, .matches = matches};
}

void index_release(struct index *index)
{
    memory_free(index->slots, index->capacity * sizeof *index->slots);
    index->slots = NULL;
    index->capacity = index->count = 0;
}

static void place(uint32_t *slots, size_t capacity, uint64_t hash, uint32_t number)
{
    size_t i = hash & (capacity - 1);
    while (slots[i] != 0)
        i = (i + 1) & (capacity - 1);
    slots[i] = slot_tag(hash) | number;
}

/* Placing waits for memory, not for the processor: the slots of some objects are asked for before
 * the first of them is needed. */
#define AHEAD 16

struct waiting {
    uint64_t hash;
    uint32_t number;
};

/* Places every object anew, in the order in which they lie in memory. */
static void place_all(const struct index *index, uint32_t *slots, size_t capacity)
{
    struct waiting waiting[AHEAD];
    size_t count = 0;
    uint64_t hash;
    for (const struct pool_item *item = pool_next(index->pool, 0); item != NULL;
         item = pool_next(index->pool, item->number)) {
        if (!index->hash_of(item, &hash))
            continue;
        struct waiting *const turn = &waiting[count++ % AHEAD];
        if (count > AHEAD)
            place(slots, capacity, turn->hash, turn->number);
        __builtin_prefetch(&slots[hash & (capacity - 1)], 1);
        *turn = (struct waiting){.hash = hash, .number = item->number};
    }
    for (size_t i = count > AHEAD ? count - AHEAD : 0; i < count; i++)
        place(slots, capacity, waiting[i % AHEAD].hash, waiting[i % AHEAD].number);
}

/* Makes the slots anew when `count` objects have no room in them. */
static enum result grow(struct index *index, size_t count)
{
    size_t capacity = index->capacity == 0 ? 16 : index->capacity;
    while (capacity / 4 * 3 < count) {
        if (capacity > (size_t)POOL_ITEMS_MAX * 4)
            return RESULT_FULL;
        capacity *= 2;
    }
    if (capacity == index->capacity)
        return RESULT_OK;
    uint32_t *slots = memory_allocate(capacity * sizeof *slots, MEMORY_HUGE_PAGES);
    if (slots == NULL)
        return RESULT_NO_MEMORY;
    if (index->count > 0)
        place_all(index, slots, capacity);
    memory_free(index->slots, index->capacity * sizeof *index->slots);
    index->slots = slots;
    index->capacity = capacity;
    return RESULT_OK;
}

enum result index_reserve(struct index *index, size_t count)
{
    return index->deferred ? RESULT_OK : grow(index, index->count + count);
}

void index_defer(struct index *index)
{
    CHECK(index->capacity == 0 && index->count == 0);
    index->deferred = true;
}

enum result index_catch_up(struct index *index)
{
    if (!index->deferred)
        return RESULT_OK;
    const enum result result = grow(index, index->count);
    if (result == RESULT_OK)
        index->deferred = false;
    return result;
}

void *index_find(const struct index *index, uint64_t hash, const void *key)
{
    if (index->count == 0)
        return NULL;
    CHECK(!index->deferred);
    const size_t mask = index->capacity - 1;
    const uint32_t tag = slot_tag(hash);
    for (size_t i = hash & mask; index->slots[i] != 0; i = (i + 1) & mask) {
        if ((index->slots[i] & ~NUMBER_MASK) != tag)
            continue;
        void *item = pool_at(index->pool, index->slots[i] & NUMBER_MASK);
        if (index->matches(item, key))
            return item;
    }
    return NULL;
}

static uint64_t hash_of(const struct index *index, const void *item)
{
    uint64_t hash;
    CHECK(index->hash_of(item, &hash));
    return hash;
}

void index_insert(struct index *index, const void *item)
{
    index->count++;
    if (index->deferred)
        return;
    CHECK(index->count <= index->capacity / 4 * 3);
    const struct pool_item *pooled = item;
    place(index->slots, index->capacity, hash_of(index, item), pooled->number);
}

/* Where the object with this hash stands, or the empty slot that ends its probe. */
static size_t slot_holding(const struct index *index, const void *item, uint64_t hash)
{
    const struct pool_item *pooled = item;
    const uint32_t wanted = slot_tag(hash) | pooled->number;
    const size_t mask = index->capacity - 1;
    size_t i = hash & mask;
    while (index->slots[i] != wanted && index->slots[i] != 0)
        i = (i + 1) & mask;
    return i;
}

bool index_holds(const struct index *index, const void *item)
{
    uint64_t hash;
    CHECK(!index->deferred);
    if (!index->hash_of(item, &hash))
        return true;
    return index->count > 0 && index->slots[slot_holding(index, item, hash)] != 0;
}

void index_remove(struct index *index, const void *item)
{
    CHECK(index->count > 0 && !index->deferred);
    const size_t mask = index->capacity - 1;
    size_t hole = slot_holding(index, item, hash_of(index, item));
    CHECK(index->slots[hole] != 0);
    for (size_t i = (hole + 1) & mask; index->slots[i] != 0; i = (i + 1) & mask) {
        const void *other = pool_at(index->pool, index->slots[i] & NUMBER_MASK);
        const size_t home = hash_of(index, other) & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) { /* it may move back to the hole */
            index->slots[hole] = index->slots[i];
            hole = i;
        }
    }
    index->slots[hole] = 0;
    index->count--;
}
