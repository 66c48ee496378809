/* Requests on their way to the server and their answers on the way back, over a network that
 * delays, reorders, duplicates and loses. */
#ifndef USHER_TEST_SIM_WORLD_ERRAND_H
#define USHER_TEST_SIM_WORLD_ERRAND_H

#include "world/world.h"

/* Sends it, in the name of one of the client's sessions if there is any. Its Idempotency-Key is
 * the caller's to set. */
void errand_send(struct world *world, struct client *client, const struct deed *deed);

/* Again, after nobody knows what became of it. */
void errand_send_again(struct world *world, const struct errand *errand);

/* Events. */
void errand_arrive(struct world *world, uint32_t index);
void errand_answer(struct world *world, uint32_t index);

/* The server died: those inside never come back. */
void errands_lose(struct world *world);

size_t errands_inside(const struct world *world);

void errands_release(struct world *world);

#endif
