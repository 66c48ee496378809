/* The house second by second: readings are taken by hand, at seconds of the test's own. */
#include "api/series.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A second that is no multiple of a minute. */
#define BEGIN INT64_C(1795341607)

static struct series series;
static struct series_reading reading;
static struct queue_view queue;

static int begin_series(void **state)
{
    (void)state;
    memset(&series, 0, sizeof series);
    memset(&reading, 0, sizeof reading);
    memset(&queue, 0, sizeof queue);
    assert_int_equal(pthread_mutex_init(&series.lock, NULL), 0);
    series_note(&series, BEGIN, &reading, &queue);
    return 0;
}

static int end_series(void **state)
{
    (void)state;
    return pthread_mutex_destroy(&series.lock);
}

static void count(enum tally_name name, int64_t often)
{
    reading.house.tally.counts[name] += often;
}

static void note(int64_t second)
{
    series_note(&series, BEGIN + second, &reading, &queue);
}

/* The steps of a series, from `from` up to `to`, both counted from the beginning. */
static size_t tell(enum series_name name, int64_t from, int64_t to, int64_t step_seconds,
                   int64_t steps[static 8])
{
    struct series_range range = {
        .from = BEGIN + from, .to = BEGIN + to, .step_seconds = step_seconds};
    const size_t told = series_cut(&series, &range);
    assert_in_range(told, 0, 8);
    series_tell(&series, &range, name, steps, told);
    return told;
}

static void test_each_second_has_what_came_in_it(void **state)
{
    int64_t steps[8];
    (void)state;
    count(TALLY_JOINED, 3);
    queue.waiting = 3;
    note(1);
    count(TALLY_JOINED, 2);
    count(TALLY_ADMITTED, 4);
    queue.waiting = 1;
    note(2);
    assert_int_equal(tell(SERIES_JOINED, 0, 100, 1, steps), 2);
    assert_int_equal(steps[0], 3);
    assert_int_equal(steps[1], 2);
    assert_int_equal(tell(SERIES_ADMITTED, 0, 2, 1, steps), 2);
    assert_int_equal(steps[0], 0);
    assert_int_equal(steps[1], 4);
    assert_int_equal(tell(SERIES_WAITING, 1, 2, 1, steps), 1);
    assert_int_equal(steps[0], 1);
    assert_int_equal(tell(SERIES_JOINED, 2, 2, 1, steps), 0);
    assert_int_equal(tell(SERIES_JOINED, 50, 20, 1, steps), 0);
}

static void test_money_and_seats_that_came_back(void **state)
{
    int64_t steps[8];
    (void)state;
    count(TALLY_SOLD, 2);
    count(TALLY_RETURNED, 1);
    count(TALLY_PAID, 500);
    count(TALLY_REFUNDED, 700);
    note(1);
    assert_int_equal(tell(SERIES_SOLD, 0, 1, 1, steps), 1);
    assert_int_equal(steps[0], 2);
    assert_int_equal(tell(SERIES_REFUNDED, 0, 1, 1, steps), 1);
    assert_int_equal(steps[0], 1);
    assert_int_equal(tell(SERIES_REVENUE, 0, 1, 1, steps), 1);
    assert_int_equal(steps[0], -200);
}

/* Steps begin at whole tens of seconds; what is summed, what is the last and what the largest. */
static void test_longer_steps(void **state)
{
    int64_t steps[8];
    (void)state;
    for (int second = 1; second <= 8; second++) {
        count(TALLY_HOLDS, 1);
        queue.active = second;
        reading.answers[second == 2 ? 6 : 0]++;
        note(second);
    }
    /* The first step has the seconds 7, 8 and 9 of its ten. */
    assert_int_equal(tell(SERIES_HOLDS, 0, 100, 10, steps), 2);
    assert_int_equal(steps[0], 3);
    assert_int_equal(steps[1], 5);
    assert_int_equal(tell(SERIES_ACTIVE, 0, 100, 10, steps), 2);
    assert_int_equal(steps[0], 3);
    assert_int_equal(steps[1], 8);
    assert_int_equal(tell(SERIES_P99, 0, 100, 10, steps), 2);
    assert_int_equal(steps[0], latency_bound(6));
    assert_int_equal(steps[1], latency_bound(0));
    assert_int_equal(tell(SERIES_REQUESTS, 0, 100, 10, steps), 2);
    assert_int_equal(steps[0], 3);
    struct series_range range = {.from = BEGIN, .to = BEGIN + 5, .step_seconds = 10};
    assert_int_equal(series_cut(&series, &range), 2);
    assert_int_equal(range.from, BEGIN - 7);
    assert_int_equal(range.to, BEGIN + 13);
}

