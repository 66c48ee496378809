/* What the house counts, read at one moment. The numbers only grow, so two readings tell what
 * happened between them: that is what the desk follows, GET /v1/stats shows and its series keeps.
 */
#ifndef USHER_API_READING_H
#define USHER_API_READING_H

#include "engine/engine.h"

/* Since the start, or between two readings. */
struct reading {
    struct tally tally;
    int64_t requests, refusals; /* calls of the office, and those of them that it refused */
    int64_t appends, append_us; /* of batches to the journal, each with its sync */
};

void reading_take(struct reading *reading, const struct engine *engine);

/* What happened after `before`, which was read before `now`. */
struct reading reading_since(const struct reading *before, const struct reading *now);

#endif
