/* The parts of a rehearsal that are worked out by hand: when people come, percentiles, who is due,
 * the hall's count, and the course. */
#include "rehearse/agenda.h"
#include "rehearse/course.h"
#include "rehearse/habit.h"
#include "rehearse/hall.h"
#include "rehearse/percentile.h"
#include "rehearse/rehearsal.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- People ---- */

static void check_arrivals(const struct rehearsal_plan *plan, const uint32_t *beats)
{
    for (uint32_t i = 0; i < plan->buyers; i++)
        assert_int_equal(habit_arrival(plan, i), beats[i]);
}

static void people_come_all_at_once_evenly_or_in_a_rush(void **state)
{
    (void)state;
    static const uint32_t at_once[4] = {0, 0, 0, 0};
    static const uint32_t evenly[4] = {0, 250, 500, 750};
    static const uint32_t in_a_rush[5] = {0, 50, 100, 400, 700}; /* two of five in 10 s */
    static const uint32_t alone[1] = {0};
    check_arrivals(&(struct rehearsal_plan){.buyers = 4}, at_once);
    check_arrivals(&(struct rehearsal_plan){.buyers = 4, .rush = true}, at_once);
    check_arrivals(&(struct rehearsal_plan){.buyers = 4, .arrive_seconds = 100}, evenly);
    check_arrivals(&(struct rehearsal_plan){.buyers = 5, .arrive_seconds = 100, .rush = true},
                   in_a_rush);
    check_arrivals(&(struct rehearsal_plan){.buyers = 1, .arrive_seconds = 100, .rush = true},
                   alone);
}

/* The largest plan overflows nothing, and its last buyer comes within the time. */
static void the_largest_crowd_comes_in_order(void **state)
{
    (void)state;
    const struct rehearsal_plan plan = {
        .buyers = BUYERS_MAX, .arrive_seconds = DAY_MS / SECOND_MS / 2, .rush = true};
    uint32_t last = 0;
    for (uint32_t i = 0; i < plan.buyers; i++) {
        const uint32_t beat = habit_arrival(&plan, i);
        assert_true(beat >= last);
        last = beat;
    }
    assert_true(last < SALE_BEATS / 2);
}

#define PEOPLE 10000

static void durations_lie_evenly_around_their_average(void **state)
{
    (void)state;
    const struct rehearsal_plan plan = {
        .seed = 7, .choose_seconds = 20, .spread_percent = 50, .seats = 1};
    const struct rehearsal_plan exact = {.seed = 7, .choose_seconds = 20};
    int64_t sum = 0;
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        const uint32_t beats = habit_choose(&plan, i);
        least = beats < least ? beats : least;
        most = beats > most ? beats : most;
        sum += beats;
        assert_int_equal(habit_choose(&exact, i), 200);
        assert_int_equal(habit_patience(&plan, i), BEAT_NEVER);
    }
    assert_int_equal(least, 100);
    assert_int_equal(most, 300);
    assert_in_range(sum / PEOPLE, 198, 202);
}

static void a_seed_makes_people_and_another_seed_makes_others(void **state)
{
    (void)state;
    const struct rehearsal_plan one = {.seed = 1, .pay_seconds = 60, .spread_percent = 100};
    const struct rehearsal_plan other = {.seed = 2, .pay_seconds = 60, .spread_percent = 100};
    size_t same = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        assert_int_equal(habit_pay(&one, i), habit_pay(&one, i));
        same += habit_pay(&one, i) == habit_pay(&other, i);
    }
    assert_true(same < PEOPLE / 100);
}

static void so_many_of_a_hundred_pay(void **state)
{
    (void)state;
    const struct rehearsal_plan plan = {.seed = 3, .unpaid_percent = 30, .silent_percent = 100};
    size_t pay = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        pay += habit_pays(&plan, i);
        assert_true(habit_closes_page(&plan, i));
    }
    assert_in_range(pay, PEOPLE * 68 / 100, PEOPLE * 72 / 100);
}

/* ---- Percentiles ---- */

