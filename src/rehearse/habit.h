/* When a buyer comes and what the buyer is like. It follows from the plan, its seed and the buyer's
 * number alone, so nothing that happens to one buyer changes another. */
#ifndef USHER_REHEARSE_HABIT_H
#define USHER_REHEARSE_HABIT_H

#include "rehearse/plan.h"

/* The beat at which the buyer comes; it does not fall from one buyer to the next. */
uint32_t habit_arrival(const struct rehearsal_plan *plan, uint32_t buyer);

/* In beats: how long the buyer waits in line (or BEAT_NEVER), chooses, looks for
 * other seats, and takes to pay. */
uint32_t habit_patience(const struct rehearsal_plan *plan, uint32_t buyer);
uint32_t habit_choose(const struct rehearsal_plan *plan, uint32_t buyer);
uint32_t habit_look(const struct rehearsal_plan *plan, uint32_t buyer);
uint32_t habit_pay(const struct rehearsal_plan *plan, uint32_t buyer);

/* Whether the buyer closes the page, once out of patience, and whether one who holds seats pays. */
bool habit_closes_page(const struct rehearsal_plan *plan, uint32_t buyer);
bool habit_pays(const struct rehearsal_plan *plan, uint32_t buyer);

/* The seat from which on the buyer looks for free ones, at this beat. */
uint32_t habit_first_seat(const struct rehearsal_plan *plan, uint32_t buyer, uint32_t beat);

#endif
