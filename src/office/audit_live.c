/* Whether the live objects are in order: found by their keys, waiting where they believe, on their
 * owners' lists (live.def). Walks everything, as the audit does. */
#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"

#include <string.h>

static bool disorder(struct explanation *explanation, const char *what, const char *where)
{
    (void)explain(explanation, RESULT_CORRUPT, "memory is in disorder: %s %s", where, what);
    return false;
}

/* Every object that has a key is found by it, and nothing else. */
static bool audit_index(const struct index *index, const char *name,
                        struct explanation *explanation)
{
    size_t count = 0;
    uint64_t hash;
    for (const struct pool_item *item = pool_next(index->pool, 0); item != NULL;
         item = pool_next(index->pool, item->number)) {
        count += index->hash_of(item, &hash);
        if (!index_holds(index, item))
            return disorder(explanation, "lacks an object", name);
    }
    return count == index->count || disorder(explanation, "has objects that are gone", name);
}

/* Each object with a deadline is in the heap at the place that its node names; no other is there.
 */
static bool audit_heap(const struct heap *heap, const char *name, struct explanation *explanation)
{
    size_t count = 0;
    for (const struct pool_item *item = pool_next(heap->pool, 0); item != NULL;
         item = pool_next(heap->pool, item->number)) {
        const struct heap_node *node = (const void *)((const uint8_t *)item + heap->node_offset);
        count += node->place != 0;
        if (node->place > heap->count ||
            (node->place != 0 && heap->numbers[node->place - 1] != item->number))
            return disorder(explanation, "has an object elsewhere", name);
    }
    return count == heap->count || disorder(explanation, "has objects that are gone", name);
}

/* Where the numbers lie that lead from an owner to its objects. */
struct ownership {
    const struct pool *pool, *owners;
    size_t next_offset, first_offset;
};

static uint32_t number_at(const void *item, size_t offset)
{
    uint32_t number;
    memcpy(&number, (const uint8_t *)item + offset, sizeof number);
    return number;
}

/* As many are on lists as there are, and the same, as far as a sum of their numbers tells. */
static bool audit_owned(const struct ownership *ownership, const char *name,
                        struct explanation *explanation)
{
    const struct pool *pool = ownership->pool;
    size_t count = 0;
    uint64_t sum = 0;
    for (const struct pool_item *owner = pool_next(ownership->owners, 0); owner != NULL;
         owner = pool_next(ownership->owners, owner->number))
        for (uint32_t number = number_at(owner, ownership->first_offset);
             number != 0 && count <= pool->taken;
             number = number_at(pool_at(pool, number), ownership->next_offset)) {
            count++;
            sum += number;
        }
    for (const struct pool_item *item = pool_next(pool, 0); item != NULL;
         item = pool_next(pool, item->number))
        sum -= item->number;
    return (count == pool->taken && sum == 0) ||
           disorder(explanation, "are not each on its owner's list", name);
}

static bool audit_finished(const struct finished_list *list, const char *name,
                           struct explanation *explanation)
{
    size_t count = 0;
    for (const struct pool_item *item = pool_next(list->pool, 0); item != NULL;
         item = pool_next(list->pool, item->number)) {
        const struct finished_node *node =
            (const void *)((const uint8_t *)item + list->node_offset);
        count += node->seq != 0;
    }
    return count == list->count || disorder(explanation, "is not of all that ended", name);
}

/* Each pending reservation is in its round's heap at the place that its node names, and no other.
 */
static bool audit_returns(const struct office *office, struct explanation *explanation)
{
    size_t expected = 0, count = 0;
    for (const struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        const struct heap *heap = &reservation->round->returns;
        const uint32_t place = reservation->returns.place;
        if ((place != 0) != (reservation->row.status == RESERVATION_STATUS_PENDING) ||
            place > heap->count ||
            (place != 0 && (heap->numbers[place - 1] != reservation->item.number ||
                            heap->times[place - 1] != reservation->row.expires_at)))
            return disorder(explanation, "has a reservation elsewhere", "a round's returns");
        expected += place != 0;
    }
    for (const struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number))
        count += round->returns.count;
    return count == expected ||
           disorder(explanation, "has reservations that are gone", "a round's returns");
}

bool audit_live(const struct office *office, struct explanation *explanation)
{
    bool good = true;
#define KEY(index, pool, hash, matches)                                                            \
    good = good && audit_index(&office->index, #index, explanation);
#define DEADLINE(heap, type, pool) good = good && audit_heap(&office->heap, #heap, explanation);
#define OWNED(type, pool, owner, owners, first)                                                    \
    good = good && audit_owned(&(struct ownership){&office->pool, &office->owners,                 \
                                                   offsetof(struct type, next),                    \
                                                   offsetof(struct owner, first)},                 \
                               #pool, explanation);
#define FINISHED(list, type, pool, forget)                                                         \
    good = good && audit_finished(&office->list, #list, explanation);
#include "office/live.def"
    return good && audit_returns(office, explanation);
}
