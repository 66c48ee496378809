/* Seats of a plan that stand where another stands. Seats have no size: two overlap when they are
 * nearer to each other than half of what is usual between neighbours, which is the middle one of
 * all distances from a seat to the next of its section and row. Where no row has two places, they
 * overlap in one point alone. */
#ifndef USHER_API_PLAN_OVERLAP_H
#define USHER_API_PLAN_OVERLAP_H

#include "base/result.h"
#include "office/call.h"

typedef void overlap_found(void *owner, size_t later, size_t earlier);

/* Tells of each placed seat that overlaps an earlier one, in their order, once. A seat of which was
 * told is not compared with those after it. RESULT_NO_MEMORY. */
MUST_USE enum result overlaps_find(const struct seat_plan *seats, size_t count,
                                   overlap_found *found, void *owner);

#endif