/* A thread that came late knows nothing of single seconds: they are there, with what it found. */
static void test_seconds_that_nobody_noted(void **state)
{
    int64_t steps[8];
    (void)state;
    count(TALLY_EXPIRED, 6);
    queue.waiting = 9;
    note(3);
    note(3);
    assert_int_equal(tell(SERIES_EXPIRED, 0, 100, 1, steps), 3);
    assert_int_equal(steps[0], 6);
    assert_int_equal(steps[1], 0);
    assert_int_equal(steps[2], 0);
    assert_int_equal(tell(SERIES_WAITING, 0, 100, 1, steps), 3);
    assert_int_equal(steps[0], 9);
    assert_int_equal(steps[2], 9);
}

static void test_two_hours_are_kept(void **state)
{
    int64_t steps[8];
    (void)state;
    for (int second = 1; second <= SERIES_SECONDS + 5; second++) {
        reading.house.tally.counts[TALLY_JOINED] += second;
        note(second);
    }
    struct series_range range = {.from = 0, .to = INT64_MAX, .step_seconds = 1};
    assert_int_equal(series_cut(&series, &range), SERIES_SECONDS);
    assert_int_equal(range.from, BEGIN + 5);
    assert_int_equal(tell(SERIES_JOINED, 0, 7, 1, steps), 2);
    assert_int_equal(steps[0], 6);
    /* After a pause as long as all that is kept, nothing of it is. */
    count(TALLY_JOINED, 1);
    note(3 * SERIES_SECONDS);
    assert_int_equal(tell(SERIES_JOINED, 0, 4 * SERIES_SECONDS, 1, steps), 1);
    assert_int_equal(steps[0], 1);
}

/* The minutes from `from` on, as they are cut. */
static size_t tell_minutes_of(enum series_name name, struct series_range *range, int64_t *steps)
{
    range->step_seconds = 60;
    range->to = INT64_MAX;
    const size_t told = series_cut(&series, range);
    series_tell(&series, range, name, steps, told);
    return told;
}

#define FIRST_MINUTE (BEGIN / 60)

static void test_minutes_are_kept_for_longer(void **state)
{
    static int64_t steps[SERIES_STEPS_MAX];
    const int64_t seconds = 3 * SERIES_SECONDS;
    (void)state;
    for (int64_t second = 1; second <= seconds; second++) {
        count(TALLY_JOINED, 1);
        queue.waiting = second;
        queue.sales.held = second % 7;
        note(second);
    }
    struct series_range range = {.from = 0};
    const size_t told = tell_minutes_of(SERIES_JOINED, &range, steps);
    assert_int_equal(range.from, FIRST_MINUTE * 60);
    int64_t sum = 0;
    for (size_t i = 0; i < told; i++)
        sum += steps[i];
    assert_int_equal(sum, seconds);
    assert_int_equal(steps[1], 60);
    assert_int_equal(tell_minutes_of(SERIES_WAITING, &range, steps), told);
    assert_int_equal(steps[told - 1], seconds);
    assert_int_equal(tell_minutes_of(SERIES_HELD, &range, steps), told);
    assert_int_equal(steps[told - 1], seconds % 7);
    struct house_minute kept;
    series_minute(&series, FIRST_MINUTE + 1, &kept);
    assert_int_equal(kept.minute, FIRST_MINUTE + 1);
    assert_int_equal(kept.values[SERIES_JOINED], 60);
}

static void test_thirty_days_are_kept(void **state)
{
    static int64_t steps[SERIES_STEPS_MAX];
    const int64_t minutes = MINUTES_KEPT + 10;
    (void)state;
    for (int64_t minute = 1; minute <= minutes; minute++) {
        count(TALLY_JOINED, 1);
        note(minute * 60);
    }
    /* Of so many an answer has the first, from a time on, or the last. */
    struct series_range range = {.from = 0};
    assert_int_equal(tell_minutes_of(SERIES_JOINED, &range, steps), SERIES_STEPS_MAX);
    const int64_t newest = (BEGIN + minutes * 60 - 1) / 60;
    assert_int_equal(range.from, (newest - MINUTES_KEPT + 1) * 60);
    assert_int_equal(steps[0], 1);
    range = (struct series_range){.from = 0, .latest = true};
    assert_int_equal(tell_minutes_of(SERIES_JOINED, &range, steps), SERIES_STEPS_MAX);
    assert_int_equal(range.to, (newest + 1) * 60);
    /* Nothing of what was is left after a pause as long as all that is kept. */
    note(3 * MINUTES_KEPT * 60);
    range = (struct series_range){.from = 0, .latest = true};
    assert_in_range(tell_minutes_of(SERIES_JOINED, &range, steps), 1, 2);
}

