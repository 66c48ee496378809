/* See series.h. */
#include "api/series.h"

#include "api/metrics.h"

#include "base/check.h"
#include "base/thread.h"
#include "engine/clock.h"

#include <errno.h>
#include <string.h>

const char *const series_name_texts[SERIES_COUNT] = {
#define SERIES(name, column, json, together) json,
#include "read/house_minute.def"
};

const char *const series_step_texts[SERIES_STEP_COUNT] = {
    [SERIES_STEP_SECOND] = "1s",
    [SERIES_STEP_TEN_SECONDS] = "10s",
    [SERIES_STEP_MINUTE] = "1m",
};

#define SECONDS_A_MINUTE 60

int64_t series_step_seconds(enum series_step step)
{
    switch (step) {
    case SERIES_STEP_SECOND:
        return 1;
    case SERIES_STEP_TEN_SECONDS:
        return 10;
    case SERIES_STEP_MINUTE:
        return SECONDS_A_MINUTE;
    case SERIES_STEP_COUNT:
        break;
    }
    UNREACHABLE("a step of the series");
}

static void lock_series(struct series *series)
{
    CHECK(pthread_mutex_lock(&series->lock) == 0);
}

static void unlock_series(struct series *series)
{
    CHECK(pthread_mutex_unlock(&series->lock) == 0);
}

/* ---- Together ---- */

static void add_sum(int64_t *step, int64_t value)
{
    *step += value;
}

static void add_last(int64_t *step, int64_t value)
{
    *step = value;
}

static void add_most(int64_t *step, int64_t value)
{
    if (value > *step)
        *step = value;
}

static void (*const together[SERIES_COUNT])(int64_t *step, int64_t value) = {
#define TOGETHER_SUM add_sum
#define TOGETHER_LAST add_last
#define TOGETHER_MOST add_most
#define SERIES(name, column, json, how) [SERIES_##name] = TOGETHER_##how,
#include "read/house_minute.def"
};

/* ---- Keeping ---- */

static int64_t *values_at(struct series *series, int64_t second)
{
    return series->values[second % SERIES_SECONDS];
}

/* The reading that was taken so many before the last; 0 is the last. */
static const struct series_reading *reading_before(const struct series *series, uint64_t back)
{
    CHECK(back < series->reading_count && back <= SERIES_RATE_SECONDS);
    return &series->readings[(series->reading_count - 1 - back) % (SERIES_RATE_SECONDS + 1)];
}

static void answers_since(const struct series_reading *before, const struct series_reading *now,
                          int64_t answers[static LATENCY_BUCKETS_ALL])
{
    for (size_t i = 0; i < LATENCY_BUCKETS_ALL; i++)
        answers[i] = now->answers[i] - before->answers[i];
}

static void set_counts(int64_t *values, const struct series_reading *before,
                       const struct series_reading *now)
{
    const struct tally happened = reading_since(&before->house, &now->house).tally;
    int64_t answers[LATENCY_BUCKETS_ALL];
    answers_since(before, now, answers);
    values[SERIES_JOINED] = happened.counts[TALLY_JOINED];
    values[SERIES_ADMITTED] = happened.counts[TALLY_ADMITTED];
    values[SERIES_PASSED_OVER] = happened.counts[TALLY_PASSED_OVER];
    values[SERIES_HOLDS] = happened.counts[TALLY_HOLDS];
    values[SERIES_EXPIRED] = happened.counts[TALLY_EXPIRED];
    values[SERIES_SOLD] = happened.counts[TALLY_SOLD];
    values[SERIES_REFUNDED] = happened.counts[TALLY_RETURNED];
    values[SERIES_REVENUE] = happened.counts[TALLY_PAID] - happened.counts[TALLY_REFUNDED];
    values[SERIES_REQUESTS] = latency_sum(answers);
    values[SERIES_P99] = latency_percentile(answers, 99);
}

static int64_t *minute_at(struct series *series, int64_t minute)
{
    return series->minutes[minute % MINUTES_KEPT];
}

/* Keeps the minute, which may be kept already, and those before it that nobody noted. */
static void reach_minute(struct series *series, int64_t minute)
{
    if (series->next_minute == 0)
        series->first_minute = series->next_minute = minute;
    if (minute - series->next_minute >= MINUTES_KEPT) /* nothing that is kept would be left */
        series->first_minute = series->next_minute = minute;
    while (series->next_minute <= minute)
        memset(minute_at(series, series->next_minute++), 0, sizeof series->minutes[0]);
    if (series->next_minute - series->first_minute > MINUTES_KEPT)
        series->first_minute = series->next_minute - MINUTES_KEPT;
}

