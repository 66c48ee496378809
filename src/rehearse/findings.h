/* What a rehearsal found. */
#ifndef USHER_REHEARSE_FINDINGS_H
#define USHER_REHEARSE_FINDINGS_H

#include "rehearse/buyer.h"
#include "rehearse/course.h"
#include "rehearse/plan.h"

/* Waits in beats, of those who were let in while they were there. */
struct wait_findings {
    uint64_t people; /* 0: the others are not known */
    uint32_t p50, p90, p99, most;
};

struct findings {
    bool sold_out;
    uint32_t beats; /* until it was, or until nobody was left, or the sale ended */
    uint32_t sold;  /* seats */
    uint32_t holds, lapsed_holds, lost_races;
    uint32_t people[BUYER_STATE_COUNT]; /* at the end, by what they did last; all of them */
    struct wait_findings waits;
    struct course course;
    uint32_t oversold;        /* seats that the records sold twice */
    uint32_t bought;          /* seats, as the buyers were answered: as many as were sold */
    bool audit_passed;        /* the office's own */
    struct explanation audit; /* when it did not */
};

/* Whether nothing was sold twice, by the audit and by both counts. */
bool findings_are_sound(const struct findings *findings);

/* The mean of people inside, over all beats. */
double findings_mean_active(const struct findings *findings);

/* For how many percent of the beats this bounded the sale. */
double findings_bound_percent(const struct findings *findings, enum bound bound);

#endif
