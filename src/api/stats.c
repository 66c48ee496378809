/* GET /v1/stats and its series: how the house is, and how it was second by second. The office says
 * who may see counts; the numbers are the snapshots' and the series'. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"

/* ---- Now ---- */

static struct shown_latency latency_of(const int64_t answers[static LATENCY_BUCKETS_ALL])
{
    return (struct shown_latency){.answers = latency_sum(answers),
                                  .p50 = latency_percentile(answers, 50),
                                  .p90 = latency_percentile(answers, 90),
                                  .p99 = latency_percentile(answers, 99)};
}

static struct shown_journal journal_of(const struct engine *engine)
{
    struct engine_counts counts;
    engine_counts(engine, &counts);
    return (struct shown_journal){.seq = (int64_t)counts.seq,
                                  .booked_seq = (int64_t)counts.booked_seq,
                                  .unbooked = (int64_t)counts.unbooked,
                                  .bytes = (int64_t)counts.store.journal_bytes,
                                  .failed_appends = (int64_t)counts.failed_appends,
                                  .waiting_requests = (int64_t)counts.inbox_length};
}

static void answer_stats(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    struct series_rates rates;
    if (problem_of_call(enquiry))
        return;
    series_rates(&api->series, &rates);
    struct shown_stats stats = {.at = engine_now(api->engine).wall,
                                .last_second = rates.last_second,
                                .last_minute = rates.last_minute,
                                .since_start = rates.since_start,
                                .latency = latency_of(rates.answers),
                                .journal = journal_of(api->engine)};
    (void)engine_queue(api->engine, &stats.queue);
    object_write(reply_begin(enquiry), OBJECT_stats, &stats, NULL);
    reply_private(enquiry, STATUS_OK);
}

void get_stats(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_stats);
}

/* ---- Second by second, and minute by minute ---- */

struct series_question {
    timestamp_ms from, to;
    enum series_step step;
    uint64_t wanted; /* a bit for each series */
};

/* One array for each series that is wanted, in memory of the enquiry's. False: there is none. */
static bool gather_series(struct enquiry *enquiry, const struct series_question *question,
                          const struct series_range *range, size_t steps,
                          struct shown_series_values *shown)
{
    for (int name = 0; name < SERIES_COUNT; name++) {
        if ((question->wanted >> name & 1) == 0)
            continue;
        int64_t *values = exchange_allocate(&enquiry->exchange, steps * sizeof *values);
        if (values == NULL)
            return false;
        series_tell(&enquiry->api->series, range, (enum series_name)name, values, steps);
        shown->values[name] = values;
        shown->counts[name] = steps;
    }
    return true;
}

static void answer_series(struct enquiry *enquiry)
{
    const struct series_question *question = enquiry->work;
    if (problem_of_call(enquiry))
        return;
    struct series_range range = {.from = question->from / SECOND_MS,
                                 .to = question->to / SECOND_MS,
                                 .step_seconds = series_step_seconds(question->step),
                                 .latest = question->from == 0};
    const size_t steps = series_cut(&enquiry->api->series, &range);
    struct shown_series series = {
        .from = range.from * SECOND_MS, .to = range.to * SECOND_MS, .step = question->step};
    if (!gather_series(enquiry, question, &range, steps, &series.metrics)) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return;
    }
    object_write(reply_begin(enquiry), OBJECT_series, &series, NULL);
    reply_private(enquiry, STATUS_OK);
}

void get_stats_series(struct enquiry *enquiry)
{
    struct series_question *question = ask_work(enquiry, sizeof *question);
    struct wanted_value step;
    if (question == NULL)
        return;
    question->to = TIMESTAMP_END_MS;
    if (!query_time(enquiry, "from", &question->from) ||
        !query_time(enquiry, "to", &question->to) ||
        !query_in_order(enquiry, question->from, question->to) ||
        !query_choice(enquiry, "step", series_step_texts, SERIES_STEP_COUNT, &step) ||
        !query_set(enquiry, "metrics", series_name_texts, SERIES_COUNT, &question->wanted))
        return;
    question->step = step.given ? (enum series_step)step.value : SERIES_STEP_TEN_SECONDS;
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_series);
}