/* What an earlier start had booked: a minute of yesterday, and one that is not over yet. */
static void test_minutes_of_another_start(void **state)
{
    int64_t steps[1500];
    (void)state;
    memset(&series, 0, sizeof series);
    memset(&reading, 0, sizeof reading);
    memset(&queue, 0, sizeof queue);
    assert_int_equal(pthread_mutex_init(&series.lock, NULL), 0);
    struct house_minute earlier = {.minute = FIRST_MINUTE - 1440, .values[SERIES_SOLD] = 5};
    series_remember(&series, &earlier);
    earlier = (struct house_minute){
        .minute = FIRST_MINUTE, .values[SERIES_SOLD] = 7, .values[SERIES_P99] = 1};
    series_remember(&series, &earlier);
    series_note(&series, BEGIN, &reading, &queue);
    count(TALLY_SOLD, 2);
    note(1);
    struct series_range range = {.from = 0};
    assert_int_equal(tell_minutes_of(SERIES_SOLD, &range, steps), 1441);
    assert_int_equal(range.from, (FIRST_MINUTE - 1440) * 60);
    assert_int_equal(steps[0], 5);
    assert_int_equal(steps[1], 0); /* no server ran */
    assert_int_equal(steps[1440], 9);
    /* Of the seconds nothing is known before the start. */
    range = (struct series_range){.from = 0, .to = INT64_MAX, .step_seconds = 1};
    assert_int_equal(series_cut(&series, &range), 1);
    assert_int_equal(pthread_mutex_destroy(&series.lock), 0);
}

/* Minutes lie in a ring: the oldest and the newest have places of their own. A number that stands
 * at 0 again is 0. */
static void test_the_oldest_minute_is_not_the_newest(void **state)
{
    static int64_t steps[SERIES_STEPS_MAX];
    (void)state;
    for (int64_t minute = 1; minute <= MINUTES_KEPT; minute++) {
        count(TALLY_JOINED, minute);
        queue.active = minute % 2;
        note(minute * 60);
    }
    struct series_range range = {.from = 0};
    (void)tell_minutes_of(SERIES_JOINED, &range, steps);
    assert_int_equal(range.from, (FIRST_MINUTE + 1) * 60);
    assert_int_equal(steps[0], 2);
    range = (struct series_range){.from = 0, .latest = true};
    const size_t told = tell_minutes_of(SERIES_JOINED, &range, steps);
    assert_int_equal(steps[told - 2], MINUTES_KEPT);
    assert_int_equal(tell_minutes_of(SERIES_ACTIVE, &range, steps), told);
    assert_int_equal(steps[told - 2] + steps[told - 3], 1);
    assert_int_equal(range.to % 60, 0);
}

/* ---- The thread, with a clock that goes when it is asked ---- */

/* The clock stands after so many looks at it. */
#define LOOKS 400

static struct {
    int64_t looks, second;
    sem_t all_looked;
    size_t booked;
    struct house_minute minutes[LOOKS];
} by_clock;

struct moment __wrap_engine_now(const struct engine *engine);
struct moment __wrap_engine_now(const struct engine *engine)
{
    (void)engine;
    if (by_clock.looks < LOOKS) /* once the thread came late by two minutes and a half */
        by_clock.second += by_clock.looks == LOOKS / 2 ? 150 : 1;
    if (++by_clock.looks == LOOKS)
        (void)sem_post(&by_clock.all_looked);
    return (struct moment){.house = (BEGIN + by_clock.second) * SECOND_MS + 999};
}

void __wrap_reading_take(struct reading *taken, const struct engine *engine);
void __wrap_reading_take(struct reading *taken, const struct engine *engine)
{
    (void)engine;
    memset(taken, 0, sizeof *taken);
    taken->tally.counts[TALLY_JOINED] = by_clock.second;
}

void __wrap_metrics_answers(const struct metrics *metrics, int64_t *answers);
void __wrap_metrics_answers(const struct metrics *metrics, int64_t *answers)
{
    (void)metrics;
    memset(answers, 0, LATENCY_BUCKETS_ALL * sizeof *answers);
}

uint64_t __wrap_engine_queue(const struct engine *engine, struct queue_view *view);
uint64_t __wrap_engine_queue(const struct engine *engine, struct queue_view *view)
{
    (void)engine;
    memset(view, 0, sizeof *view);
    view->waiting = 9;
    return 1;
}

void __wrap_engine_put_minute(struct engine *engine, const struct house_minute *minute);
void __wrap_engine_put_minute(struct engine *engine, const struct house_minute *minute)
{
    (void)engine;
    assert_in_range(by_clock.booked, 0, LOOKS - 1);
    by_clock.minutes[by_clock.booked++] = *minute;
}

