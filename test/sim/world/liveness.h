/* The liveness phase: nothing goes wrong any more, an organizer opens the doors, and everybody who
 * wants something must have got it within a bound of simulated time. */
#ifndef USHER_TEST_SIM_WORLD_LIVENESS_H
#define USHER_TEST_SIM_WORLD_LIVENESS_H

#include "world/clients.h"

#define LIVENESS_BEAT_MS 250
#define LIVENESS_ROUND_SECONDS (20 * DAY_MS / SECOND_MS)

void liveness_begin(struct world *world);

void liveness_act(struct world *world, struct client *client);
void liveness_learn(struct world *world, const struct client *client, const struct errand *errand);

/* True: everybody was served, and nothing is left to be done. Past the bound the run fails. */
bool liveness_reached(struct world *world);

#endif
