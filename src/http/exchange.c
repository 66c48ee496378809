/* See exchange.h. From the first byte of a request to the last of its answer; what a request means
 * is the handlers' business. */
#include "http/exchange.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/answer_log.h"
#include "http/head_check.h"
#include "http/idempotency.h"
#include "http/import.h"
#include "http/password_share.h"
#include "http/problem.h"
#include "http/server.h"
#include "http/sign_in.h"

#include <stdlib.h>
#include <string.h>

/* Exchanges that a loop keeps for its next requests, so that they lie in the processor's cache: as
 * many as a batch of the engine's has in a crowd, with buffers of a usual answer. Under
 * AddressSanitizer none is kept, so that a use after an exchange's end is seen. */
#ifdef __SANITIZE_ADDRESS__
#define SPARES_MAX 0
#else
#define SPARES_MAX 64
#endif
#define SPARE_BUFFER_BYTES_MAX 4096

struct allocation {
    struct allocation *next;
    max_align_t bytes[];
};

/* ---- Life ---- */

/* Out of the loop's spares, or new. NULL: no memory. */
static struct exchange *exchange_take(struct io_loop *loop)
{
    struct exchange *exchange = loop->spare;
    if (exchange != NULL) {
        loop->spare = exchange->next;
        loop->spare_count--;
        return exchange;
    }
    exchange = malloc(sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    buffer_init(&exchange->received, IMPORT_FLIGHT_BYTES_MAX);
    buffer_init(&exchange->out, ANSWER_BYTES_MAX);
    return exchange;
}

static void exchange_delete(struct exchange *exchange)
{
    buffer_release(&exchange->received);
    buffer_release(&exchange->out);
    free(exchange);
}

/* Back to the loop's spares, if it has use for it. */
static void exchange_give_back(struct exchange *exchange)
{
    struct io_loop *loop = exchange->loop;
    if (loop->spare_count == SPARES_MAX || exchange->received.capacity > SPARE_BUFFER_BYTES_MAX ||
        exchange->out.capacity > SPARE_BUFFER_BYTES_MAX) {
        exchange_delete(exchange);
        return;
    }
    exchange->next = loop->spare;
    loop->spare = exchange;
    loop->spare_count++;
}

void exchange_free_spares(struct io_loop *loop)
{
    while (loop->spare != NULL) {
        struct exchange *next = loop->spare->next;
        exchange_delete(loop->spare);
        loop->spare = next;
    }
    loop->spare_count = 0;
}

struct exchange *exchange_new(struct io_loop *loop)
{
    struct exchange *exchange = exchange_take(loop);
    if (exchange == NULL)
        return NULL;
    memset(exchange, 0, offsetof(struct exchange, answer));
    exchange->server = loop->server;
    exchange->loop = loop;
    exchange->began_us = loop->now_us;
    exchange->answer.status = 0;
    exchange->answer.cached = NULL;
    exchange->answer.stream = NULL;
    buffer_clear(&exchange->received);
    buffer_clear(&exchange->out);
    body_init(&exchange->body);
    return exchange;
}

static void leave_in_flight(struct exchange *exchange)
{
    if (exchange->in_flight)
        limit_leave(&exchange->server->limits.accounts, exchange->account_key);
    exchange->in_flight = false;
}

void exchange_free(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    leave_in_flight(exchange);
    sign_in_leave(exchange);
    if (exchange->import != NULL)
        import_release(exchange->import);
    if (exchange->importing)
        importer_leave(&server->importer);
    if (exchange->called)
        call_release(&exchange->request.call);
    if (exchange->answer.cached != NULL)
        cached_answer_drop(exchange->answer.cached);
    while (exchange->allocations != NULL) {
        struct allocation *next = exchange->allocations->next;
        free(exchange->allocations);
        exchange->allocations = next;
    }
    free(exchange->idempotency);
    body_release(&exchange->body);
    if (exchange->answering)
        atomic_fetch_sub(&server->answering, 1);
    exchange_give_back(exchange);
}

/* ---- The body comes in ---- */

size_t exchange_body_bytes_max(const struct exchange *exchange)
{
    const bool import = exchange->route != NULL && exchange->route->body == BODY_IMPORT;
    return import ? IMPORT_BODY_BYTES_MAX : BODY_BYTES_MAX;
}

void exchange_receive(struct exchange *exchange, const void *data, size_t length)
{
    exchange->received_bytes += length;
    if (exchange->received_bytes > exchange_body_bytes_max(exchange)) {
        problem_answer(exchange, REFUSAL_BODY_TOO_LARGE);
        return;
    }
    if (exchange->route->body == BODY_NONE)
        return;
    idempotency_receive(exchange, data, length);
    if (exchange->route->body == BODY_IMPORT)
        import_receive(exchange, data, length);
    else if (buffer_reserve(&exchange->received, length) == RESULT_OK)
        buffer_append(&exchange->received, data, length);
    else
        problem_answer(exchange, REFUSAL_CAPACITY);
}

/* Reads the body as JSON where the route has one of that size; false: the exchange was answered. */
static bool parse_body(struct exchange *exchange)
{
    const struct buffer *received = &exchange->received;
    const enum route_body kind = exchange->route->body;
    if (kind == BODY_NONE || (kind == BODY_ACTION && received->length == 0))
        return true;
    const enum refusal refusal =
        body_parse(&exchange->body, received->data, received->length, BODY_VALUES_MAX);
    if (refusal == REFUSAL_NONE && kind == BODY_ACTION) {
        struct body_object root;
        body_root(&exchange->body, &root);
        body_close(&root);
    }
    if (refusal == REFUSAL_NONE && body_good(&exchange->body))
        return true;
    problem_body(exchange, refusal == REFUSAL_NONE ? REFUSAL_INVALID_FIELD : refusal);
    return false;
}

/* ---- Steps ---- */

bool exchange_answered(const struct exchange *exchange)
{
    return exchange->answer.status != 0;
}

void exchange_leave(struct exchange *exchange)
{
    size_t count;
    const struct route *table = routes(&count);
    const size_t place = exchange->route == NULL ? ROUTES_MAX : (size_t)(exchange->route - table);
    metrics_count(&exchange->server->metrics, place, exchange->answer.status,
                  http_clock_us() - exchange->began_us);
    answer_log(exchange);
    leave_in_flight(exchange); /* before the client can read the answer and ask again */
}

void exchange_begin(struct exchange *exchange)
{
    head_check(exchange);
}

void exchange_dispatch(struct exchange *exchange)
{
    exchange->body_pending = false;
    exchange->answering = true;
    atomic_fetch_add(&exchange->server->answering, 1);
    exchange->phase = EXCHANGE_RUNNING;
    if (exchange->route->body == BODY_IMPORT)
        import_finish(exchange);
    else if (parse_body(exchange))
        exchange->route->handler(exchange);
}

void exchange_continue(struct exchange *exchange)
{
    CHECK(exchange->phase == EXCHANGE_SUSPENDED);
    exchange->phase = exchange->body_pending ? EXCHANGE_RECEIVING : EXCHANGE_RUNNING;
    exchange->next_step(exchange);
}

/* ---- For handlers ---- */

void *exchange_allocate(struct exchange *exchange, size_t bytes)
{
    struct allocation *allocation = calloc(1, sizeof *allocation + bytes);
    if (allocation == NULL)
        return NULL;
    allocation->next = exchange->allocations;
    exchange->allocations = allocation;
    return allocation->bytes;
}

void exchange_credentials(const struct exchange *exchange, struct credentials *credentials)
{
    *credentials = (struct credentials){0};
    if (!exchange->signed_in)
        return;
    credentials->present = true;
    credentials->session_id = exchange->token.session_id;
    credentials->secret_hash = session_secret_hash(exchange->token.secret);
}

/* Most of a call is room for a reservation's seats, which are counted before they are looked at;
 * what else it may answer takes less than what stands before them. */
#define CALL_CLEARED_BYTES offsetof(struct call, out.reservation.seats)

_Static_assert(sizeof(struct token_view) <= offsetof(struct reservation_view, seats) &&
                   sizeof(struct record_page) <= offsetof(struct reservation_view, seats),
               "an answer without a reservation is cleared whole");

struct call *exchange_call(struct exchange *exchange, enum verb verb)
{
    struct call *call = &exchange->request.call;
    if (exchange->called)
        call_release(call);
    exchange->called = true;
    memset(call, 0, CALL_CLEARED_BYTES);
    call->verb = verb;
    exchange_credentials(exchange, &call->credentials);
    return call;
}

bool exchange_suspend(struct exchange *exchange, exchange_step *next)
{
    struct http_server *server = exchange->server;
    /* Counted before looking: either http_stop sees the count, or this sees that it is too late. */
    atomic_fetch_add(&server->suspended, 1);
    if (atomic_load(&server->stopping)) {
        atomic_fetch_sub(&server->suspended, 1);
        problem_answer(exchange, REFUSAL_UNAVAILABLE);
        return false;
    }
    exchange->next_step = next;
    exchange->phase = EXCHANGE_SUSPENDED;
    return true;
}

void exchange_resume(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    io_loop_finish(exchange->loop, exchange);
    /* The exchange may be gone by now; the server and its loops wait for this count. */
    atomic_fetch_sub(&server->suspended, 1);
}

static void on_call_complete(struct request *request)
{
    exchange_resume((struct exchange *)((char *)request - offsetof(struct exchange, request)));
}

void exchange_submit(struct exchange *exchange, exchange_step *next)
{
    exchange->request.complete = on_call_complete;
    idempotency_tell(exchange, &exchange->request.call.idempotency);
    /* Suspended first: the answer may come before engine_submit returns. */
    if (!exchange_suspend(exchange, next) ||
        engine_submit(exchange->server->engine, &exchange->request) == RESULT_OK)
        return;
    exchange->request.call.refusal =
        http_draining(exchange->server) ? REFUSAL_UNAVAILABLE : REFUSAL_BUSY;
    exchange_resume(exchange);
}

static void answer_busy(struct exchange *exchange)
{
    problem_answer(exchange, http_draining(exchange->server) ? REFUSAL_UNAVAILABLE : REFUSAL_BUSY);
}

/* Memory was short, or the server is stopping and the job was given back: nobody knows whether the
 * password was right. */
static void answer_unverified(struct exchange *exchange)
{
    problem_answer(exchange,
                   http_draining(exchange->server) ? REFUSAL_UNAVAILABLE : REFUSAL_CAPACITY);
}

static void on_password_complete(struct password_job *job)
{
    struct exchange *exchange =
        (struct exchange *)((char *)job - offsetof(struct exchange, password));
    password_share_leave(exchange);
    if (job->failed)
        exchange->next_step = answer_unverified;
    exchange_resume(exchange);
}

static void password_submit(struct exchange *exchange, exchange_step *next)
{
    exchange->password.complete = on_password_complete;
    if (!password_share_enter(exchange))
        return;
    if (!exchange_suspend(exchange, next)) {
        password_share_leave(exchange);
        return;
    }
    if (engine_password(exchange->server->engine, &exchange->password) == RESULT_OK)
        return;
    password_share_leave(exchange);
    exchange->next_step = answer_busy;
    exchange_resume(exchange);
}

void exchange_hash_password(struct exchange *exchange, const char *password, exchange_step *next)
{
    exchange->password = (struct password_job){.work = PASSWORD_HASH, .password = password};
    password_submit(exchange, next);
}

void exchange_verify_password(struct exchange *exchange, const char *password, const char *hash,
                              exchange_step *next)
{
    exchange->password = (struct password_job){.work = PASSWORD_VERIFY, .password = password};
    const size_t length = strlen(hash);
    CHECK(length < sizeof exchange->password.hash);
    memcpy(exchange->password.hash, hash, length + 1);
    password_submit(exchange, next);
}

const char *exchange_parameter(const struct exchange *exchange, const char *name)
{
    const struct request_head *head = exchange->head;
    for (size_t i = 0; i < head->parameter_count; i++)
        if (strcmp(head->parameters[i].name, name) == 0)
            return head->parameters[i].value[0] == '\0' ? NULL : head->parameters[i].value;
    return NULL;
}
