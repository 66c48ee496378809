/* See shown_clock.h. */
#include "engine/shown_clock.h"

/* Clocks that were apart agree again at half the distance; else one that wavers around it would be
 * right and wrong by turns. */
#define AGREE_AGAIN_MS (CLOCKS_AGREE_MS / 2)

static bool is_within(int64_t offset_ms, int64_t bound_ms)
{
    return offset_ms >= -bound_ms && offset_ms <= bound_ms;
}

static int64_t offset_to_show(int64_t shown_ms, int64_t real_ms)
{
    const bool moved = !is_within(real_ms - shown_ms, CLOCKS_AGREE_MS);
    if (is_within(real_ms, moved ? CLOCKS_AGREE_MS : AGREE_AGAIN_MS))
        return 0;
    return moved ? real_ms : shown_ms;
}

bool shown_clock_look(struct shown_clock *clock, struct moment now)
{
    const int64_t offset_ms = offset_to_show(clock->offset_ms, now.wall - now.house);
    clock->wall = now.wall;
    if (offset_ms == clock->offset_ms)
        return false;
    clock->offset_ms = offset_ms;
    clock->since = now.house;
    return true;
}

timestamp_ms shown_deadline(const struct shown_clock *clock, timestamp_ms deadline)
{
    const bool still_counts = deadline >= clock->since || deadline > clock->wall;
    if (deadline == 0 || clock->offset_ms == 0 || !still_counts)
        return deadline;
    /* A shown time of 0 would mean none, which a wall of 1970 could lead to. */
    const timestamp_ms shown = deadline + clock->offset_ms;
    return shown > 0 ? shown : 1;
}
