/* See clock.h. Nothing else reads the wall or CLOCK_BOOTTIME; waits elsewhere go by
 * CLOCK_MONOTONIC. */
#include "engine/clock.h"

#include "base/check.h"

#include <time.h>

static struct timespec read_clock(clockid_t clock)
{
    struct timespec now;
    /* It fails only for a clock that the kernel lacks. */
    CHECK(clock_gettime(clock, &now) == 0);
    return now;
}

static int64_t milliseconds(clockid_t clock)
{
    const struct timespec now = read_clock(clock);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

void house_clock_start(struct house_clock *clock, timestamp_ms last_journalled)
{
    const timestamp_ms wall = wall_now();
    const timestamp_ms start = wall > last_journalled ? wall : last_journalled + 1;
    clock->boot_at = start - milliseconds(CLOCK_BOOTTIME);
}

struct moment house_clock_now(const struct house_clock *clock)
{
    return (struct moment){
        .house = clock->boot_at + milliseconds(CLOCK_BOOTTIME),
        .wall = wall_now(),
    };
}

timestamp_ms wall_now(void)
{
    return milliseconds(CLOCK_REALTIME);
}

uint64_t monotonic_nanoseconds(void)
{
    const struct timespec now = read_clock(CLOCK_MONOTONIC);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