static void add_to_minute(struct series *series, int64_t second, const int64_t *values)
{
    reach_minute(series, second / SECONDS_A_MINUTE);
    int64_t *minute = minute_at(series, second / SECONDS_A_MINUTE);
    for (size_t name = 0; name < SERIES_COUNT; name++)
        together[name](&minute[name], values[name]);
}

/* House time goes on where it was, so no minute is newer than the first reading. */
void series_remember(struct series *series, const struct house_minute *minute)
{
    if (minute->minute < series->next_minute - 1 || minute->minute <= 0)
        return;
    reach_minute(series, minute->minute);
    memcpy(minute_at(series, minute->minute), minute->values, sizeof minute->values);
}

/* The seconds that are over and have no numbers yet: what was counted stands in the first of them,
 * since nobody knows more of a thread that came late. */
static void keep_seconds(struct series *series, int64_t now, const struct series_reading *reading,
                         const struct queue_view *queue)
{
    const struct series_reading *before = reading_before(series, 0);
    if (now - series->next > SERIES_SECONDS) /* nothing that is kept would be left */
        series->first = series->next = now - 1;
    for (int64_t second = series->next; second < now; second++) {
        int64_t *values = values_at(series, second);
        memset(values, 0, sizeof series->values[0]);
        if (second == series->next)
            set_counts(values, before, reading);
        values[SERIES_WAITING] = queue->waiting;
        values[SERIES_ACTIVE] = queue->active;
        values[SERIES_HELD] = queue->sales.held;
        add_to_minute(series, second, values);
    }
    series->next = now;
    if (series->next - series->first > SERIES_SECONDS)
        series->first = series->next - SERIES_SECONDS;
}

void series_note(struct series *series, int64_t now, const struct series_reading *reading,
                 const struct queue_view *queue)
{
    CHECK(now >= series->next);
    lock_series(series);
    if (series->reading_count > 0) {
        keep_seconds(series, now, reading, queue);
    } else {
        series->first = series->next = now;
        reach_minute(series, now / SECONDS_A_MINUTE);
    }
    series->readings[series->reading_count++ % (SERIES_RATE_SECONDS + 1)] = *reading;
    unlock_series(series);
}

void series_minute(struct series *series, int64_t minute, struct house_minute *kept)
{
    lock_series(series);
    CHECK(minute >= series->first_minute && minute < series->next_minute);
    kept->minute = minute;
    memcpy(kept->values, minute_at(series, minute), sizeof kept->values);
    unlock_series(series);
}

/* ---- The thread ---- */

static void book_minute(struct series *series, int64_t minute)
{
    struct house_minute kept;
    series_minute(series, minute, &kept);
    engine_put_minute(series->engine, &kept);
}

/* Of those that were under way at the reading before. A thread that came late may see several end.
 */
static void book_ended(struct series *series, int64_t minute)
{
    if (minute < series->first_minute)
        minute = series->first_minute;
    for (; minute < series->next_minute - 1; minute++)
        book_minute(series, minute);
}

static void take_reading(struct series *series)
{
    struct series_reading reading;
    struct queue_view queue;
    reading_take(&reading.house, series->engine);
    metrics_answers(series->metrics, reading.answers);
    (void)engine_queue(series->engine, &queue);
    /* This thread alone changes both. */
    const bool is_first = series->reading_count == 0;
    const int64_t under_way = series->next_minute - 1;
    series_note(series, engine_now(series->engine).house / SECOND_MS, &reading, &queue);
    if (!is_first)
        book_ended(series, under_way);
}

/* Waits for the next second to begin. False: it shall stop. */
static bool wait_for_second(struct series *series)
{
    const int64_t ms = SECOND_MS - engine_now(series->engine).house % SECOND_MS;
    const uint64_t until_ns = monotonic_nanoseconds() + (uint64_t)ms * 1000000;
    const struct timespec until = {.tv_sec = (time_t)(until_ns / 1000000000),
                                   .tv_nsec = (long)(until_ns % 1000000000)};
    int woken = 0;
    lock_series(series);
    while (!series->stop && woken != ETIMEDOUT)
        woken = pthread_cond_clockwait(&series->end, &series->lock, CLOCK_MONOTONIC, &until);
    const bool stop = series->stop;
    unlock_series(series);
    return !stop;
}

static void *series_run(void *argument)
{
    struct series *series = argument;
    thread_be_nice();
    while (wait_for_second(series))
        take_reading(series);
    return NULL;
}

