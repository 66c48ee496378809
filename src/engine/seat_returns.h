/* What becomes free again of a round's seats: when the next may, and how many did in the last
 * minute. Of one round's slot (snapshot.c); pure. */
#ifndef USHER_ENGINE_SEAT_RETURNS_H
#define USHER_ENGINE_SEAT_RETURNS_H

#include "base/timestamp.h"

#include <stdbool.h>
#include <stdint.h>

/* Both are told in steps of ten seconds, so that what everybody shares changes no more often than
 * that for their sake. */
#define RETURNS_STEP_MS (10 * SECOND_MS)
#define RETURNS_STEPS 6 /* a minute */

/* All zero: nothing is held, and nothing came back. */
struct seat_returns {
    timestamp_ms next_at; /* as it is shown; 0: nothing is held */
    int64_t last_minute;  /* seats */
    int64_t step;         /* the newest of the counts is of */
    uint32_t counts[RETURNS_STEPS];
};

/* A seat that was held or sold can be had again. */
void seat_returns_count(struct seat_returns *returns, timestamp_ms now);

/* Takes on when the next may come back (0: nothing is held), and forgets what came back earlier
 * than a minute ago. True: what is shown changed since the last look. */
bool seat_returns_look(struct seat_returns *returns, timestamp_ms next, timestamp_ms now);

#endif
