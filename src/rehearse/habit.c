/* See habit.h. */
#include "rehearse/habit.h"

/* What is drawn for a buyer: each has a number of its own. */
enum draw {
    DRAW_PATIENCE,
    DRAW_CHOOSE,
    DRAW_LOOK,
    DRAW_PAY,
    DRAW_CLOSES_PAGE,
    DRAW_PAYS,
    DRAW_SEAT,
};

/* The finalizer of SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
 * generators". */
static uint64_t scramble(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static uint64_t draw(const struct rehearsal_plan *plan, uint32_t buyer, enum draw what,
                     uint32_t beat)
{
    const uint64_t seed = scramble((uint64_t)plan->seed);
    return scramble(scramble(seed ^ ((uint64_t)buyer << 32 | beat)) ^ (uint64_t)what);
}

static bool draw_percent(const struct rehearsal_plan *plan, uint32_t buyer, enum draw what,
                         int64_t percent)
{
    return draw(plan, buyer, what, 0) % 100 < (uint64_t)percent;
}

/* Evenly between so much less and so much more than the average. */
static uint32_t draw_duration(const struct rehearsal_plan *plan, uint32_t buyer, enum draw what,
                              int64_t seconds)
{
    const int64_t average = seconds * SECOND_BEATS;
    const int64_t spread = average * plan->spread_percent / 100;
    const uint64_t drawn = draw(plan, buyer, what, 0) % (uint64_t)(2 * spread + 1);
    return (uint32_t)(average - spread + (int64_t)drawn);
}

/* In a rush half of the buyers come in the first tenth of the time, the others in the rest; within
 * each part, and without a rush, they come evenly. */
uint32_t habit_arrival(const struct rehearsal_plan *plan, uint32_t buyer)
{
    const int64_t all = plan->arrive_seconds * SECOND_BEATS, tenth = all / 10;
    const int64_t half = plan->buyers / 2;
    if (!plan->rush || half == 0)
        return (uint32_t)(all * buyer / plan->buyers);
    if (buyer < half)
        return (uint32_t)(tenth * buyer / half);
    return (uint32_t)(tenth + (all - tenth) * (buyer - half) / (plan->buyers - half));
}

uint32_t habit_patience(const struct rehearsal_plan *plan, uint32_t buyer)
{
    return plan->patience_seconds == 0
               ? BEAT_NEVER
               : draw_duration(plan, buyer, DRAW_PATIENCE, plan->patience_seconds);
}

uint32_t habit_choose(const struct rehearsal_plan *plan, uint32_t buyer)
{
    return draw_duration(plan, buyer, DRAW_CHOOSE, plan->choose_seconds);
}

uint32_t habit_look(const struct rehearsal_plan *plan, uint32_t buyer)
{
    return draw_duration(plan, buyer, DRAW_LOOK, plan->look_seconds);
}

uint32_t habit_pay(const struct rehearsal_plan *plan, uint32_t buyer)
{
    return draw_duration(plan, buyer, DRAW_PAY, plan->pay_seconds);
}

bool habit_closes_page(const struct rehearsal_plan *plan, uint32_t buyer)
{
    return draw_percent(plan, buyer, DRAW_CLOSES_PAGE, plan->silent_percent);
}

bool habit_pays(const struct rehearsal_plan *plan, uint32_t buyer)
{
    return !draw_percent(plan, buyer, DRAW_PAYS, plan->unpaid_percent);
}

uint32_t habit_first_seat(const struct rehearsal_plan *plan, uint32_t buyer, uint32_t beat)
{
    return (uint32_t)(draw(plan, buyer, DRAW_SEAT, beat) % (uint64_t)plan->seats);
}
