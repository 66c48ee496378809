/* The rows that are durable in the journal but not yet in the tables, in memory: what a reader lays
 * over the tables and what the bookkeeper copies into them.
 *
 * Rows come in generations. The newest one takes appends until it is full or the bookkeeper asks
 * for it; the oldest is booked as a whole and then let go. So the tables are always exactly the
 * state at some generation's last sequence number. Rows and the chains between them never change
 * once they are linked, and a generation lives while anybody refers to it, so the lock is held for
 * appending and for finding where a chain begins, no longer.
 *
 * Threads: reserve, append and abandon belong to the engine's; oldest and booked to the
 * bookkeeper's; everything else to anybody. */
#ifndef USHER_STORE_OVERLAY_H
#define USHER_STORE_OVERLAY_H

#include "base/result.h"
#include "record/record.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* The ways to come to a row; each is a chain from the newest row to the oldest of a generation. */
enum overlay_link {
    OVERLAY_BY_KEY,
    OVERLAY_BY_KIND,
    OVERLAY_BY_OWNER,     /* rows that have one */
    OVERLAY_BY_REFERENCE, /* point entries that have one: their caller and reference */
    OVERLAY_LINK_COUNT
};

struct overlay_row {
    const struct overlay_row *older[OVERLAY_LINK_COUNT];
    uint64_t seq;
    struct record_key key;
    uint32_t length;
    uint8_t kind; /* enum record_kind */
    uint8_t why;  /* enum record_why */
    bool deleted;
    uint8_t data[]; /* the record as it is encoded in the journal */
};

struct generation;

struct overlay {
    pthread_mutex_t mutex;
    pthread_cond_t closed; /* the bookkeeper waits here for the end of an append */
    struct generation *oldest, *newest;
    struct generation *spare; /* an empty one to be opened next, or NULL */
    uint64_t last_seq;        /* of the last append */
    bool reserved;            /* an append is on its way into the newest generation */
    bool close_wanted;        /* by the bookkeeper, as soon as it is not */
    atomic_size_t rows;
};

MUST_USE enum result overlay_init(struct overlay *overlay, uint64_t last_seq);
void overlay_release(struct overlay *overlay);

/* Makes room for one batch, so that appending it cannot fail. */
MUST_USE enum result overlay_reserve(struct overlay *overlay, size_t record_count, size_t bytes);

/* After overlay_reserve: the batch of that many records is durable under `seq`, or was not written.
 */
void overlay_append(struct overlay *overlay, uint64_t seq, timestamp_ms house_time,
                    const uint8_t *records, size_t bytes, size_t record_count);
void overlay_abandon(struct overlay *overlay);

/* ---- Reading ---- */

/* The rows up to `seq` that the tables at `booked_seq` lack. */
struct overlay_snapshot {
    struct generation *oldest; /* a reference; NULL: there was none */
    uint64_t seq, booked_seq;
};

/* Taken before the tables are looked at; the caller then sets `booked_seq` to what they say. */
void overlay_snapshot_take(struct overlay *overlay, struct overlay_snapshot *snapshot);
void overlay_snapshot_release(struct overlay *overlay, struct overlay_snapshot *snapshot);

/* The newest image of a row in the snapshot, or NULL. It lives as long as the snapshot. */
const struct overlay_row *overlay_find(struct overlay *overlay,
                                       const struct overlay_snapshot *snapshot,
                                       enum record_kind kind, const struct record_key *key);

/* A walk along a chain, through all generations. It may bring rows that only share a hash with what
 * was asked for, and older images: whoever walks looks at the rows. */
struct overlay_walk {
    struct overlay *overlay;
    const struct overlay_snapshot *snapshot;
    enum overlay_link link;
    enum record_kind kind;
    uint32_t hash;
    struct generation *generation;
    const struct overlay_row *row;
};

struct overlay_walk overlay_walk_kind(struct overlay *overlay,
                                      const struct overlay_snapshot *snapshot,
                                      enum record_kind kind);
struct overlay_walk overlay_walk_owner(struct overlay *overlay,
                                       const struct overlay_snapshot *snapshot,
                                       enum record_kind kind, struct id owner);
struct overlay_walk overlay_walk_reference(struct overlay *overlay,
                                           const struct overlay_snapshot *snapshot,
                                           struct id caller, const char *reference);

/* NULL at the end. */
const struct overlay_row *overlay_next(struct overlay_walk *walk);

/* The record of a row; its texts live as long as the row. */
void overlay_decode(const struct overlay_row *row, struct record *record);

/* ---- Booking ---- */

/* Closes the oldest generation if need be, and answers it: NULL when nothing waits. It stays until
 * overlay_booked. Appends go on in a generation whose memory this thread has touched before, as far
 * as there is memory for that. */
struct generation *overlay_oldest(struct overlay *overlay);
void overlay_booked(struct overlay *overlay);

/* House time of the first commit that waits; 0: none does. Any thread. */
timestamp_ms overlay_waiting_since(struct overlay *overlay);

/* Of a closed generation. */
uint64_t generation_last_seq(const struct generation *generation);
size_t generation_row_count(const struct generation *generation);

/* Every image in it, in the order of the commits, each with its commit's time: what happened, where
 * the newest images only say what is. Ends with the first answer that is not RESULT_OK. */
typedef enum result image_visit(void *owner, const struct overlay_row *row, timestamp_ms at);
MUST_USE enum result generation_tell(const struct generation *generation, image_visit *visit,
                                     void *owner);

/* The newest image of every row in it, in no order; `rows` has generation_row_count places. */
size_t generation_newest(const struct generation *generation, const struct overlay_row **rows);

#endif
