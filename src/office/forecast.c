/* What would become of those who wait if the queue's settings were others. */
#include "office/admission.h"

#include "base/check.h"
#include "office/state.h"
#include "office/verb_function.h"

static int64_t divide_up(int64_t amount, int64_t by)
{
    return (amount + by - 1) / by;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t heard_and_waiting(const struct office *office)
{
    size_t count = 0;
    for (size_t i = 0; i < office->line.lane_count; i++)
        count += office->line.lanes[i]->present_count;
    return (int64_t)count;
}

/* If everybody left at once only the rate would bound them. If everybody stayed as long as a turn
 * lasts, which a last hold makes longer, those who find no free place would come in waves. */
static struct wait_estimate bounds_of(const struct office *office, const struct queue_forecast *now,
                                      int64_t rate, int64_t most)
{
    const int64_t turn_seconds = office->house.active_seconds + office->settings.hold_seconds;
    const int64_t free_places = larger(most - now->active, 0);
    const int64_t late = larger(now->waiting - free_places, 0);
    const int64_t by_rate = divide_up(now->waiting, rate);
    const int64_t last_wave = now->waiting < most ? now->waiting : most;
    const int64_t by_turns = divide_up(late, most) * turn_seconds + divide_up(last_wave, rate);
    return (struct wait_estimate){
        .known = true, .low_seconds = by_rate, .high_seconds = larger(by_rate, by_turns)};
}

/* By how long people stay now (J. D. C. Little, 1961: those inside are those let in a second times
 * the seconds that they stay). */
static void expect_by_stays(struct queue_forecast *forecast, int64_t admitted_a_minute,
                            int64_t rate, int64_t most)
{
    const int64_t per_minute = rate * 60;
    if (admitted_a_minute == 0 || forecast->active == 0)
        return;
    /* What `most` places pass on in a minute, each as often as the places that are taken do now. */
    const int64_t by_places = larger(most * admitted_a_minute / forecast->active, 1);
    const int64_t passed = per_minute < by_places ? per_minute : by_places;
    const int64_t inside = divide_up(passed * forecast->active, admitted_a_minute);
    forecast->measured = true;
    forecast->expected_seconds = divide_up(forecast->waiting * 60, passed);
    forecast->expected_active = inside < most ? inside : most;
}

enum refusal queue_forecast(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    const int64_t rate = call->in.forecast.admit_per_second;
    const int64_t most = call->in.forecast.max_active;
    CHECK(rate >= 1 && most >= 1);
    struct queue_forecast forecast = {.waiting = heard_and_waiting(office),
                                      .active = (int64_t)office->active_count};
    forecast.bounds = bounds_of(office, &forecast, rate, most);
    expect_by_stays(&forecast, queue_admitted_a_minute(office), rate, most);
    call->out.forecast = forecast;
    return REFUSAL_NONE;
}
