/* The waiting room: what everybody sees of it, one's own token, and the organizer's settings. */
#include "api/admission.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"

void get_queue(struct enquiry *enquiry)
{
    static const struct shared_key key = {.kind = SHARED_QUEUE};
    struct api *api = enquiry->api;
    struct queue_view view;
    const uint64_t version = engine_queue(api->engine, &view);
    struct shared_body *body = shared_find(&api->shared, &key, version);
    if (body == NULL) {
        object_write(reply_begin(enquiry), OBJECT_queue, &view, NULL);
        body = reply_share(enquiry, &key, version);
    }
    answer_shared(&enquiry->exchange, body, CACHE_PUBLIC);
}

static void answer_queue(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    struct queue_view view;
    (void)engine_queue(enquiry->api->engine, &view); /* published before the reply */
    object_write(reply_begin(enquiry), OBJECT_queue, &view, NULL);
    reply_private(enquiry, STATUS_OK);
}

void patch_queue(struct enquiry *enquiry)
{
    const int64_t count_max = 1000000, seconds_min = 10, seconds_max = 86400;
    struct queue_change change = {0};
    struct body_object root;
    body_root(&enquiry->body, &root);
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
    if (!body_good(&enquiry->body)) {
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
        return;
    }
    enquiry_call(enquiry, VERB_QUEUE_CHANGE)->in.queue_change = change;
    enquiry_submit(enquiry, answer_queue);
}

static void answer_token(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct token_view *view = &enquiry->request.call.out.token;
    admission_poll_pace(enquiry, view->poll_after_ms);
    object_write(reply_begin(enquiry), OBJECT_token, view, &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_OK);
}

static void answer_joined(struct enquiry *enquiry)
{
    const struct call *call = &enquiry->request.call;
    if (call->refusal != REFUSAL_NONE || !call->created) {
        answer_token(enquiry);
        return;
    }
    const struct token_view *view = &call->out.token;
    admission_poll_pace(enquiry, view->poll_after_ms);
    object_write(reply_begin(enquiry), OBJECT_token, view, &enquiry->request.shown_clock);
    reply_created(enquiry, "/v1/queue/tokens", record_schema(RECORD_KIND_QUEUE_TOKEN)->prefix,
                  view->token.id);
}

void post_queue_tokens(struct enquiry *enquiry)
{
    (void)enquiry_call(enquiry, VERB_QUEUE_JOIN);
    enquiry_submit(enquiry, answer_joined);
}

/* Also "current", which has no id in its path: then the office takes the caller's live token. */
void get_queue_token(struct enquiry *enquiry)
{
    if (!admission_poll(enquiry))
        return;
    enquiry_call(enquiry, VERB_QUEUE_TOKEN_GET)->in.token.token_id = enquiry->path.id;
    enquiry_submit(enquiry, answer_token);
}

static void answer_left(struct enquiry *enquiry)
{
    if (!problem_of_call(enquiry))
        answer_no_content(&enquiry->exchange);
}

void delete_queue_token(struct enquiry *enquiry)
{
    enquiry_call(enquiry, VERB_QUEUE_LEAVE)->in.token.token_id = enquiry->path.id;
    enquiry_submit(enquiry, answer_left);
}
