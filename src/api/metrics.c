/* See metrics.h, and GET /metrics: the Prometheus text format, version 0.0.4. */
#include "api/metrics.h"

#include "api/ask.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>

/* Longer than any line below. */
#define LINE_BYTES 256

void metrics_count(struct metrics *metrics, size_t route, int status, int64_t latency_us)
{
    CHECK(route <= ROUTES_MAX && status >= 100 && status < 600);
    atomic_fetch_add_explicit(&metrics->answers[route][status / 100 - 1], 1, memory_order_relaxed);
    latency_count(&metrics->latencies, latency_us);
}

static uint64_t counter_value(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

__attribute__((format(printf, 2, 3))) static void put(struct json_writer *writer,
                                                      const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && (size_t)length < sizeof line);
    if (buffer_reserve(writer->out, (size_t)length) == RESULT_OK)
        buffer_append(writer->out, line, (size_t)length);
    else
        writer->failed = true;
}

static void put_answers(struct json_writer *writer, const struct metrics *metrics)
{
    size_t count;
    const struct route *table = routes(&count);
    put(writer, "# HELP usher_http_requests_total Requests answered, by route and class of "
                "status.\n# TYPE usher_http_requests_total counter\n");
    for (size_t i = 0; i <= ROUTES_MAX; i++) {
        const bool known = i < count;
        for (int hundreds = 1; hundreds <= METRICS_CLASSES; hundreds++) {
            const uint64_t answers = counter_value(&metrics->answers[i][hundreds - 1]);
            if (answers > 0)
                put(writer,
                    "usher_http_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} %llu\n",
                    method_text(known ? table[i].method : METHOD_OTHER),
                    known ? table[i].pattern : "none", hundreds, (unsigned long long)answers);
        }
    }
}

static void put_latency(struct json_writer *writer, const struct metrics *metrics)
{
    put(writer, "# HELP usher_http_request_seconds From the headers' end to the answer.\n"
                "# TYPE usher_http_request_seconds histogram\n");
    int64_t answers[LATENCY_BUCKETS_ALL];
    int64_t sum = 0;
    latency_answers(&metrics->latencies, answers);
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        sum += answers[i];
        put(writer, "usher_http_request_seconds_bucket{le=\"%g\"} %llu\n",
            (double)latency_bound(i) / 1e6, (unsigned long long)sum);
    }
    sum += answers[LATENCY_BUCKETS];
    put(writer, "usher_http_request_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)sum);
    put(writer, "usher_http_request_seconds_sum %.6f\nusher_http_request_seconds_count %llu\n",
        (double)counter_value(&metrics->latencies.sum_us) / 1e6, (unsigned long long)sum);
}

struct named_number {
    const char *name, *type, *help;
    uint64_t value;
};

static void put_numbers(struct json_writer *writer, const struct named_number *numbers,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(writer, "# HELP usher_%s %s\n# TYPE usher_%s %s\nusher_%s %llu\n", numbers[i].name,
            numbers[i].help, numbers[i].name, numbers[i].type, numbers[i].name,
            (unsigned long long)numbers[i].value);
}

static void put_verbs(struct json_writer *writer, const struct engine_counts *counts)
{
    put(writer, "# HELP usher_calls_total Calls that the office granted, by verb.\n"
                "# TYPE usher_calls_total counter\n");
    for (int verb = 0; verb < VERB_COUNT; verb++)
        put(writer, "usher_calls_total{verb=\"%s\"} %llu\n", verb_name((enum verb)verb),
            (unsigned long long)counts->answers[verb]);
    put(writer, "# HELP usher_refusals_total Calls that were refused, by refusal.\n"
                "# TYPE usher_refusals_total counter\n");
    for (int refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++)
        put(writer, "usher_refusals_total{refusal=\"%s\"} %llu\n",
            refusal_schema((enum refusal)refusal)->name,
            (unsigned long long)counts->refusals[refusal]);
}