enum result __wrap_engine_read_minutes(const struct engine *engine, int64_t from,
                                       house_minute_visit *visit, void *owner,
                                       struct explanation *explanation);
enum result __wrap_engine_read_minutes(const struct engine *engine, int64_t from,
                                       house_minute_visit *visit, void *owner,
                                       struct explanation *explanation)
{
    (void)engine;
    (void)explanation;
    const struct house_minute hour_ago = {.minute = FIRST_MINUTE - 60, .values[SERIES_JOINED] = 1};
    assert_in_range(from, FIRST_MINUTE - MINUTES_KEPT, FIRST_MINUTE);
    visit(owner, &hour_ago);
    return RESULT_OK;
}

/* Each that ended, once and when it had, and the last one with the stop. */
static void test_each_minute_is_booked(void **state)
{
    struct explanation explanation;
    int64_t some_engine = 0, joined = 0;
    (void)state;
    memset(&series, 0, sizeof series);
    assert_int_equal(sem_init(&by_clock.all_looked, 0, 0), 0);
    assert_int_equal(series_start(&series, (struct engine *)&some_engine, NULL, &explanation),
                     RESULT_OK);
    assert_int_equal(sem_wait(&by_clock.all_looked), 0);
    series_stop(&series);
    const int64_t last = (BEGIN + by_clock.second - 1) / 60;
    assert_int_equal(by_clock.booked, last - FIRST_MINUTE + 1);
    for (size_t i = 0; i < by_clock.booked; i++) {
        assert_int_equal(by_clock.minutes[i].minute, FIRST_MINUTE + (int64_t)i);
        assert_int_equal(by_clock.minutes[i].values[SERIES_WAITING], 9);
        joined += by_clock.minutes[i].values[SERIES_JOINED];
    }
    /* The first reading had 1 of them, and the last was taken before the clock's last step. */
    assert_int_equal(joined, by_clock.second - 2);
    assert_int_equal(sem_destroy(&by_clock.all_looked), 0);
}

static void test_rates(void **state)
{
    struct series_rates rates;
    (void)state;
    series_rates(&series, &rates);
    assert_int_equal(rates.last_minute.requests, 0);
    for (int second = 1; second <= SERIES_RATE_SECONDS + 10; second++) {
        reading.house.requests += second;
        reading.house.refusals += 1;
        reading.answers[1] += 1;
        note(second);
    }
    series_rates(&series, &rates);
    assert_int_equal(rates.last_second.requests, SERIES_RATE_SECONDS + 10);
    assert_int_equal(rates.last_minute.refusals, SERIES_RATE_SECONDS);
    assert_int_equal(rates.since_start.refusals, SERIES_RATE_SECONDS + 10);
    assert_int_equal(latency_sum(rates.answers), SERIES_RATE_SECONDS);
}

static void test_percentiles(void **state)
{
    int64_t answers[LATENCY_BUCKETS_ALL] = {0};
    (void)state;
    assert_int_equal(latency_percentile(answers, 99), 0);
    answers[0] = 98;
    answers[3] = 2;
    assert_int_equal(latency_percentile(answers, 50), latency_bound(0));
    assert_int_equal(latency_percentile(answers, 98), latency_bound(0));
    assert_int_equal(latency_percentile(answers, 99), latency_bound(3));
    answers[LATENCY_BUCKETS] = 100;
    assert_int_equal(latency_percentile(answers, 99), latency_bound(LATENCY_BUCKETS - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_second_has_what_came_in_it, begin_series,
                                        end_series),
        cmocka_unit_test_setup_teardown(test_money_and_seats_that_came_back, begin_series,
                                        end_series),
        cmocka_unit_test_setup_teardown(test_longer_steps, begin_series, end_series),
        cmocka_unit_test_setup_teardown(test_seconds_that_nobody_noted, begin_series, end_series),
        cmocka_unit_test_setup_teardown(test_two_hours_are_kept, begin_series, end_series),
        cmocka_unit_test_setup_teardown(test_minutes_are_kept_for_longer, begin_series, end_series),
        cmocka_unit_test_setup_teardown(test_thirty_days_are_kept, begin_series, end_series),
        cmocka_unit_test(test_minutes_of_another_start),
        cmocka_unit_test_setup_teardown(test_the_oldest_minute_is_not_the_newest, begin_series,
                                        end_series),
        cmocka_unit_test(test_each_minute_is_booked),
        cmocka_unit_test_setup_teardown(test_rates, begin_series, end_series),
        cmocka_unit_test(test_percentiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
