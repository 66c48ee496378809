/* The waiting room: what everybody sees of it, one's own token, and the organizer's settings. */
#include "base/check.h"
#include "http/answer.h"
#include "http/handlers.h"
#include "http/head_check.h"
#include "http/problem.h"
#include "http/server.h"
#include "http/show.h"

void get_queue(struct exchange *exchange)
{
    static const struct cached_answer_key key = {.kind = CACHED_QUEUE};
    struct http_server *server = exchange->server;
    struct queue_view view;
    const uint64_t version = engine_queue(server->engine, &view);
    struct cached_answer *body = answer_cache_find(&server->answer_cache, &key, version);
    if (body == NULL) {
        show_queue(answer_begin(exchange), &view);
        body = answer_share(exchange, &key, version);
    }
    answer_shared(exchange, body, CACHE_PUBLIC);
}

static void answer_queue(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    struct queue_view view;
    (void)engine_queue(exchange->server->engine, &view); /* published before the reply */
    show_queue(answer_begin(exchange), &view);
    answer_private(exchange, STATUS_OK);
}

void patch_queue(struct exchange *exchange)
{
    const int64_t count_max = 1000000, seconds_min = 10, seconds_max = 86400;
    struct queue_change change = {0};
    struct body_object root;
    body_root(&exchange->body, &root);
    change.has_open_at = body_time(&root, "openAt", BODY_OPTIONAL, &change.open_at);
    change.has_paused = body_boolean(&root, "paused", BODY_OPTIONAL, &change.paused);
    change.has_max_active =
        body_integer(&root, "maxActive", BODY_OPTIONAL, 1, count_max, &change.max_active);
    change.has_admit_per_second = body_integer(&root, "admitPerSecond", BODY_OPTIONAL, 1, count_max,
                                               &change.admit_per_second);
    change.has_silent_seconds = body_integer(&root, "silentSeconds", BODY_OPTIONAL, seconds_min,
                                             seconds_max, &change.silent_seconds);
    change.has_active_seconds = body_integer(&root, "activeSeconds", BODY_OPTIONAL, seconds_min,
                                             seconds_max, &change.active_seconds);
    change.has_wait_seconds = body_integer(&root, "waitSeconds", BODY_OPTIONAL, seconds_min,
                                           seconds_max, &change.wait_seconds);
    body_close(&root);
    if (!body_good(&exchange->body)) {
        problem_body(exchange, REFUSAL_INVALID_FIELD);
        return;
    }
    exchange_call(exchange, VERB_QUEUE_CHANGE)->in.queue_change = change;
    exchange_submit(exchange, answer_queue);
}

static void answer_token(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct token_view *view = &exchange->request.call.out.token;
    head_check_poll_pace(exchange, view->poll_after_ms);
    show_token(answer_begin(exchange), view, &exchange->request.shown_clock);
    answer_private(exchange, STATUS_OK);
}

static void answer_joined(struct exchange *exchange)
{
    const struct call *call = &exchange->request.call;
    if (call->refusal != REFUSAL_NONE || !call->created) {
        answer_token(exchange);
        return;
    }
    const struct token_view *view = &call->out.token;
    head_check_poll_pace(exchange, view->poll_after_ms);
    show_token(answer_begin(exchange), view, &exchange->request.shown_clock);
    answer_created(exchange, "/v1/queue/tokens", record_schema(RECORD_KIND_QUEUE_TOKEN)->prefix,
                   view->token.id);
}

void post_queue_tokens(struct exchange *exchange)
{
    (void)exchange_call(exchange, VERB_QUEUE_JOIN);
    exchange_submit(exchange, answer_joined);
}

/* Also "current", which has no id in its path: then the office takes the caller's live token. */
void get_queue_token(struct exchange *exchange)
{
    if (!head_check_poll(exchange))
        return;
    exchange_call(exchange, VERB_QUEUE_TOKEN_GET)->in.token.token_id = exchange->path.id;
    exchange_submit(exchange, answer_token);
}

static void answer_left(struct exchange *exchange)
{
    if (!problem_of_call(exchange))
        answer_no_content(exchange);
}

void delete_queue_token(struct exchange *exchange)
{
    exchange_call(exchange, VERB_QUEUE_LEAVE)->in.token.token_id = exchange->path.id;
    exchange_submit(exchange, answer_left);
}