static void put_engine_metrics(struct json_writer *writer, const struct engine_counts *counts)
{
    const struct office_counts *office = &counts->office;
    const struct store_counts *store = &counts->store;
    const struct named_number numbers[] = {
        {"batches_total", "counter", "Batches written.", counts->batches},
        {"batch_requests_total", "counter", "Requests decided in batches.", counts->requests},
        {"records_total", "counter", "Records written.", counts->records},
        {"inbox_full_total", "counter", "Requests turned away at a full inbox.",
         counts->refused_full},
        {"failed_appends_total", "counter", "Appends that the disk failed.",
         counts->failed_appends},
        {"reloads_total", "counter", "Reloads after a failed append.", counts->reloads},
        {"append_nanoseconds_total", "counter", "Time spent in appends.",
         counts->append_nanoseconds},
        {"inbox_length", "gauge", "Requests waiting for the engine.", counts->inbox_length},
        {"password_line", "gauge", "Passwords waiting to be hashed.", counts->password_line},
        {"reader_line", "gauge", "Look-ups waiting for a reader.", counts->reader_line},
        {"change_waits", "gauge", "Requests that wait for the next change.", counts->change_waits},
        {"unbooked_rows", "gauge", "Rows that the tables do not have yet.", counts->unbooked},
        {"journal_seq", "gauge", "The journal's last sequence number.", counts->seq},
        {"booked_seq", "gauge", "The sequence number that the tables have.", counts->booked_seq},
        {"journal_bytes", "gauge", "Size of the journal file.", store->journal_bytes},
        {"appended_bytes_total", "counter", "Bytes of records appended.", store->appended_bytes},
        {"booked_rows_total", "counter", "Rows copied to the tables.", store->booked_rows},
        {"live_users", "gauge", "Users in memory.", office->users},
        {"live_sessions", "gauge", "Sessions in memory.", office->sessions},
        {"live_tokens", "gauge", "Queue tokens in memory.", office->tokens},
        {"live_concerts", "gauge", "Concerts in memory.", office->concerts},
        {"live_rounds", "gauge", "Rounds in memory.", office->rounds},
        {"live_seats", "gauge", "Seats in memory.", office->seats},
        {"live_reservations", "gauge", "Reservations in memory.", office->reservations},
        {"live_payments", "gauge", "Payments in memory.", office->payments},
        {"finished_waiting", "gauge", "Ended rows that are not booked yet.",
         office->finished_waiting},
    };
    put_numbers(writer, numbers, sizeof numbers / sizeof numbers[0]);
    put_verbs(writer, counts);
}

static void put_queue(struct json_writer *writer, const struct queue_view *view)
{
    const struct named_number numbers[] = {
        {"queue_serving", "gauge", "The highest number admitted or passed over.",
         (uint64_t)view->serving},
        {"queue_last_number", "gauge", "The last number given.", (uint64_t)view->last_number},
        {"queue_waiting", "gauge", "People waiting.", (uint64_t)view->waiting},
        {"queue_active", "gauge", "People let in.", (uint64_t)view->active},
        {"queue_max_active", "gauge", "People who may be in at once.", (uint64_t)view->max_active},
    };
    put_numbers(writer, numbers, sizeof numbers / sizeof numbers[0]);
}

static void put_clock_metrics(struct json_writer *writer, struct moment now)
{
    put(writer,
        "# HELP usher_clock_offset_seconds The system's clock less house time, by which deadlines "
        "run.\n"
        "# TYPE usher_clock_offset_seconds gauge\nusher_clock_offset_seconds %.3f\n",
        (double)(now.wall - now.house) / (double)SECOND_MS);
}

/* Counts of connections. */
static void put_connections(struct json_writer *writer, const struct http_server *server)
{
    struct http_counts counts;
    http_counts(server, &counts);
    const struct named_number numbers[] = {
        {"http_connections", "gauge", "Open connections.", counts.open},
        {"http_requests_in_flight", "gauge", "Requests that are there and not answered yet.",
         counts.answering},
        {"http_connections_total", "counter", "Connections let in.", counts.accepted},
        {"http_turned_away_total", "counter", "Connections closed as they came.",
         counts.turned_away},
        {"http_made_room_total", "counter", "Connections closed to make room for others.",
         counts.made_room},
        {"http_slow_heads_total", "counter", "Connections whose request did not come in time.",
         counts.slow_heads},
        {"http_slow_bodies_total", "counter", "Bodies that came in too slowly.",
         counts.slow_bodies},
        {"http_slow_readers_total", "counter", "Answers that were taken too slowly.",
         counts.slow_readers},
        {"http_idle_turns_total", "counter",
         "Times that a thread was told of a socket and nothing came of it.", counts.idle_turns},
    };
    put_numbers(writer, numbers, sizeof numbers / sizeof numbers[0]);
}

static void answer_metrics(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    struct engine_counts counts;
    struct queue_view view;
    engine_counts(api->engine, &counts);
    (void)engine_queue(api->engine, &view);
    struct json_writer *writer = reply_begin(enquiry);
    put_answers(writer, &api->metrics);
    put_latency(writer, &api->metrics);
    put_connections(writer, enquiry->exchange.server);
    put_queue(writer, &view);
    put_engine_metrics(writer, &counts);
    put_clock_metrics(writer, engine_now(api->engine));
    reply_text(enquiry, STATUS_OK, "text/plain; version=0.0.4", "no-store");
}

static void answer_allowed(struct enquiry *enquiry)
{
    if (!problem_of_call(enquiry))
        answer_metrics(enquiry);
}

/* Where people buy, only those see the numbers who have their scope, and the office knows who has.
 * At metrics-listen anybody who reaches the address does. */
void get_metrics(struct enquiry *enquiry)
{
    if (enquiry->exchange.operations_only) {
        answer_metrics(enquiry);
        return;
    }
    (void)ask_call(enquiry);
    enquiry_submit(enquiry, answer_allowed);
}
