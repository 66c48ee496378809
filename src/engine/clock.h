/* The house's clocks. House time starts at the wall's, or just after the last journalled stamp when
 * the wall is behind it, and from then on follows CLOCK_BOOTTIME: it never goes back, and a
 * suspended machine's sleep counts. */
#ifndef USHER_ENGINE_CLOCK_H
#define USHER_ENGINE_CLOCK_H

#include "base/timestamp.h"
#include "office/office.h"

/* Never changes once it was started, so any thread may read it. */
struct house_clock {
    timestamp_ms boot_at; /* the house time at which CLOCK_BOOTTIME was 0 */
};

/* `last_journalled`: house time of the last append, 0 for none. */
void house_clock_start(struct house_clock *clock, timestamp_ms last_journalled);

struct moment house_clock_now(const struct house_clock *clock);

timestamp_ms wall_now(void);

/* For measuring durations; its zero is arbitrary. */
uint64_t monotonic_nanoseconds(void);

#endif
