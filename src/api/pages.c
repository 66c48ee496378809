/* Pages for people and machines that look after the server, or write clients for it: problems,
 * health, readiness, the description of the API. */
#include "api/handlers.h"
#include "api/html.h"
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

static void answer_prepared(struct enquiry *enquiry, struct cached_answer *page)
{
    cached_answer_hold(page);
    answer_shared(&enquiry->exchange, page, CACHE_MAP);
}

void get_openapi(struct enquiry *enquiry)
{
    answer_prepared(enquiry, enquiry->api->openapi);
}

void get_docs(struct enquiry *enquiry)
{
    answer_prepared(enquiry, enquiry->api->docs);
}

void get_docs_style(struct enquiry *enquiry)
{
    answer_prepared(enquiry, enquiry->api->docs_style);
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
    struct html html = {.out = writer->out};
    size_t found = 0;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        const struct refusal_schema *schema = refusal_schema((enum refusal)i);
        if (strcmp(schema->code, enquiry->path.word) != 0)
            continue;
        if (found++ == 0) {
            char status[16];
            (void)snprintf(status, sizeof status, "%d ", schema->status);
            html_raw(&html, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
            html_text(&html, schema->title);
            html_raw(&html, "</title><h1>");
            html_text(&html, status);
            html_text(&html, schema->title);
            html_raw(&html, "</h1>\n");
        }
        html_raw(&html, "<p>");
        html_text(&html, schema->meaning);
        html_raw(&html, schema->retry_later ? " It is worth trying again later.</p>\n" : "</p>\n");
    }
    if (found == 0) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return;
    }
    writer->failed = html.failed;
    struct cached_answer *body = reply_share(enquiry, NULL, 0);
    if (body != NULL)
        body->content_type = "text/html; charset=utf-8";
    answer_shared(&enquiry->exchange, body, CACHE_MAP);
}
