/* One generation of the overlay: its memory, its chains and the table of where they begin. The
 * overlay's lock guards what changes. */
#ifndef USHER_STORE_GENERATION_H
#define USHER_STORE_GENERATION_H

#include "store/overlay.h"

struct chain_slot;

/* Rows, one after the other. */
struct block {
    struct block *before;
    size_t used, capacity;
    _Alignas(struct overlay_row) uint8_t bytes[];
};

struct generation {
    struct generation *newer; /* set once; a reference */
    unsigned references;
    bool closed; /* takes no more rows */
    uint64_t first_seq, last_seq;
    timestamp_ms *times; /* of the commits from first_seq to last_seq */
    size_t time_capacity;
    size_t row_count, bytes;
    struct block *blocks; /* the one being filled first */
    struct block *spare_blocks;
    const struct overlay_row **rows; /* in the order of their numbers */
    size_t row_capacity;
    const struct overlay_row *of_kind[RECORD_KIND_COUNT];
    struct chain_slot *slots;
    size_t slot_count, slot_capacity;
};

/* With one reference. NULL: no memory. */
struct generation *generation_new(void);

/* Gives up a reference under the lock; answers the generations that nobody refers to any more, to
 * be renewed or freed outside it. */
struct generation *generation_unrefer(struct generation *generation);
void generation_free(struct generation *generation);

/* Makes one to which nobody refers as good as new, with one reference. It keeps the memory that its
 * rows took, up to that of a full one. */
void generation_renew(struct generation *generation);

/* Gives an empty one the table of a full one, if there is memory for it, with each page touched:
 * for the system to clear and map them no append then waits. */
void generation_make_ready(struct generation *generation);

MUST_USE enum result generation_reserve(struct generation *generation, size_t record_count,
                                        size_t bytes);

/* What is appended from here on is of this commit; it follows the last one. Reserved before. */
void generation_begin_commit(struct generation *generation, uint64_t seq, timestamp_ms house_time);

/* Copies and links the first `record_count` records of `records`; answers how many bytes they took.
 * Reserved before. */
size_t generation_append(struct generation *generation, uint64_t seq, const uint8_t *records,
                         size_t bytes, size_t record_count);
bool generation_is_full(const struct generation *generation);

uint32_t generation_owner_hash(enum record_kind kind, struct id owner);
uint32_t generation_reference_hash(struct id caller, const char *reference);

/* The newest row of the chain with this hash, or NULL. */
const struct overlay_row *generation_head(const struct generation *generation, uint32_t hash);

/* The newest image of a row that is not above `seq`, or NULL. */
const struct overlay_row *generation_find(const struct generation *generation, uint64_t seq,
                                          enum record_kind kind, const struct record_key *key);

#endif
