/* See clock.h. Defines what src/engine/clock.c does, so that file is not linked. */
#include "disk/clock.h"

#include "base/check.h"
#include "engine/clock.h"

/* The machine's clocks; the functions that read them have no argument to keep them in. */
static struct {
    int64_t boot_ms;
    timestamp_ms wall;
} clocks;

void clock_set(int64_t boot_ms, timestamp_ms wall)
{
    clocks.boot_ms = boot_ms;
    clocks.wall = wall;
}

int64_t clock_boot_ms(void)
{
    return clocks.boot_ms;
}

timestamp_ms clock_wall(void)
{
    return clocks.wall;
}

void clock_advance(int64_t elapsed_ms)
{
    CHECK(elapsed_ms >= 0);
    clocks.boot_ms += elapsed_ms;
    clocks.wall += elapsed_ms;
}

/* ---- engine/clock.h ---- */

void house_clock_start(struct house_clock *clock, timestamp_ms last_journalled)
{
    const timestamp_ms wall = wall_now();
    const timestamp_ms start = wall > last_journalled ? wall : last_journalled + 1;
    clock->boot_at = start - clocks.boot_ms;
}

struct moment house_clock_now(const struct house_clock *clock)
{
    return (struct moment){.house = clock->boot_at + clocks.boot_ms, .wall = wall_now()};
}

timestamp_ms wall_now(void)
{
    return clocks.wall;
}

uint64_t monotonic_nanoseconds(void)
{
    return (uint64_t)clocks.boot_ms * 1000000;
}
