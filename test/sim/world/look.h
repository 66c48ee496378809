/* What anybody can see without asking the engine: the public snapshots, as they were at the last
 * commit. */
#ifndef USHER_TEST_SIM_WORLD_LOOK_H
#define USHER_TEST_SIM_WORLD_LOOK_H

#include "world/world.h"

/* A round, most likely one that is on sale; none when there is no server, or no round. */
struct id look_for_round(struct world *world);

/* When the round begins; 0: nobody sees it. */
timestamp_ms look_at_start(const struct world *world, struct id round_id);

/* When the round's sale ends; 0: nobody sees it. */
timestamp_ms look_at_sale_end(const struct world *world, struct id round_id);

enum look {
    LOOK_FOR_THE_BEST, /* the first that are available: everybody else wants them too */
    LOOK_ANYWHERE,     /* available or not */
    LOOK_FOR_ANY,      /* available ones, no matter where */
};

/* Up to `wanted` distinct seats of the round, by their ids and their places in its plan; how many.
 */
size_t look_for_seats(struct world *world, struct id round_id, enum look look, size_t wanted,
                      struct deed *deed);

/* Seats of all rounds that are held, and those that one could hold. */
int64_t look_held(const struct world *world);
int64_t look_available(const struct world *world);

#endif