static void remember(void *owner, const struct house_minute *minute)
{
    series_remember(owner, minute);
}

enum result series_start(struct series *series, struct engine *engine,
                         const struct metrics *metrics, struct explanation *explanation)
{
    CHECK(!series->started && series->reading_count == 0);
    series->engine = engine;
    series->metrics = metrics;
    CHECK(pthread_mutex_init(&series->lock, NULL) == 0);
    CHECK(pthread_cond_init(&series->end, NULL) == 0);
    const int64_t now = engine_now(engine).house / SECOND_MS / SECONDS_A_MINUTE;
    enum result result =
        engine_read_minutes(engine, now - MINUTES_KEPT + 1, remember, series, explanation);
    if (result != RESULT_OK)
        return result;
    take_reading(series);
    result = thread_start(&series->thread, "usher-series", series_run, series);
    series->started = result == RESULT_OK;
    return result == RESULT_OK
               ? result
               : explain(explanation, result, "no thread for the numbers of the house");
}

void series_stop(struct series *series)
{
    if (series->engine == NULL)
        return;
    if (series->started) {
        lock_series(series);
        series->stop = true;
        CHECK(pthread_cond_signal(&series->end) == 0);
        unlock_series(series);
        thread_join(series->thread);
        if (series->next_minute > 0)
            book_minute(series, series->next_minute - 1);
    }
    CHECK(pthread_cond_destroy(&series->end) == 0);
    CHECK(pthread_mutex_destroy(&series->lock) == 0);
}

/* ---- Telling ---- */

void series_rates(struct series *series, struct series_rates *rates)
{
    *rates = (struct series_rates){0};
    lock_series(series);
    const uint64_t taken = series->reading_count;
    if (taken > 0) {
        const uint64_t minute = taken <= SERIES_RATE_SECONDS ? taken - 1 : SERIES_RATE_SECONDS;
        const struct series_reading *last = reading_before(series, 0);
        const struct series_reading *second = reading_before(series, taken > 1 ? 1 : 0);
        const struct series_reading *first = reading_before(series, minute);
        rates->last_second = reading_since(&second->house, &last->house);
        rates->last_minute = reading_since(&first->house, &last->house);
        rates->since_start = last->house;
        answers_since(first, last, rates->answers);
    }
    unlock_series(series);
}

static bool is_of_minutes(const struct series_range *range)
{
    return range->step_seconds == SECONDS_A_MINUTE;
}

size_t series_cut(struct series *series, struct series_range *range)
{
    const int64_t step = range->step_seconds;
    CHECK(step >= 1);
    lock_series(series);
    const int64_t first =
        is_of_minutes(range) ? series->first_minute * SECONDS_A_MINUTE : series->first;
    if (range->from < first)
        range->from = first;
    if (range->to > series->next)
        range->to = series->next;
    unlock_series(series);
    range->from -= range->from % step;
    if (range->to <= range->from)
        range->to = range->from;
    int64_t steps = (range->to - range->from + step - 1) / step;
    if (steps > SERIES_STEPS_MAX && range->latest)
        range->from += (steps - SERIES_STEPS_MAX) * step;
    if (steps > SERIES_STEPS_MAX)
        steps = SERIES_STEPS_MAX;
    range->to = range->from + steps * step;
    return (size_t)steps;
}

static void tell_seconds(struct series *series, const struct series_range *range,
                         enum series_name name, int64_t *steps)
{
    for (int64_t second = range->from; second < range->to; second++)
        if (second >= series->first && second < series->next)
            together[name](&steps[(second - range->from) / range->step_seconds],
                           values_at(series, second)[name]);
}

static void tell_minutes(struct series *series, const struct series_range *range,
                         enum series_name name, int64_t *steps)
{
    const int64_t from = range->from / SECONDS_A_MINUTE, to = range->to / SECONDS_A_MINUTE;
    for (int64_t minute = from; minute < to; minute++)
        if (minute >= series->first_minute && minute < series->next_minute)
            steps[minute - from] = minute_at(series, minute)[name];
}

void series_tell(struct series *series, const struct series_range *range, enum series_name name,
                 int64_t *steps, size_t count)
{
    CHECK((unsigned)name < SERIES_COUNT && count <= SERIES_STEPS_MAX);
    memset(steps, 0, count * sizeof *steps);
    lock_series(series);
    if (is_of_minutes(range))
        tell_minutes(series, range, name, steps);
    else
        tell_seconds(series, range, name, steps);
    unlock_series(series);
}
