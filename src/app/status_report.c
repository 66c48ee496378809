/* See status_report.h. */
#include "app/status_report.h"

#include "app/status_page.h"
#include "app/status_wrong.h"
#include "base/check.h"
#include "base/process.h"

#include <inttypes.h>
#include <stdio.h>

/* Rounds that are told one by one: those that begin first. A house has a few on sale. */
#define ROUNDS_TOLD_MAX 20

#define MICROSECONDS_A_SECOND 1e6

static const char *state_name(enum engine_state state)
{
    switch (state) {
    case ENGINE_READY:
        return "ready";
    case ENGINE_DEGRADED:
        return "degraded (read only)";
    case ENGINE_LOADING:
        return "loading";
    case ENGINE_DRAINING:
        return "stopping";
    }
    UNREACHABLE("engine state");
}

static void put_engine_state(struct status_page *page, enum engine_state state, timestamp_ms since)
{
    status_put_text(page, "state", "state", state_name(state));
    status_put_time(page, "since", "since", since);
}

static void put_loading(struct status_page *page, const struct status_subject *subject)
{
    const struct store_upgrade *upgrade = &subject->upgrade;
    put_engine_state(page, ENGINE_LOADING, subject->started_at);
    if (upgrade->to == 0 || upgrade->stage == STORE_UPGRADE_DONE)
        return;
    status_put_line(page, "upgrade", "%u %% of %" PRIu64 " rows, about %u s in all",
                    upgrade->percent, upgrade->rows, upgrade->seconds);
    if (!page->json)
        return;
    json_write_object_member_begin(&page->writer, "upgrade");
    json_write_integer_member(&page->writer, "percent", upgrade->percent);
    json_write_integer_member(&page->writer, "rows", (int64_t)upgrade->rows);
    json_write_integer_member(&page->writer, "aboutSeconds", upgrade->seconds);
    json_write_object_end(&page->writer);
}

static void put_wrong(struct status_page *page, const struct status_subject *subject)
{
    struct status_wrong wrong;
    status_find_wrong(subject, &wrong);
    if (page->json)
        json_write_array_member_begin(&page->writer, "wrong");
    for (size_t i = 0; i < wrong.count; i++) {
        status_put_line(page, "wrong", "%s", wrong.sentences[i]);
        if (page->json)
            json_write_text(&page->writer, wrong.sentences[i]);
    }
    if (page->json)
        json_write_array_end(&page->writer);
    else if (wrong.count == 0)
        status_put_line(page, "wrong", "nothing");
}

static void put_server(struct status_page *page, struct http_server *server)
{
    const timestamp_ms end = http_certificate_end(server);
    status_put_text(page, "listening", "listening", http_url(server));
    status_put_count(page, "connections", "connections", (int64_t)http_connections(server));
    status_put_count(page, "connections at most", "connectionsMax",
                     (int64_t)http_connections_max(server));
    if (end != 0)
        status_put_time(page, "certificate until", "certificateUntil", end);
}

static void put_clock(struct status_page *page, const struct engine *engine)
{
    const struct moment now = engine_now(engine);
    const int64_t shown_ms = engine_shown_offset(engine);
    status_put_text(
        page, "clock", "clock",
        shown_ms == 0
            ? "right"
            : (shown_ms < 0
                   ? "wrong (behind the house's time; deadlines are shown by the clock)"
                   : "wrong (ahead of the house's time; deadlines are shown by the clock)"));
    status_put_seconds(page, "clock offset", "clockOffsetSeconds",
                       (double)(now.wall - now.house) / (double)SECOND_MS, 3);
}

/* ---- The sale ---- */

static void put_round_status(struct status_page *page, const struct concert_round *row,
                             const struct round_snapshot *round)
{
    char id[ID_TEXT_BYTES], start[TIMESTAMP_TEXT_BYTES];
    (void)id_format("round", row->id, id);
    timestamp_format(row->start_time, start);
    status_put_line(page, "round",
                    "%s of %s: %" PRId64 " held, %" PRId64 " sold, %" PRId64 " free, %" PRId64
                    " blocked",
                    id, start, round->held, round->sold, round->available, round->blocked);
    if (!page->json)
        return;
    json_write_object_begin(&page->writer);
    json_write_text_member(&page->writer, "id", id);
    json_write_text_member(&page->writer, "startTime", start);
    json_write_integer_member(&page->writer, "held", round->held);
    json_write_integer_member(&page->writer, "sold", round->sold);
    json_write_integer_member(&page->writer, "available", round->available);
    json_write_integer_member(&page->writer, "blocked", round->blocked);
    json_write_object_end(&page->writer);
}

