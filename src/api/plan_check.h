/* What is odd about a seating plan that is good in form, for who draws it. Looks only: the plan may
 * be kept and used as it is, but for seats that are one. */
#ifndef USHER_API_PLAN_CHECK_H
#define USHER_API_PLAN_CHECK_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct round_plan;

enum plan_flaw {
    PLAN_FLAW_DUPLICATE,     /* the seat is an earlier one too (office/chair.h) */
    PLAN_FLAW_UNPRICED,      /* neither the plan nor who asks says what it costs */
    PLAN_FLAW_OVERLAPPING,   /* it stands where an earlier one stands */
    PLAN_FLAW_NO_ACCESSIBLE, /* no seat can be used in a wheelchair */
    PLAN_FLAW_COUNT,
};

extern const char *const plan_flaw_texts[PLAN_FLAW_COUNT];

/* Named of each flaw: as many as somebody reads; all are counted. */
#define PLAN_FLAWS_NAMED_MAX 100

struct checked_seat {
    int64_t place;
    const char *seat_number, *section, *row, *number; /* but the first may be NULL */
};

struct plan_finding {
    enum plan_flaw flaw;
    bool has_seat, has_earlier;
    struct checked_seat seat, earlier;
    const char *grade; /* of an unpriced seat; may be NULL */
    int64_t seats;     /* from the seat on, in seat order, that have it; 0: it is the plan's */
};

struct plan_check {
    int64_t seat_count;
    int64_t counts[PLAN_FLAW_COUNT]; /* seats that have the flaw; of the last: 1, or 0 */
    struct plan_finding *findings;   /* by flaw, and then in seat order */
    size_t finding_count;
};

/* The plan was read, and is good. The time grows with the seats alone, whatever they are. The
 * findings have texts of the plan. RESULT_NO_MEMORY. */
MUST_USE enum result plan_check_init(struct plan_check *check, const struct round_plan *plan);
/* Fine for a zeroed one. */
void plan_check_release(struct plan_check *check);

#endif
