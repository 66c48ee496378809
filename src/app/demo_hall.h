/* The hall of `usher demo`: a floor and two balconies around a stage, some five thousand seats. */
#ifndef USHER_APP_DEMO_HALL_H
#define USHER_APP_DEMO_HALL_H

#include "office/call.h"

/* What the dearest seat costs. */
#define DEMO_HALL_PRICE_MAX 165000

struct demo_seat_text;

struct demo_hall {
    struct seat_plan *seats; /* in seat order, the best block first */
    struct demo_seat_text *texts;
    size_t seat_count;
};

/* RESULT_NO_MEMORY: there is none. */
MUST_USE enum result demo_hall_make(struct demo_hall *hall);

/* Fine for a zeroed one. */
void demo_hall_release(struct demo_hall *hall);

#endif