static void a_percentile_is_the_value_of_the_nearest_rank(void **state)
{
    (void)state;
    static const uint32_t hundred[4] = {0, 50, 49, 1}; /* 1 fifty times, 2, and one 3 */
    assert_int_equal(percentile(hundred, 4, 100, 1), 1);
    assert_int_equal(percentile(hundred, 4, 100, 50), 1);
    assert_int_equal(percentile(hundred, 4, 100, 51), 2);
    assert_int_equal(percentile(hundred, 4, 100, 99), 2);
    assert_int_equal(percentile(hundred, 4, 100, 100), 3);
    static const uint32_t three[6] = {1, 0, 0, 1, 0, 1}; /* 0, 3, 5 */
    assert_int_equal(percentile(three, 6, 3, 33), 0);
    assert_int_equal(percentile(three, 6, 3, 50), 3);
    assert_int_equal(percentile(three, 6, 3, 90), 5);
    static const uint32_t one[3] = {0, 0, 1};
    assert_int_equal(percentile(one, 3, 1, 50), 2);
    assert_int_equal(percentile(one, 3, 1, 99), 2);
}

/* ---- Who is due ---- */

/* Takes all of a beat; a bit for each buyer. */
static unsigned take_all(struct agenda *agenda, uint32_t beat)
{
    unsigned taken = 0;
    uint32_t buyer;
    while (agenda_take(agenda, beat, &buyer)) {
        assert_int_equal(taken >> buyer & 1, 0);
        taken |= 1U << buyer;
    }
    return taken;
}

static void a_buyer_is_due_once_and_at_the_time_set_last(void **state)
{
    (void)state;
    struct agenda agenda;
    assert_int_equal(agenda_init(&agenda, 10, 5), RESULT_OK);
    for (uint32_t i = 0; i < 5; i++)
        agenda_set(&agenda, i, 3);
    agenda_set(&agenda, 2, 9);
    agenda_set(&agenda, 0, 4);
    agenda_set(&agenda, 4, 10); /* past the last beat: never */
    agenda_remove(&agenda, 3);
    agenda_remove(&agenda, 3);
    assert_int_equal(take_all(&agenda, 0), 0);
    assert_int_equal(take_all(&agenda, 3), 1U << 1);
    assert_int_equal(take_all(&agenda, 3), 0);
    assert_int_equal(take_all(&agenda, 4), 1U << 0);
    assert_int_equal(take_all(&agenda, 9), 1U << 2);
    agenda_release(&agenda);
}

/* ---- The hall ---- */

static void seats_are_picked_from_a_place_on_and_around_the_end(void **state)
{
    (void)state;
    struct hall hall;
    uint32_t positions[6];
    assert_int_equal(hall_init(&hall, 6), RESULT_OK);
    hall_note(&hall, 4, SEAT_STATUS_HELD);
    hall_note(&hall, 0, SEAT_STATUS_HELD);
    assert_int_equal(hall_pick(&hall, 3, 3, positions), 3);
    assert_memory_equal(positions, ((uint32_t[]){3, 5, 1}), 3 * sizeof *positions);
    assert_int_equal(hall_pick(&hall, 5, 6, positions), 4);
    assert_memory_equal(positions, ((uint32_t[]){5, 1, 2, 3}), 4 * sizeof *positions);
    for (uint32_t i = 0; i < 6; i++)
        hall_note(&hall, i, SEAT_STATUS_HELD);
    assert_int_equal(hall_pick(&hall, 2, 1, positions), 0);
    hall_release(&hall);
}

static void a_seat_that_was_sold_and_is_given_away_again_is_counted(void **state)
{
    (void)state;
    struct hall hall;
    assert_int_equal(hall_init(&hall, 3), RESULT_OK);
    hall_note(&hall, 1, SEAT_STATUS_HELD);
    hall_note(&hall, 2, SEAT_STATUS_HELD);
    hall_note(&hall, 2, SEAT_STATUS_AVAILABLE);
    hall_note(&hall, 1, SEAT_STATUS_SOLD);
    assert_int_equal(hall.available, 2);
    assert_int_equal(hall.held, 0);
    assert_int_equal(hall.sold, 1);
    assert_int_equal(hall.oversold, 0);
    hall_note(&hall, 1, SEAT_STATUS_SOLD);
    assert_int_equal(hall.oversold, 1);
    assert_int_equal(hall.sold, 1);
    hall_note(&hall, 1, SEAT_STATUS_HELD);
    assert_int_equal(hall.oversold, 2);
    hall_release(&hall);
}

