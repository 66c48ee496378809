/* Rows that came to their end, in the order in which they did. Each stays in memory until the batch
 * that ended it is booked. */
#ifndef USHER_OFFICE_FINISHED_LIST_H
#define USHER_OFFICE_FINISHED_LIST_H

#include "base/pool.h"

/* Embedded in the object; zeroed means "on no list". */
struct finished_node {
    uint64_t seq; /* of the batch that ended it */
    uint32_t next;
};

struct finished_list {
    const struct pool *pool;
    size_t node_offset;   /* from the start of the object */
    uint32_t first, last; /* pool numbers */
    size_t count;
};

void finished_list_init(struct finished_list *list, const struct pool *pool, size_t node_offset);

/* Does nothing for an object that is on the list: a later image of a row may come after its end.
 * `seq` is not 0. */
void finished_list_add(struct finished_list *list, void *item, uint64_t seq);

/* Takes off the first object if its batch, `*seq`, is booked. NULL: it is not, or there is none. */
void *finished_list_take(struct finished_list *list, uint64_t booked_seq, uint64_t *seq);

/* All that are on the list count as ended by this batch. */
void finished_list_stamp(const struct finished_list *list, uint64_t seq);

#endif