/* Over the rounds that are in memory. */
static void put_rounds(struct status_page *page, const struct engine *engine)
{
    int64_t held = 0, sold = 0, rounds = 0;
    const struct catalogue_snapshot *catalogue = engine_catalogue(engine);
    if (page->json)
        json_write_array_member_begin(&page->writer, "rounds");
    for (size_t i = 0; i < catalogue->round_count; i++) {
        const struct concert_round *row = &catalogue->rounds[i].round;
        const struct round_snapshot *round =
            catalogue->rounds[i].live ? engine_round(engine, row->id) : NULL;
        if (round == NULL)
            continue;
        held += round->held;
        sold += round->sold;
        if (rounds++ < ROUNDS_TOLD_MAX)
            put_round_status(page, row, round);
        engine_round_release(round);
    }
    if (page->json)
        json_write_array_end(&page->writer);
    if (rounds > ROUNDS_TOLD_MAX)
        status_put_line(page, "round", "and %" PRId64 " more", rounds - ROUNDS_TOLD_MAX);
    engine_catalogue_release(catalogue);
    status_put_count(page, "seats held", "seatsHeld", held);
    status_put_count(page, "seats sold", "seatsSold", sold);
}

static void put_sale(struct status_page *page, const struct engine *engine)
{
    struct queue_view queue;
    (void)engine_queue(engine, &queue);
    status_put_count(page, "waiting", "waiting", queue.waiting);
    status_put_count(page, "active", "active", queue.active);
    status_put_count(page, "active at most", "maxActive", queue.max_active);
    put_rounds(page, engine);
}

/* ---- The last minute ---- */

static void put_rates(struct status_page *page, const struct api_figures *figures)
{
    const double syncs = figures->appends > 0 ? (double)figures->appends : 1;
    status_put_line(page, "last minute",
                    "%" PRId64 " joined, %" PRId64 " let in, %" PRId64 " held, %" PRId64
                    " seats sold, %" PRId64 " asked of the office, %" PRId64 " of it refused",
                    figures->joined, figures->admitted, figures->held, figures->sold,
                    figures->requests, figures->refusals);
    if (page->json) {
        json_write_object_member_begin(&page->writer, "lastMinute");
        json_write_integer_member(&page->writer, "joined", figures->joined);
        json_write_integer_member(&page->writer, "admitted", figures->admitted);
        json_write_integer_member(&page->writer, "holds", figures->held);
        json_write_integer_member(&page->writer, "sold", figures->sold);
        json_write_integer_member(&page->writer, "requests", figures->requests);
        json_write_integer_member(&page->writer, "refusals", figures->refusals);
        json_write_object_end(&page->writer);
    }
    status_put_count(page, "answers a minute", "answersAMinute", figures->answers);
    status_put_seconds(page, "half of them within", "answersP50Seconds",
                       (double)figures->p50_us / MICROSECONDS_A_SECOND, 4);
    status_put_seconds(page, "99 in 100 within", "answersP99Seconds",
                       (double)figures->p99_us / MICROSECONDS_A_SECOND, 4);
    status_put_count(page, "syncs a minute", "syncsAMinute", figures->appends);
    status_put_seconds(page, "a sync takes", "syncSeconds",
                       (double)figures->append_us / syncs / MICROSECONDS_A_SECOND, 6);
    status_put_count(page, "streams", "streams", figures->streams);
    status_put_count(page, "streams at most", "streamsMax", figures->streams_max);
}

/* ---- The books and the process ---- */

static void put_books(struct status_page *page, const struct engine *engine)
{
    struct engine_counts counts;
    engine_counts(engine, &counts);
    status_put_line(page, "journal", "batch %" PRIu64 ", %zu rows not in the tables yet",
                    counts.seq, counts.unbooked);
    if (page->json) {
        json_write_integer_member(&page->writer, "batch", (int64_t)counts.seq);
        json_write_integer_member(&page->writer, "unbookedRows", (int64_t)counts.unbooked);
    }
    status_put_seconds(page, "tables behind", "lagSeconds",
                       (double)counts.unbooked_ms / (double)SECOND_MS, 3);
    status_put_bytes(page, "journal size", "journalBytes", counts.store.journal_bytes);
}

static void put_use(struct status_page *page)
{
    struct process_use use;
    process_use(&use);
    status_put_bytes(page, "memory", "memoryBytes", use.memory_bytes);
    status_put_count(page, "descriptors", "descriptors", (int64_t)use.descriptors);
    status_put_count(page, "descriptors at most", "descriptorsMax", (int64_t)use.descriptors_max);
}

static void put_page(struct status_page *page, const struct status_subject *subject)
{
    const struct engine *engine = subject->engine;
    struct api_figures figures;
    status_put_text(page, "version", "version", USHER_VERSION);
    if (engine == NULL) {
        put_loading(page, subject);
    } else {
        put_engine_state(page, subject->stopping ? ENGINE_DRAINING : engine_state(engine),
                         engine_state_since(engine));
        put_wrong(page, subject);
    }
    if (subject->api != NULL)
        put_server(page, api_server(subject->api));
    if (engine != NULL) {
        put_clock(page, engine);
        put_sale(page, engine);
    }
    if (subject->api != NULL) {
        api_figures(subject->api, &figures);
        put_rates(page, &figures);
    }
    if (engine != NULL)
        put_books(page, engine);
    put_use(page);
}

enum result status_report(const struct status_subject *subject, bool json, struct buffer *out)
{
    struct status_page page;
    status_begin(&page, out, json);
    put_page(&page, subject);
    status_end(&page);
    return page.writer.failed ? RESULT_NO_MEMORY : RESULT_OK;
}
