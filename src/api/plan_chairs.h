/* Seats of a new round, or of a plan, that are one, as errors where they stand. */
#ifndef USHER_API_PLAN_CHAIRS_H
#define USHER_API_PLAN_CHAIRS_H

#include "api/round_plan.h"

/* Tells of each seat that is an earlier one too. False: no memory. */
bool plan_chairs_compare(struct round_plan *plan);

#define SAME_CHAIR_MESSAGE_BYTES 80
#define SAME_CHAIR_OTHER_BYTES 40

/* What is told of a seat that is the same as an earlier one, and the texts that it needs. */
struct same_chair {
    struct breach breach;
    char words[SAME_CHAIR_MESSAGE_BYTES], other[SAME_CHAIR_OTHER_BYTES];
};

/* The seats count as they do in JSON pointers. */
void same_chair_tell(struct same_chair *same, enum chair_sameness sameness, size_t earlier);

#endif
