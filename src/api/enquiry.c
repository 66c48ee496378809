/* See enquiry.h. From a request's head to the last step of its handler; bodies and calls are the
 * handlers' business. */
#include "api/enquiry.h"

#include "api/head_check.h"
#include "api/idempotency.h"
#include "api/import.h"
#include "api/password_share.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/security_events.h"
#include "api/service.h"
#include "api/sign_in.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

static struct enquiry *enquiry_of(struct exchange *exchange)
{
    _Static_assert(offsetof(struct enquiry, exchange) == 0, "HTTP makes the two as one");
    return (struct enquiry *)exchange;
}

/* ---- What HTTP asks for ---- */

static void init_enquiry(struct exchange *exchange, void *owner)
{
    struct enquiry *enquiry = enquiry_of(exchange);
    memset(&enquiry->api, 0, offsetof(struct enquiry, body) - offsetof(struct enquiry, api));
    enquiry->api = owner;
    body_init(&enquiry->body);
}

static void begin_enquiry(struct exchange *exchange)
{
    head_check(enquiry_of(exchange));
}

static void receive_enquiry(struct exchange *exchange, const void *data, size_t length)
{
    struct enquiry *enquiry = enquiry_of(exchange);
    if (enquiry->route->takes == TAKES_NOTHING)
        return;
    idempotency_receive(enquiry, data, length);
    if (enquiry->route->takes == TAKES_IMPORT)
        import_receive(enquiry, data, length);
    else if (buffer_reserve(&exchange->received, length) == RESULT_OK)
        buffer_append(&exchange->received, data, length);
    else
        problem_answer(enquiry, REFUSAL_CAPACITY);
}

/* Reads the body as JSON where the route has one of that size; false: the enquiry was answered. */
static bool parse_body(struct enquiry *enquiry)
{
    const struct buffer *received = &enquiry->exchange.received;
    const enum route_takes kind = enquiry->route->takes;
    const bool may_be_empty = kind == TAKES_ACTION || enquiry->route->may_be_empty;
    if (kind == TAKES_NOTHING || (may_be_empty && received->length == 0))
        return true;
    const enum refusal refusal =
        body_parse(&enquiry->body, received->data, received->length, BODY_VALUES_MAX);
    if (refusal == REFUSAL_NONE && kind == TAKES_ACTION) {
        struct body_object root;
        body_root(&enquiry->body, &root);
        body_close(&root);
    }
    if (refusal == REFUSAL_NONE && body_good(&enquiry->body))
        return true;
    problem_body(enquiry, refusal == REFUSAL_NONE ? REFUSAL_INVALID_FIELD : refusal);
    return false;
}

static void dispatch_enquiry(struct exchange *exchange)
{
    struct enquiry *enquiry = enquiry_of(exchange);
    if (enquiry->route->takes == TAKES_IMPORT)
        import_finish(enquiry);
    else if (query_reason(enquiry) && parse_body(enquiry))
        enquiry->route->handler(enquiry);
}

static void resume_enquiry(struct exchange *exchange)
{
    struct enquiry *enquiry = enquiry_of(exchange);
    enquiry->next_step(enquiry);
}

static void refuse_enquiry(struct exchange *exchange, enum refusal refusal)
{
    problem_answer(enquiry_of(exchange), refusal);
}

static void leave_count(struct enquiry *enquiry)
{
    if (enquiry->counted_in != NULL)
        limit_leave(enquiry->counted_in, enquiry->account_key);
    enquiry->counted_in = NULL;
}

static void leave_enquiry(struct exchange *exchange)
{
    struct enquiry *enquiry = enquiry_of(exchange);
    size_t count;
    const struct route *table = routes(&count);
    const size_t place = enquiry->route == NULL ? ROUTES_MAX : (size_t)(enquiry->route - table);
    metrics_count(&enquiry->api->metrics, place, exchange->answer.status,
                  http_clock_us() - exchange->began_us);
    security_events_tell(enquiry);
    leave_count(enquiry); /* before the client can read the answer and ask again */
}

static void release_enquiry(struct exchange *exchange)
{
    struct enquiry *enquiry = enquiry_of(exchange);
    leave_count(enquiry);
    sign_in_leave(enquiry);
    if (enquiry->import != NULL)
        import_release(enquiry->import);
    if (enquiry->importing)
        importer_leave(&enquiry->api->importer);
    if (enquiry->called)
        call_release(&enquiry->request.call);
    free(enquiry->idempotency);
    body_release(&enquiry->body);
}

void enquiry_serve(struct http_service *service)
{
    service->exchange_bytes = sizeof(struct enquiry);
    service->received_bytes_max = IMPORT_FLIGHT_BYTES_MAX;
    service->init = init_enquiry;
    service->begin = begin_enquiry;
    service->receive = receive_enquiry;
    service->dispatch = dispatch_enquiry;
    service->resume = resume_enquiry;
    service->refuse = refuse_enquiry;
    service->leave = leave_enquiry;
    service->release = release_enquiry;
}

