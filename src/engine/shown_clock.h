/* The clock by which clients are shown deadlines. Deadlines are kept in house time, which stays
 * apart from the wall's for good once the wall was ahead and was set right, and for as long as the
 * wall is wrong. Clients count the seconds by the wall (`serverTime`), so a deadline is shown by
 * the wall: as much later as the wall is ahead. Pure: the moment is handed in. */
#ifndef USHER_ENGINE_SHOWN_CLOCK_H
#define USHER_ENGINE_SHOWN_CLOCK_H

#include "office/office.h"

/* Clocks agree that are no further apart than this: reading one after the other, a leap second. */
#define CLOCKS_AGREE_MS SECOND_MS

/* All zero: the clocks agree. */
struct shown_clock {
    int64_t offset_ms;  /* the wall's time less the house's, as it is shown; 0 while they agree */
    timestamp_ms since; /* house time at which offset_ms became what it is */
    timestamp_ms wall;  /* at the last look */
};

/* Takes on how far the clocks are apart at `now`. The offset is steady, so that a deadline which
 * does not move is shown the same in each answer: it follows only when the clocks moved against
 * each other by more than CLOCKS_AGREE_MS since it was taken, or agree again. True: it changed. */
MUST_USE bool shown_clock_look(struct shown_clock *clock, struct moment now);

/* A deadline as clients see it; 0 (none) stays. One that passed before the clocks came apart is a
 * stamp by now and stays as it is kept, unless the wall has not come there: nothing that is over is
 * shown as still to come. */
timestamp_ms shown_deadline(const struct shown_clock *clock, timestamp_ms deadline);

#endif
