/* Everybody who uses the house: who they believe to be, what they do next, what an answer teaches
 * them. */
#ifndef USHER_TEST_SIM_WORLD_CLIENTS_H
#define USHER_TEST_SIM_WORLD_CLIENTS_H

#include "world/errand.h"

void clients_init(struct world *world);

/* Plans everybody's first act of a phase, in the place of what they had planned. */
void clients_begin(struct world *world);

/* Events. */
void client_wake(struct world *world, uint32_t index, int64_t at);
void client_learn(struct world *world, struct client *client, const struct errand *errand);

/* ---- For those who act ---- */

/* Draws whether it carries an Idempotency-Key, and sends it. */
void client_do(struct world *world, struct client *client, struct deed *deed);

/* Registers or signs in; true: that was needed first. */
bool client_enters(struct world *world, struct client *client);

struct client *client_any(struct world *world);

/* From now on the client means to do, at that moment of the wall, the last that may be done then:
 * hold seats of the round, or with none ask for its points back; give or take what the way there
 * takes. */
void client_aims(struct world *world, struct client *client, timestamp_ms moment,
                 struct id round_id);

/* ---- wild.c: what makes no sense, comes at the wrong time, or is somebody else's ---- */

void wild_act(struct world *world, struct client *client);

/* ---- organizer.c ---- */

void organizer_act(struct world *world, struct client *client);

/* After something was done for an organizer. */
void organizer_learns(struct world *world, struct client *client, const struct errand *errand);

/* After a balance was too high for a charge. */
void organizer_met_limit(struct world *world, const struct deed *deed);

/* A concert that is on sale now for `seconds`, or a round of one that begins in so many. */
void organizer_makes_concert(struct world *world, struct client *client, int64_t seconds);
void organizer_makes_round(struct world *world, struct client *client, struct id concert_id,
                           int64_t seconds);

/* ---- buyer.c ---- */

void buyer_act(struct world *world, struct client *client);

/* Asks for the points of what was bought last. */
void buyer_cancels(struct world *world, struct client *client);

/* One attempt to hold seats of the round. */
void buyer_holds(struct world *world, struct client *client, struct id round_id);

/* Wants so many of the best seats, of some kind. */
void deed_wants_best(struct world *world, struct deed *deed, size_t count);

#endif
