/* See status_report.h; and `usher status`, which asks for it. */
#include "app/status_report.h"

#include "app/command.h"
#include "base/check.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>

/* ---- The lines ---- */

/* Adds one line, cut to the room that is left. All lines here fit. */
__attribute__((format(printf, 2, 3))) static void put(struct status_text *text, const char *format,
                                                      ...)
{
    const size_t room = STATUS_BYTES_MAX - text->length;
    va_list arguments;
    va_start(arguments, format);
    const int wanted = vsnprintf(text->bytes + text->length, room, format, arguments);
    va_end(arguments);
    if (wanted > 0)
        text->length += (size_t)wanted < room ? (size_t)wanted : room - 1;
}

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

static void put_state(struct status_text *text, enum engine_state state, timestamp_ms since)
{
    char moment[TIMESTAMP_TEXT_BYTES];
    timestamp_format(since, moment);
    put(text, "state: %s\nsince: %s\n", state_name(state), moment);
}

static void put_clock(struct status_text *text, const struct engine *engine)
{
    const struct moment now = engine_now(engine);
    const int64_t shown_ms = engine_shown_offset(engine);
    put(text, "clock: %s\nclock offset: %.3f s\n",
        shown_ms == 0  ? "right"
        : shown_ms < 0 ? "wrong (behind the house's time; deadlines are shown by the clock)"
                       : "wrong (ahead of the house's time; deadlines are shown by the clock)",
        (double)(now.wall - now.house) / (double)SECOND_MS);
}

/* Over the rounds that are in memory. */
static void put_seats(struct status_text *text, const struct engine *engine)
{
    int64_t held = 0, sold = 0;
    const struct catalogue_snapshot *catalogue = engine_catalogue(engine);
    for (size_t i = 0; i < catalogue->round_count; i++) {
        const struct round_snapshot *round =
            catalogue->rounds[i].live ? engine_round(engine, catalogue->rounds[i].round.id) : NULL;
        if (round == NULL)
            continue;
        held += round->held;
        sold += round->sold;
        engine_round_release(round);
    }
    engine_catalogue_release(catalogue);
    put(text, "seats held: %" PRId64 "\nseats sold: %" PRId64 "\n", held, sold);
}

static void put_engine(struct status_text *text, const struct engine *engine)
{
    struct queue_view queue;
    struct engine_counts counts;
    (void)engine_queue(engine, &queue);
    engine_counts(engine, &counts);
    put_clock(text, engine);
    put(text, "waiting: %" PRId64 "\nactive: %" PRId64 "\n", queue.waiting, queue.active);
    put_seats(text, engine);
    put(text, "journal: batch %" PRIu64 ", %zu rows not in the tables yet\n", counts.seq,
        counts.unbooked);
}

static void put_loading(struct status_text *text, const struct status_report *status)
{
    const struct store_upgrade *upgrade = &status->upgrade;
    put_state(text, ENGINE_LOADING, status->started_at);
    if (upgrade->to > 0 && upgrade->stage != STORE_UPGRADE_DONE)
        put(text, "upgrade: %u %% of %" PRIu64 " rows, about %u s in all\n", upgrade->percent,
            upgrade->rows, upgrade->seconds);
}

static void tell_status(void *owner, struct status_text *text)
{
    struct status_report *status = owner;
    CHECK(pthread_mutex_lock(&status->lock) == 0);
    const struct engine *engine = status->engine;
    put(text, "version: " USHER_VERSION "\n");
    if (engine == NULL)
        put_loading(text, status);
    else
        put_state(text, status->stopping ? ENGINE_DRAINING : engine_state(engine),
                  engine_state_since(engine));
    if (status->server != NULL)
        put(text, "listening: %s\nconnections: %zu\n", http_url(status->server),
            http_connections(status->server));
    if (engine != NULL)
        put_engine(text, engine);
    CHECK(pthread_mutex_unlock(&status->lock) == 0);
}

/* ---- The server's side ---- */

void status_report_start(struct status_report *status, const char *directory, timestamp_ms now)
{
    struct explanation explanation;
    *status = (struct status_report){.started_at = now};
    CHECK(pthread_mutex_init(&status->lock, NULL) == 0);
    if (status_socket_start(&status->socket, directory, tell_status, status, &explanation) !=
        RESULT_OK)
        log_event(LOG_WARNING, now, "status_unavailable reason=\"%s\"", explanation.text);
}

void status_report_stop(struct status_report *status)
{
    status_socket_stop(&status->socket);
    CHECK(pthread_mutex_destroy(&status->lock) == 0);
}

void status_report_show_upgrade(struct status_report *status, const struct store_upgrade *upgrade)
{
    CHECK(pthread_mutex_lock(&status->lock) == 0);
    status->upgrade = *upgrade;
    CHECK(pthread_mutex_unlock(&status->lock) == 0);
}

void status_report_show_engine(struct status_report *status, struct engine *engine)
{
    CHECK(pthread_mutex_lock(&status->lock) == 0);
    status->engine = engine;
    CHECK(pthread_mutex_unlock(&status->lock) == 0);
}

void status_report_show_server(struct status_report *status, struct http_server *server)
{
    CHECK(pthread_mutex_lock(&status->lock) == 0);
    status->server = server;
    CHECK(pthread_mutex_unlock(&status->lock) == 0);
}

void status_report_show_stop(struct status_report *status)
{
    CHECK(pthread_mutex_lock(&status->lock) == 0);
    status->server = NULL;
    status->stopping = true;
    CHECK(pthread_mutex_unlock(&status->lock) == 0);
}

/* ---- The command ---- */

enum command_status command_status(int argument_count, char *const *arguments)
{
    struct config config;
    struct command_line line = {0};
    struct explanation explanation;
    enum command_status status = COMMAND_DONE;
    if (config_read(&config, &line, NULL, 0, argument_count, arguments, &explanation) != RESULT_OK)
        status = command_misused(&explanation);
    else if (status_socket_ask(config.data, stdout, &explanation) != RESULT_OK)
        status = command_failed(&explanation);
    config_release(&config);
    return status;
}
