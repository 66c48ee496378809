/* See exchange.h. From the first byte of a request to the last of its answer; what a request means
 * is the service's business. */
#include "http/exchange.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/answer_log.h"
#include "http/server.h"

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
    const struct http_service *service = &loop->server->service;
    CHECK(service->exchange_bytes >= sizeof *exchange);
    exchange = malloc(service->exchange_bytes);
    if (exchange == NULL)
        return NULL;
    buffer_init(&exchange->received, service->received_bytes_max);
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
    memset(exchange, 0, offsetof(struct exchange, received));
    exchange->server = loop->server;
    exchange->loop = loop;
    exchange->began_us = loop->now_us;
    buffer_clear(&exchange->received);
    buffer_clear(&exchange->out);
    loop->server->service.init(exchange, loop->server->service.owner);
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    server->service.release(exchange);
    if (exchange->answer.cached != NULL)
        cached_answer_drop(exchange->answer.cached);
    while (exchange->allocations != NULL) {
        struct allocation *next = exchange->allocations->next;
        free(exchange->allocations);
        exchange->allocations = next;
    }
    if (exchange->answering)
        atomic_fetch_sub(&server->answering, 1);
    exchange_give_back(exchange);
}

/* ---- Its moments ---- */

bool request_id_well_formed(const char *text)
{
    const size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789._-");
    return length >= 1 && length <= REQUEST_ID_MAX && text[length] == '\0';
}

/* The client's own, or one of ours: a prefix of this process and a count. */
static void set_request_id(struct exchange *exchange)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    struct http_server *server = exchange->server;
    const char *given = exchange->head->headers.request_id;
    if (given != NULL && request_id_well_formed(given)) {
        memcpy(exchange->request_id, given, strlen(given) + 1);
        return;
    }
    const size_t prefix_length = sizeof server->request_id_prefix - 1, count_digits = 13;
    uint64_t count = atomic_fetch_add_explicit(&server->request_count, 1, memory_order_relaxed);
    memcpy(exchange->request_id, server->request_id_prefix, prefix_length);
    for (size_t i = prefix_length + count_digits; i-- > prefix_length; count >>= 5)
        exchange->request_id[i] = digits[count & 31];
    exchange->request_id[prefix_length + count_digits] = '\0';
}

static void set_address(struct exchange *exchange)
{
    const struct request_headers *headers = &exchange->head->headers;
    const struct address peer = address_of_socket(exchange->peer);
    exchange->address = forwarded_origin(&peer, &exchange->server->site.trusted_proxies,
                                         &headers->forwarded, &headers->x_forwarded_for);
}

bool exchange_answered(const struct exchange *exchange)
{
    return exchange->answer.status != 0;
}

void exchange_refuse(struct exchange *exchange, enum refusal refusal)
{
    exchange->server->service.refuse(exchange, refusal);
}

void exchange_begin(struct exchange *exchange)
{
    set_request_id(exchange);
    set_address(exchange);
    if (exchange->head->refusal != REFUSAL_NONE)
        exchange_refuse(exchange, exchange->head->refusal);
    else
        exchange->server->service.begin(exchange);
}

void exchange_receive(struct exchange *exchange, const void *data, size_t length)
{
    exchange->received_bytes += length;
    if (exchange->received_bytes > exchange->body_bytes_max)
        exchange_refuse(exchange, REFUSAL_BODY_TOO_LARGE);
    else
        exchange->server->service.receive(exchange, data, length);
}

void exchange_dispatch(struct exchange *exchange)
{
    exchange->body_pending = false;
    exchange->answering = true;
    atomic_fetch_add(&exchange->server->answering, 1);
    exchange->phase = EXCHANGE_RUNNING;
    exchange->server->service.dispatch(exchange);
}

void exchange_continue(struct exchange *exchange)
{
    CHECK(exchange->phase == EXCHANGE_SUSPENDED);
    exchange->phase = exchange->body_pending ? EXCHANGE_RECEIVING : EXCHANGE_RUNNING;
    exchange->server->service.resume(exchange);
}

void exchange_leave(struct exchange *exchange)
{
    if (atomic_load_explicit(&exchange->server->log_requests, memory_order_relaxed))
        answer_log(exchange);
    exchange->server->service.leave(exchange);
}

/* ---- For the service ---- */

void *exchange_allocate(struct exchange *exchange, size_t bytes)
{
    struct allocation *allocation = calloc(1, sizeof *allocation + bytes);
    if (allocation == NULL)
        return NULL;
    allocation->next = exchange->allocations;
    exchange->allocations = allocation;
    return allocation->bytes;
}

bool exchange_suspend(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    /* Counted before looking: either http_stop sees the count, or this sees that it is too late. */
    atomic_fetch_add(&server->suspended, 1);
    if (atomic_load(&server->stopping)) {
        atomic_fetch_sub(&server->suspended, 1);
        exchange_refuse(exchange, REFUSAL_UNAVAILABLE);
        return false;
    }
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

const char *exchange_parameter(const struct exchange *exchange, const char *name)
{
    const struct request_head *head = exchange->head;
    for (size_t i = 0; i < head->parameter_count; i++)
        if (strcmp(head->parameters[i].name, name) == 0)
            return head->parameters[i].value[0] == '\0' ? NULL : head->parameters[i].value;
    return NULL;
}
