/* See seat_returns.h. */
#include "engine/seat_returns.h"

#include "base/check.h"

static void move_on(struct seat_returns *returns, timestamp_ms now)
{
    const int64_t step = now / RETURNS_STEP_MS;
    const int64_t steps = step - returns->step;
    CHECK(steps >= 0); /* house time never goes back */
    for (int64_t i = 1; i <= steps && i <= RETURNS_STEPS; i++)
        returns->counts[(returns->step + i) % RETURNS_STEPS] = 0;
    returns->step = step;
}

void seat_returns_count(struct seat_returns *returns, timestamp_ms now)
{
    move_on(returns, now);
    returns->counts[returns->step % RETURNS_STEPS]++;
}

static timestamp_ms rounded_up(timestamp_ms time)
{
    return (time + RETURNS_STEP_MS - 1) / RETURNS_STEP_MS * RETURNS_STEP_MS;
}

bool seat_returns_look(struct seat_returns *returns, timestamp_ms next, timestamp_ms now)
{
    const timestamp_ms next_before = returns->next_at;
    const int64_t before = returns->last_minute;
    move_on(returns, now);
    returns->next_at = rounded_up(next);
    returns->last_minute = 0;
    for (size_t i = 0; i < RETURNS_STEPS; i++)
        returns->last_minute += returns->counts[i];
    return returns->next_at != next_before || returns->last_minute != before;
}
