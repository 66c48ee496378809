/* Pages for people and machines that look after the server: problems, health, readiness. */
#include "base/check.h"
#include "http/answer.h"
#include "http/handlers.h"
#include "http/problem.h"
#include "http/server.h"

#include <stdio.h>
#include <string.h>

static void answer_good(struct exchange *exchange, const char *word)
{
    struct json_writer *writer = answer_begin(exchange);
    json_write_object_begin(writer);
    json_write_key(writer, "status");
    json_write_text(writer, word);
    json_write_object_end(writer);
    answer_private(exchange, STATUS_OK);
}

void get_health(struct exchange *exchange)
{
    answer_good(exchange, "ok");
}

void get_readiness(struct exchange *exchange)
{
    if (http_draining(exchange->server)) {
        problem_answer(exchange, REFUSAL_UNAVAILABLE);
        return;
    }
    switch (engine_state(exchange->server->engine)) {
    case ENGINE_READY:
        answer_good(exchange, "ready");
        return;
    case ENGINE_DEGRADED:
        problem_answer(exchange, REFUSAL_READ_ONLY);
        return;
    case ENGINE_LOADING:
    case ENGINE_DRAINING:
        problem_answer(exchange, REFUSAL_UNAVAILABLE);
        return;
    }
    UNREACHABLE("engine state");
}

/* A piece of a page; refusal.def's texts have nothing that HTML would take for its own. */
static void append_text(struct json_writer *writer, const char *text)
{
    const size_t length = strlen(text);
    if (buffer_reserve(writer->out, length) == RESULT_OK)
        buffer_append(writer->out, text, length);
    else
        writer->failed = true;
}

/* Several refusals may have one code; the page tells them all. */
void get_problem(struct exchange *exchange)
{
    struct json_writer *writer = answer_begin(exchange);
    size_t found = 0;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        const struct refusal_schema *schema = refusal_schema((enum refusal)i);
        if (strcmp(schema->code, exchange->path.word) != 0)
            continue;
        if (found++ == 0) {
            char status[16];
            (void)snprintf(status, sizeof status, "%d ", schema->status);
            append_text(writer, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
            append_text(writer, schema->title);
            append_text(writer, "</title><h1>");
            append_text(writer, status);
            append_text(writer, schema->title);
            append_text(writer, "</h1>\n");
        }
        append_text(writer, "<p>");
        append_text(writer, schema->meaning);
        append_text(writer,
                    schema->retry_later ? " It is worth trying again later.</p>\n" : "</p>\n");
    }
    if (found == 0) {
        problem_answer(exchange, REFUSAL_NOT_FOUND);
        return;
    }
    struct cached_answer *body = answer_share(exchange, NULL, 0);
    if (body != NULL)
        body->content_type = "text/html; charset=utf-8";
    answer_shared(exchange, body, CACHE_MAP);
}
