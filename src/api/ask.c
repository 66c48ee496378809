/* See ask.h. */
#include "api/ask.h"

#include "api/handlers.h"
#include "api/head_check.h"
#include "api/problem.h"
#include "api/reply.h"
#include "base/check.h"

#include <string.h>

static void *take(void *owner, size_t bytes)
{
    struct enquiry *enquiry = owner;
    return exchange_allocate(&enquiry->exchange, bytes);
}

/* False: the enquiry was answered. */
static bool fill_call(struct enquiry *enquiry, struct call *call, ask_check *check)
{
    const struct route *route = enquiry->route;
    const struct body_memory memory = {.owner = enquiry, .take = take};
    struct body_object root;
    if (route->takes != TAKES_JSON || (route->may_be_empty && enquiry->body.root == NULL))
        return true;
    body_root(&enquiry->body, &root);
    body_fill(&root, body_schema(route->body), route->extent, call, &memory);
    if (check != NULL)
        check(&root, call);
    return ask_read_end(enquiry, &root);
}

void ask_read(struct enquiry *enquiry, void *target, struct body_object *root)
{
    const struct route *route = enquiry->route;
    const struct body_memory memory = {.owner = enquiry, .take = take};
    body_root(&enquiry->body, root);
    body_fill(root, body_schema(route->body), route->extent, target, &memory);
}

bool ask_read_end(struct enquiry *enquiry, struct body_object *root)
{
    body_close(root);
    if (!body_good(&enquiry->body))
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
    return body_good(&enquiry->body);
}

void *ask_work(struct enquiry *enquiry, size_t bytes)
{
    enquiry->work = exchange_allocate(&enquiry->exchange, bytes);
    if (enquiry->work == NULL)
        problem_answer(enquiry, REFUSAL_CAPACITY);
    return enquiry->work;
}

struct call *ask_call_checked(struct enquiry *enquiry, ask_check *check)
{
    const struct route *route = enquiry->route;
    CHECK(route->verb != VERB_COUNT);
    struct call *call = enquiry_call(enquiry, route->verb);
    if (route->is_about)
        memcpy((uint8_t *)call + route->about, &enquiry->path.id, sizeof enquiry->path.id);
    return fill_call(enquiry, call, check) ? call : NULL;
}

struct call *ask_call(struct enquiry *enquiry)
{
    return ask_call_checked(enquiry, NULL);
}

static void reply_made(struct enquiry *enquiry, const void *object)
{
    const struct route *route = enquiry->route;
    const struct object_field *first = object_schema(route->object)->fields;
    const struct field_schema *field = object_field_schema(first);
    struct id id;
    if (route->location == NULL) {
        reply_private(enquiry, STATUS_CREATED);
        return;
    }
    CHECK(field->type == FIELD_ID);
    memcpy(&id, (const uint8_t *)object + first->base + field->offset, sizeof id);
    reply_created(enquiry, route->location, record_schema(field->id_of)->prefix, id);
}

void ask_answer(struct enquiry *enquiry)
{
    const struct route *route = enquiry->route;
    const struct call *call = &enquiry->request.call;
    if (problem_of_call(enquiry))
        return;
    if (route->answers == ROUTE_ANSWERS_NOTHING) {
        answer_no_content(&enquiry->exchange);
        return;
    }
    if (route->object == OBJECT_token)
        head_check_poll_pace(enquiry, call->out.token.poll_after_ms);
    const void *object =
        route->from_record ? (const void *)&call->record->as : (const uint8_t *)call + route->from;
    object_write(reply_begin(enquiry), route->object, object, &enquiry->request.shown_clock);
    if (route->answers == ROUTE_ANSWERS_CREATED ||
        (route->answers == ROUTE_ANSWERS_EITHER && call->created))
        reply_made(enquiry, object);
    else
        reply_private(enquiry, STATUS_OK);
}

void ask_office(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, ask_answer);
}
