/* What a plan draws, as it is kept: JSON of the form that plans are told in, cut for the tables. */
#ifndef USHER_API_PLAN_TEXT_H
#define USHER_API_PLAN_TEXT_H

#include "base/result.h"
#include "office/call.h"

struct stored_text {
    char *bytes; /* the pieces, each with a NUL behind it */
    const char **pieces;
    struct plan_text text; /* as the office takes it; points into the two */
};

/* RESULT_FULL: it is longer than PLAN_TEXT_BYTES_MAX. Release it. */
MUST_USE enum result stored_text_init(struct stored_text *stored, const struct seat_plan *seats,
                                      size_t count);
/* Fine for a zeroed one. */
void stored_text_release(struct stored_text *stored);

#endif
