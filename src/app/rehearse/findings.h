/* What a rehearsal found. */
#ifndef USHER_APP_REHEARSE_FINDINGS_H
#define USHER_APP_REHEARSE_FINDINGS_H

#include "app/rehearse/buyer.h"
#include "app/rehearse/course.h"
#include "app/rehearse/plan.h"

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

/* For people: a line `name: value` for each thing. */
void findings_print(const struct findings *findings, const struct rehearsal_plan *plan);

/* For programs: one JSON object. */
MUST_USE enum result findings_print_json(const struct findings *findings,
                                         const struct rehearsal_plan *plan,
                                         struct explanation *explanation);

#endif
