/* See metrics.h, and GET /metrics: the Prometheus text format, version 0.0.4. */
#include "api/metrics.h"

#include "api/ask.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"
#include "base/process.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Longer than any line below. */
#define LINE_BYTES 384

#define MICROSECONDS_A_SECOND 1e6

void metrics_count(struct metrics *metrics, size_t route, int status, int64_t latency_us)
{
    CHECK(route <= ROUTES_MAX);
    atomic_fetch_add_explicit(&metrics->answers[route][status_place(status)], 1,
                              memory_order_relaxed);
    latency_count(&metrics->latencies[route], latency_us);
}

/* Adds what a route answered. */
static void add_route(const struct latencies *latencies, int64_t answers[LATENCY_BUCKETS_ALL])
{
    int64_t own[LATENCY_BUCKETS_ALL];
    latency_answers(latencies, own);
    for (size_t i = 0; i < LATENCY_BUCKETS_ALL; i++)
        answers[i] += own[i];
}

void metrics_answers(const struct metrics *metrics, int64_t answers[static LATENCY_BUCKETS_ALL])
{
    memset(answers, 0, LATENCY_BUCKETS_ALL * sizeof *answers);
    for (size_t i = 0; i <= ROUTES_MAX; i++)
        add_route(&metrics->latencies[i], answers);
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

/* ---- Requests ---- */

static void put_answers(struct json_writer *writer, const struct metrics *metrics)
{
    size_t count;
    const struct route *table = routes(&count);
    put(writer, "# HELP usher_http_requests_total Requests answered, by route and status.\n"
                "# TYPE usher_http_requests_total counter\n");
    for (size_t i = 0; i <= ROUTES_MAX; i++) {
        const bool known = i < count;
        for (size_t place = 0; place < STATUS_COUNT; place++) {
            const uint64_t answers = counter_value(&metrics->answers[i][place]);
            if (answers > 0)
                put(writer,
                    "usher_http_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"} %llu\n",
                    method_text(known ? table[i].method : METHOD_OTHER),
                    known ? table[i].pattern : "none", status_at(place),
                    (unsigned long long)answers);
        }
    }
}

/* One histogram. `label` is what is told of it, such as verb="HELD", or nothing. */
static void put_histogram(struct json_writer *writer, const char *name, const char *label,
                          const int64_t answers[static LATENCY_BUCKETS_ALL], uint64_t sum_us)
{
    const bool labelled = label[0] != '\0';
    const char *comma = labelled ? "," : "", *open = labelled ? "{" : "",
               *close = labelled ? "}" : "";
    int64_t sum = 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        sum += answers[i];
        put(writer, "usher_%s_bucket{%s%sle=\"%g\"} %lld\n", name, label, comma,
            (double)latency_bound(i) / MICROSECONDS_A_SECOND, (long long)sum);
    }
    sum += answers[LATENCY_BUCKETS];
    put(writer, "usher_%s_bucket{%s%sle=\"+Inf\"} %lld\n", name, label, comma, (long long)sum);
    put(writer, "usher_%s_sum%s%s%s %.6f\n", name, open, label, close,
        (double)sum_us / MICROSECONDS_A_SECOND);
    put(writer, "usher_%s_count%s%s%s %lld\n", name, open, label, close, (long long)sum);
}

/* What the routes of a verb answered; VERB_COUNT: those that ask the office nothing, and requests
 * that fit no route. Nothing for a verb that nobody asked. */
static void put_latency_of(struct json_writer *writer, const struct metrics *metrics, int verb)
{
    char label[64];
    int64_t answers[LATENCY_BUCKETS_ALL] = {0};
    uint64_t sum_us = 0;
    size_t count;
    const struct route *table = routes(&count);
    for (size_t i = 0; i <= ROUTES_MAX; i++) {
        if ((i < count ? (int)table[i].verb : VERB_COUNT) != verb)
            continue;
        add_route(&metrics->latencies[i], answers);
        sum_us += latency_sum_us(&metrics->latencies[i]);
    }
    const char *name = verb == VERB_COUNT ? "none" : verb_name((enum verb)verb);
    (void)snprintf(label, sizeof label, "verb=\"%s\"", name);
    if (latency_sum(answers) > 0)
        put_histogram(writer, "http_request_seconds", label, answers, sum_us);
}

static void put_latency(struct json_writer *writer, const struct metrics *metrics)
{
    put(writer, "# HELP usher_http_request_seconds From the headers' end to the answer, by what "
                "is asked of the office.\n# TYPE usher_http_request_seconds histogram\n");
    for (int verb = 0; verb <= VERB_COUNT; verb++)
        put_latency_of(writer, metrics, verb);
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

/* A gauge. */
static void put_seconds(struct json_writer *writer, const char *name, const char *help,
                        double seconds)
{
    put(writer, "# HELP usher_%s %s\n# TYPE usher_%s gauge\nusher_%s %.3f\n", name, help, name,
        name, seconds);
}

/* ---- The engine ---- */

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
    put(writer, "# HELP usher_append_seconds Appends to the journal, each with its sync.\n"
                "# TYPE usher_append_seconds histogram\n");
    put_histogram(writer, "append_seconds", "", counts->appends, counts->append_us);
    put_seconds(writer, "journal_lag_seconds", "How long the oldest row waits for the tables.",
                (double)counts->unbooked_ms / (double)SECOND_MS);
}

