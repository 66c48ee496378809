/* The waiting line as everybody sees it, its settings, and a look at one's own place: the routes
 * for which ask_office alone is not enough. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/head_check.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"

void get_queue(struct enquiry *enquiry)
{
    static const struct cached_answer_key key = {.kind = CACHED_QUEUE};
    struct api *api = enquiry->api;
    uint64_t version = engine_queue_version(api->engine);
    struct cached_answer *body = answer_cache_find(&api->answer_cache, &key, version);
    if (body == NULL) {
        struct queue_view view;
        version = engine_queue(api->engine, &view);
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

/* What changes how the line is shown is answered with the line. */
void change_queue(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_queue);
}

/* Also of "current", which has no id in its path: then the office takes the caller's live token. */
void get_queue_token(struct enquiry *enquiry)
{
    if (head_check_poll(enquiry))
        ask_office(enquiry);
}