bool enquiry_answered(const struct enquiry *enquiry)
{
    return exchange_answered(&enquiry->exchange);
}

bool enquiry_suspend(struct enquiry *enquiry, enquiry_step *next)
{
    enquiry->next_step = next;
    return exchange_suspend(&enquiry->exchange);
}

void enquiry_resume(struct enquiry *enquiry)
{
    exchange_resume(&enquiry->exchange);
}

/* ---- How many of a caller ---- */

bool enquiry_count_in(struct enquiry *enquiry, struct limit_table *table, uint32_t max)
{
    CHECK(enquiry->signed_in && enquiry->counted_in == NULL);
    if (!limit_enter(table, enquiry->account_key, max, enquiry->exchange.began_us)) {
        problem_too_many(enquiry, SECOND_MS * 1000);
        return false;
    }
    enquiry->counted_in = table;
    return true;
}

bool enquiry_become_long_poll(struct enquiry *enquiry)
{
    leave_count(enquiry);
    return enquiry_count_in(enquiry, &enquiry->api->limits.long_polls, LONG_POLLS_MAX);
}

/* ---- The engine ---- */

void enquiry_credentials(const struct enquiry *enquiry, struct credentials *credentials)
{
    *credentials = (struct credentials){0};
    if (!enquiry->signed_in)
        return;
    credentials->present = true;
    credentials->is_key = enquiry->with_key;
    credentials->session_id = enquiry->token.session_id;
    credentials->secret_hash = token_secret_hash(enquiry->token.secret);
}

struct call *enquiry_call(struct enquiry *enquiry, enum verb verb)
{
    struct call *call = &enquiry->request.call;
    if (enquiry->called)
        call_release(call);
    enquiry->called = true;
    enquiry->exchange.replayed = false;
    memset(call, 0, sizeof *call); /* its unions too, whatever their first member is */
    call->verb = verb;
    enquiry_credentials(enquiry, &call->credentials);
    call->origin = (struct call_origin){.address = &enquiry->exchange.address,
                                        .request_id = enquiry->exchange.request_id,
                                        .reason = enquiry->reason};
    return call;
}

static void on_call_complete(struct request *request)
{
    struct enquiry *enquiry =
        (struct enquiry *)((char *)request - offsetof(struct enquiry, request));
    enquiry->exchange.replayed = request->call.replayed;
    enquiry_resume(enquiry);
}

void enquiry_submit(struct enquiry *enquiry, enquiry_step *next)
{
    enquiry->request.complete = on_call_complete;
    idempotency_tell(enquiry, &enquiry->request.call.idempotency);
    /* Suspended first: the answer may come before engine_submit returns. */
    if (!enquiry_suspend(enquiry, next) ||
        engine_submit(enquiry->api->engine, &enquiry->request) == RESULT_OK)
        return;
    enquiry->request.call.refusal =
        http_draining(enquiry->exchange.server) ? REFUSAL_UNAVAILABLE : REFUSAL_BUSY;
    enquiry_resume(enquiry);
}

/* ---- Passwords ---- */

void enquiry_answer_busy(struct enquiry *enquiry)
{
    problem_answer(enquiry,
                   http_draining(enquiry->exchange.server) ? REFUSAL_UNAVAILABLE : REFUSAL_BUSY);
}

/* Memory was short, or the server is stopping and the job was given back: nobody knows whether the
 * password was right. */
static void answer_unverified(struct enquiry *enquiry)
{
    problem_answer(enquiry, http_draining(enquiry->exchange.server) ? REFUSAL_UNAVAILABLE
                                                                    : REFUSAL_CAPACITY);
}

static void on_password_complete(struct password_job *job)
{
    struct enquiry *enquiry = (struct enquiry *)((char *)job - offsetof(struct enquiry, password));
    password_share_leave(enquiry);
    if (job->failed)
        enquiry->next_step = answer_unverified;
    enquiry_resume(enquiry);
}

static void password_submit(struct enquiry *enquiry, enquiry_step *next)
{
    enquiry->password.complete = on_password_complete;
    if (!password_share_enter(enquiry))
        return;
    if (!enquiry_suspend(enquiry, next)) {
        password_share_leave(enquiry);
        return;
    }
    if (engine_password(enquiry->api->engine, &enquiry->password) == RESULT_OK)
        return;
    password_share_leave(enquiry);
    enquiry->next_step = enquiry_answer_busy;
    enquiry_resume(enquiry);
}

void enquiry_hash_password(struct enquiry *enquiry, const char *password, enquiry_step *next)
{
    enquiry->password = (struct password_job){.work = PASSWORD_HASH, .password = password};
    password_submit(enquiry, next);
}

void enquiry_verify_password(struct enquiry *enquiry, const char *password, const char *hash,
                             enquiry_step *next)
{
    enquiry->password = (struct password_job){.work = PASSWORD_VERIFY, .password = password};
    const size_t length = strlen(hash);
    CHECK(length < sizeof enquiry->password.hash);
    memcpy(enquiry->password.hash, hash, length + 1);
    password_submit(enquiry, next);
}