static void put_tally(struct json_writer *writer, const struct tally *tally)
{
    static const struct {
        enum tally_name name;
        const char *text;
    } told[] = {
        {TALLY_JOINED, "joined"},           {TALLY_ADMITTED, "admitted"},
        {TALLY_PASSED_OVER, "passed_over"}, {TALLY_HOLDS, "holds"},
        {TALLY_EXPIRED, "expired"},         {TALLY_SOLD, "sold"},
        {TALLY_RETURNED, "returned"},
    };
    put(writer,
        "# HELP usher_happenings_total What happened, by what: people who joined, were let in "
        "or passed over; holds made and expired; seats sold and returned.\n"
        "# TYPE usher_happenings_total counter\n");
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        put(writer, "usher_happenings_total{what=\"%s\"} %lld\n", told[i].text,
            (long long)tally->counts[told[i].name]);
}

/* ---- Seats and people ---- */

/* Over the rounds that are in memory. */
static void put_seats(struct json_writer *writer, const struct engine *engine)
{
    int64_t available = 0, held = 0, sold = 0, blocked = 0;
    const struct catalogue_snapshot *catalogue = engine_catalogue(engine);
    for (size_t i = 0; i < catalogue->round_count; i++) {
        const struct catalogue_round *row = &catalogue->rounds[i];
        const struct round_snapshot *round = row->live ? engine_round(engine, row->round.id) : NULL;
        if (round == NULL)
            continue;
        available += round->available;
        held += round->held;
        sold += round->sold;
        blocked += round->blocked;
        engine_round_release(round);
    }
    engine_catalogue_release(catalogue);
    put(writer,
        "# HELP usher_seats Seats of rounds that are not over, by what they are.\n"
        "# TYPE usher_seats gauge\nusher_seats{status=\"available\"} %lld\n"
        "usher_seats{status=\"held\"} %lld\n",
        (long long)available, (long long)held);
    put(writer, "usher_seats{status=\"sold\"} %lld\nusher_seats{status=\"blocked\"} %lld\n",
        (long long)sold, (long long)blocked);
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

/* ---- The machine ---- */

static void put_state(struct json_writer *writer, const struct api *api)
{
    const struct moment now = engine_now(api->engine);
    const struct named_number ready = {"ready", "gauge",
                                       "1 while writes are taken; 0: the disk takes none, or the "
                                       "office is loaded again.",
                                       engine_state(api->engine) == ENGINE_READY};
    put(writer,
        "# HELP usher_build_info The program that answers.\n# TYPE usher_build_info gauge\n"
        "usher_build_info{version=\"%s\"} 1\n",
        api->version);
    put_numbers(writer, &ready, 1);
    put_seconds(writer, "clock_offset_seconds",
                "The system's clock less house time, by which deadlines run.",
                (double)(now.wall - now.house) / (double)SECOND_MS);
}

/* Under the names that Prometheus's own clients have for them. */
static void put_process(struct json_writer *writer)
{
    struct process_use use;
    process_use(&use);
    put(writer,
        "# HELP process_resident_memory_bytes Memory in use.\n"
        "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes %llu\n",
        (unsigned long long)use.memory_bytes);
    put(writer,
        "# HELP process_open_fds Open descriptors.\n# TYPE process_open_fds gauge\n"
        "process_open_fds %zu\n",
        use.descriptors);
    put(writer,
        "# HELP process_max_fds Descriptors that there may be.\n# TYPE process_max_fds gauge\n"
        "process_max_fds %zu\n",
        use.descriptors_max);
}

static void put_certificate(struct json_writer *writer, struct http_server *server)
{
    const timestamp_ms end = http_certificate_end(server);
    if (end != 0)
        put_seconds(writer, "certificate_end_timestamp_seconds",
                    "Until when the certificate is good, in seconds since 1970.",
                    (double)end / (double)SECOND_MS);
}

/* Counts of connections. */
static void put_connections(struct json_writer *writer, const struct http_server *server)
{
    struct http_counts counts;
    http_counts(server, &counts);
    const struct named_number numbers[] = {
        {"http_connections", "gauge", "Open connections.", counts.open},
        {"http_connections_max", "gauge", "Connections that there may be.",
         http_connections_max(server)},
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

static void put_streams(struct json_writer *writer, const struct api *api)
{
    const struct named_number numbers[] = {
        {"streams", "gauge", "Streams of events that are open.",
         atomic_load(&api->event_streams.open)},
        {"streams_max", "gauge", "Streams of events that there may be.",
         atomic_load(&api->streams_max)},
    };
    put_numbers(writer, numbers, sizeof numbers / sizeof numbers[0]);
}

static void put_all(struct json_writer *writer, struct api *api)
{
    struct engine_counts counts;
    struct queue_view view;
    engine_counts(api->engine, &counts);
    (void)engine_queue(api->engine, &view);
    put_state(writer, api);
    put_answers(writer, &api->metrics);
    put_latency(writer, &api->metrics);
    put_connections(writer, api->server);
    put_streams(writer, api);
    put_queue(writer, &view);
    put_seats(writer, api->engine);
    put_engine_metrics(writer, &counts);
    put_tally(writer, &counts.tally);
    put_process(writer);
    put_certificate(writer, api->server);
}

enum result api_write_metrics(struct api *api, struct buffer *out)
{
    struct json_writer writer;
    json_write_init(&writer, out);
    put_all(&writer, api);
    return writer.failed ? RESULT_NO_MEMORY : RESULT_OK;
}

static void answer_metrics(struct enquiry *enquiry)
{
    put_all(reply_begin(enquiry), enquiry->api);
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
