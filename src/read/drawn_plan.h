/* A stored plan with what it draws, as it was read. */
#ifndef USHER_READ_DRAWN_PLAN_H
#define USHER_READ_DRAWN_PLAN_H

#include "base/buffer.h"
#include "record/record.h"

struct drawn_plan {
    struct record *record; /* the plan's row; malloc'd */
    struct buffer text;    /* what it draws, as JSON */
};

/* Fine for a zeroed one. */
void drawn_plan_release(struct drawn_plan *plan);

#endif
