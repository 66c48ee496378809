/* See series.h. */
#include "api/series.h"

#include "base/check.h"
#include "base/thread.h"
#include "engine/clock.h"

#include <errno.h>
#include <string.h>

const char *const series_name_texts[SERIES_COUNT] = {
#define SERIES(name, json, together) json,
#include "api/series.def"
};

const char *const series_step_texts[SERIES_STEP_COUNT] = {
    [SERIES_STEP_SECOND] = "1s",
    [SERIES_STEP_TEN_SECONDS] = "10s",
    [SERIES_STEP_MINUTE] = "1m",
};

int64_t series_step_seconds(enum series_step step)
{
    switch (step) {
    case SERIES_STEP_SECOND:
        return 1;
    case SERIES_STEP_TEN_SECONDS:
        return 10;
    case SERIES_STEP_MINUTE:
        return 60;
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
    if (series->reading_count == 0)
        series->first = series->next = now;
    else
        keep_seconds(series, now, reading, queue);
    series->readings[series->reading_count++ % (SERIES_RATE_SECONDS + 1)] = *reading;
    unlock_series(series);
}

/* ---- The thread ---- */

static void take_reading(struct series *series)
{
    struct series_reading reading;
    struct queue_view queue;
    reading_take(&reading.house, series->engine);
    latency_answers(series->latencies, reading.answers);
    (void)engine_queue(series->engine, &queue);
    series_note(series, engine_now(series->engine).house / SECOND_MS, &reading, &queue);
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

enum result series_start(struct series *series, const struct engine *engine,
                         const struct latencies *latencies)
{
    CHECK(!series->started && series->reading_count == 0);
    series->engine = engine;
    series->latencies = latencies;
    CHECK(pthread_mutex_init(&series->lock, NULL) == 0);
    CHECK(pthread_cond_init(&series->end, NULL) == 0);
    take_reading(series);
    const enum result result = thread_start(&series->thread, "usher-series", series_run, series);
    series->started = result == RESULT_OK;
    return result;
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

size_t series_cut(struct series *series, struct series_range *range)
{
    const int64_t step = range->step_seconds;
    CHECK(step >= 1);
    lock_series(series);
    if (range->from < series->first)
        range->from = series->first;
    if (range->to > series->next)
        range->to = series->next;
    unlock_series(series);
    range->from -= range->from % step;
    if (range->to <= range->from)
        range->to = range->from;
    const size_t steps = (size_t)((range->to - range->from + step - 1) / step);
    range->to = range->from + (int64_t)steps * step;
    CHECK(steps <= SERIES_SECONDS);
    return steps;
}

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
#define SERIES(name, json, how) [SERIES_##name] = TOGETHER_##how,
#include "api/series.def"
};

void series_tell(struct series *series, const struct series_range *range, enum series_name name,
                 int64_t *steps, size_t count)
{
    CHECK((unsigned)name < SERIES_COUNT && count <= SERIES_SECONDS);
    memset(steps, 0, count * sizeof *steps);
    lock_series(series);
    for (int64_t second = range->from; second < range->to; second++)
        if (second >= series->first && second < series->next)
            together[name](&steps[(second - range->from) / range->step_seconds],
                           values_at(series, second)[name]);
    unlock_series(series);
}
