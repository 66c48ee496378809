/* Pages for people and machines that look after the server, or write clients for it: problems,
 * health, readiness, the description of the API. */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"

#include <stdio.h>
#include <string.h>

static void answer_good(struct enquiry *enquiry, const char *word)
{
    const struct shown_condition shown = {.word = word};
    object_write(reply_begin(enquiry), OBJECT_condition, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
}

void get_health(struct enquiry *enquiry)
{
    answer_good(enquiry, "ok");
}

void get_readiness(struct enquiry *enquiry)
{
    if (http_draining(enquiry->exchange.server)) {
        problem_answer(enquiry, REFUSAL_UNAVAILABLE);
        return;
    }
    switch (engine_state(enquiry->api->engine)) {
    case ENGINE_READY:
        answer_good(enquiry, "ready");
        return;
    case ENGINE_DEGRADED:
        problem_answer(enquiry, REFUSAL_READ_ONLY);
        return;
    case ENGINE_LOADING:
    case ENGINE_DRAINING:
        problem_answer(enquiry, REFUSAL_UNAVAILABLE);
        return;
    }
    UNREACHABLE("engine state");
}

void get_openapi(struct enquiry *enquiry)
{
    cached_answer_hold(enquiry->api->openapi);
    answer_shared(&enquiry->exchange, enquiry->api->openapi, CACHE_MAP);
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

void get_problems(struct enquiry *enquiry)
{
    struct shown_refusals shown = {.count = 0};
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        const struct refusal_schema *schema = refusal_schema((enum refusal)i);
        struct shown_refusal *item = &shown.items[shown.count++];
        *item = (struct shown_refusal){.code = schema->code,
                                       .title = schema->title,
                                       .meaning = schema->meaning,
                                       .status = schema->status,
                                       .retry_later = schema->retry_later};
        problem_type(schema, item->type);
    }
    object_write(reply_begin(enquiry), OBJECT_refusals, &shown, NULL);
    answer_shared(&enquiry->exchange, reply_share(enquiry, NULL, 0), CACHE_MAP);
}

/* Several refusals may have one code; the page tells them all. */
void get_problem(struct enquiry *enquiry)
{
    struct json_writer *writer = reply_begin(enquiry);
    size_t found = 0;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        const struct refusal_schema *schema = refusal_schema((enum refusal)i);
        if (strcmp(schema->code, enquiry->path.word) != 0)
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
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return;
    }
    struct cached_answer *body = reply_share(enquiry, NULL, 0);
    if (body != NULL)
        body->content_type = "text/html; charset=utf-8";
    answer_shared(&enquiry->exchange, body, CACHE_MAP);
}
