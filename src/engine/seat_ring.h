/* The last changes of a round's seats, in the order in which they were published: for clients that
 * have the states of an earlier version and ask only for what changed since.
 *
 * The ring is written where the states are (snapshot.c), and under the same lock. So the two never
 * disagree, and nobody can fall behind: what was published is in the ring, also after a reload,
 * since a whole that is published again is compared with the one before. A restart begins with an
 * empty ring. */
#ifndef USHER_ENGINE_SEAT_RING_H
#define USHER_ENGINE_SEAT_RING_H

#include "engine/engine.h"

/* An answer has at least eight characters for a change, as in `[0,"s"],`, where the whole has one
 * for a seat: more changes than an eighth of the seats are longer than the whole. */
#define SEATS_PER_RING_PLACE 8

struct ring_place {
    uint64_t version;
    uint32_t position;
};

struct seat_ring {
    struct ring_place *places;
    size_t capacity;
    size_t count;
    size_t next;          /* where the next change goes, in the place of the oldest */
    uint64_t known_since; /* all changes after this version are there */
};

/* Of a round whose states are those of `version`. False: no memory. */
bool seat_ring_init(struct seat_ring *ring, size_t seat_count, uint64_t version);
void seat_ring_release(struct seat_ring *ring);

/* The seat's state is another one since `version`, which is not below the one before. */
void seat_ring_add(struct seat_ring *ring, uint64_t version, size_t position);

/* The seats that changed after `since`, in seat order, as `states` shows them at `version`; free()
 * it. NULL: the ring does not go back so far, `since` is above `version`, or there is no memory. */
struct round_changes *seat_ring_changes(const struct seat_ring *ring, uint64_t since,
                                        uint64_t version, const char *states, size_t seat_count);

#endif