/* ---- The course ---- */

static void the_course_of_a_long_sale_has_a_bounded_number_of_points(void **state)
{
    (void)state;
    static struct course course;
    course_init(&course);
    const uint32_t beats = 100000;
    for (uint32_t i = 0; i < beats; i++) {
        const struct course_point point = {
            .beat = i, .waiting = beats - i, .active = i % 2 * 10, .full = i >= beats - 10};
        course_note(&course, &point, point.full ? BOUND_SEATS : BOUND_MAX_ACTIVE);
    }
    assert_in_range(course.point_count, COURSE_POINTS_MAX / 2, COURSE_POINTS_MAX - 1);
    for (size_t i = 0; i < course.point_count; i++) {
        assert_int_equal(course.points[i].beat, i * course.beats_each);
        assert_int_equal(course.points[i].waiting, beats - course.points[i].beat);
    }
    assert_true(course.point_count * course.beats_each >= beats);
    assert_int_equal(course.last.beat, beats - 1);
    assert_int_equal(course.active_beats, 5 * (uint64_t)beats);
    assert_int_equal(course.most_active, 10);
    assert_int_equal(course_bound(&course), BOUND_MAX_ACTIVE);
    assert_true(course.was_full);
    assert_int_equal(course.first_full, beats - 10);
}

/* ---- Breaking off ---- */

struct patience {
    unsigned calls, most, last;
};

static bool look_so_often(void *owner, unsigned percent)
{
    struct patience *patience = owner;
    assert_in_range(percent, patience->last, 100);
    patience->last = percent;
    return ++patience->calls < patience->most;
}

static void a_rehearsal_ends_when_nobody_wants_to_know_the_rest(void **state)
{
    (void)state;
    static struct findings findings;
    const struct rehearsal_plan plan = {.seats = 100,
                                        .buyers = 1000,
                                        .seats_each = 1,
                                        .choose_seconds = 10,
                                        .settings = {.hold_seconds = 60,
                                                     .max_seats_per_reservation = 4,
                                                     .max_seats_per_user = 4,
                                                     .max_active = 10,
                                                     .admit_per_second = 10,
                                                     .silent_seconds = 120,
                                                     .active_seconds = 600,
                                                     .wait_seconds = 3600}};
    const unsigned most[] = {1, 2, 10, UINT_MAX}; /* while it opens; while it sells; never */
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
        struct patience patience = {.most = most[i]};
        const struct rehearsal_watch watch = {.owner = &patience, .tell = look_so_often};
        struct explanation explanation;
        const enum result result = rehearsal_run(&plan, &watch, &findings, &explanation);
        assert_int_equal(result, most[i] == UINT_MAX ? RESULT_OK : RESULT_FULL);
        assert_true(patience.calls == most[i] || (result == RESULT_OK && patience.calls > 10));
    }
    assert_true(findings.sold_out && findings_are_sound(&findings));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_come_all_at_once_evenly_or_in_a_rush),
        cmocka_unit_test(the_largest_crowd_comes_in_order),
        cmocka_unit_test(durations_lie_evenly_around_their_average),
        cmocka_unit_test(a_seed_makes_people_and_another_seed_makes_others),
        cmocka_unit_test(so_many_of_a_hundred_pay),
        cmocka_unit_test(a_percentile_is_the_value_of_the_nearest_rank),
        cmocka_unit_test(a_buyer_is_due_once_and_at_the_time_set_last),
        cmocka_unit_test(seats_are_picked_from_a_place_on_and_around_the_end),
        cmocka_unit_test(a_seat_that_was_sold_and_is_given_away_again_is_counted),
        cmocka_unit_test(the_course_of_a_long_sale_has_a_bounded_number_of_points),
        cmocka_unit_test(a_rehearsal_ends_when_nobody_wants_to_know_the_rest),
    };
    return cmocka_run_group_tests_name("rehearse", tests, NULL, NULL);
}
