/* What goes wrong, and when: one fault of faults.def at a time. A fault counts as fired only where
 * it really did something. */
#ifndef USHER_TEST_SIM_WORLD_FAULTS_H
#define USHER_TEST_SIM_WORLD_FAULTS_H

#include "world/world.h"

/* Plans the first one. */
void faults_begin(struct world *world);

/* Perhaps one more, while what just began is under way. */
void fault_soon(struct world *world);

/* Events. */
void fault_next(struct world *world, uint32_t subject);
void fault_end(struct world *world, uint32_t number);

/* The end of all faults. */
void faults_over(struct world *world);

/* The present fault did something. */
void fault_fired(struct world *world);

/* The disk died; of which death? */
bool fault_is_power_cut(const struct world *world);
void fault_death(struct world *world);

/* Around each slice of the bookkeeper's. */
void fault_before_booking(struct world *world);
void fault_after_booking(struct world *world);

/* A start may fail now. */
bool fault_excuses(const struct world *world);

#endif
