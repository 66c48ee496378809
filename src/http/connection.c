/* See connection.h. */
#include "http/connection.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/problem.h"
#include "http/server.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A refused body up to this long is read and thrown away, so that the client reads the answer when
 * it has sent it all, and can use the connection again. */
#define DISCARD_BYTES_MAX ((uint64_t)1 << 20)

/* libmicrohttpd builds the answer's headers in what the request left of the connection's memory,
 * and closes the connection when they do not fit: after the request was carried out. So a request
 * that leaves too little is refused before. The request stands there as it came, its cookies once
 * more, and a node for every header, cookie and parameter. */
#define ANSWER_HEADERS_BYTES 1536
#define VALUE_NODE_BYTES 64

struct connection {
    struct MHD_Connection *mhd;
    struct exchange *exchange;
    struct request_head head;
    uint64_t discarded_bytes;
};

/* ---- The head ---- */

static enum MHD_Result read_header(void *owner, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    enum comes { FIRST, ONCE };
    (void)kind;
    struct request_head *head = owner;
    struct request_headers *headers = &head->headers;
    const struct {
        const char *name;
        const char **value;
        enum comes comes;
    } wanted[] = {
#define HEADER(member, text, comes) {text, &headers->member, comes},
#include "http/headers.def"
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (strcasecmp(name, wanted[i].name) != 0)
            continue;
        if (*wanted[i].value == NULL)
            *wanted[i].value = value == NULL ? "" : value;
        else if (wanted[i].comes == ONCE)
            head->refusal = REFUSAL_BAD_REQUEST;
        break;
    }
    return MHD_YES;
}

static enum MHD_Result read_parameter(void *owner, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    (void)kind;
    struct request_head *head = owner;
    if (head->parameter_count < PARAMETERS_MAX)
        head->parameters[head->parameter_count++] =
            (struct request_parameter){.name = name, .value = value == NULL ? "" : value};
    return MHD_YES;
}

/* Whether it is clear where the request ends; if it is not, a proxy before us may see another end
 * than we do (RFC 9112, 6.1 and 11.2). */
static bool is_framed(const struct request_headers *headers)
{
    const char *encoding = headers->transfer_encoding;
    return encoding == NULL ||
           (strcasecmp(encoding, "chunked") == 0 && headers->content_length == NULL);
}

/* The path of a request target in absolute form (RFC 9112, 3.2.2), or of one that is a path. */
static const char *path_of(const char *target)
{
    size_t authority = 0;
    if (strncasecmp(target, "http://", 7) == 0)
        authority = 7;
    else if (strncasecmp(target, "https://", 8) == 0)
        authority = 8;
    return authority == 0 ? target : target + authority + strcspn(target + authority, "/");
}

static bool leaves_room(const struct connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    CHECK(info != NULL);
    const char *cookie = connection->head.headers.cookie;
    const int values = MHD_get_connection_values(
        connection->mhd, MHD_HEADER_KIND | MHD_COOKIE_KIND | MHD_GET_ARGUMENT_KIND, NULL, NULL);
    const size_t used = info->header_size + (cookie == NULL ? 0 : strlen(cookie) + 1) +
                        (values < 0 ? 0 : (size_t)values * VALUE_NODE_BYTES);
    const struct http_options *options = &connection->exchange->server->options;
    return used + ANSWER_HEADERS_BYTES <= options->connection_memory_bytes;
}

static void read_head(struct connection *connection, const char *url, const char *method)
{
    struct request_head *head = &connection->head;
    head->method = method_parse(method);
    head->path = path_of(url);
    (void)MHD_get_connection_values(connection->mhd, MHD_HEADER_KIND, read_header, head);
    (void)MHD_get_connection_values(connection->mhd, MHD_GET_ARGUMENT_KIND, read_parameter, head);
    const char *expect = head->headers.expect;
    head->expects_continue = expect != NULL && strcasecmp(expect, "100-continue") == 0;
    if (!is_framed(&head->headers))
        head->refusal = REFUSAL_BAD_REQUEST;
    else if (head->refusal == REFUSAL_NONE && !leaves_room(connection))
        head->refusal = REFUSAL_HEADERS_TOO_LARGE;
}

static struct connection *connection_new(struct io_loop *loop, struct MHD_Connection *mhd)
{
    struct connection *connection = calloc(1, sizeof *connection);
    struct exchange *exchange = connection == NULL ? NULL : exchange_new(loop);
    if (exchange == NULL) {
        free(connection);
        return NULL;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    CHECK(info != NULL);
    exchange->connection = connection;
    exchange->head = &connection->head;
    exchange->peer = info->client_addr;
    connection->mhd = mhd;
    connection->exchange = exchange;
    return connection;
}

/* ---- The answer ---- */

static void drop_body(void *body)
{
    shared_body_drop(body);
}

/* NULL: no memory. */
static struct MHD_Response *response_of(struct exchange *exchange)
{
    struct answer *answer = &exchange->answer;
    struct shared_body *shared = answer->shared;
    if (answer->failed)
        return NULL;
    if (answer->status == STATUS_NO_CONTENT)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (shared == NULL)
        return MHD_create_response_from_buffer(exchange->out.length, exchange->out.data,
                                               MHD_RESPMEM_PERSISTENT);
    /* Of a 304, libmicrohttpd sends the length but no body, as RFC 9110, 15.4.5 has it. */
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        shared->length, shared->bytes, drop_body, shared);
    if (response != NULL)
        answer->shared = NULL; /* the response's now */
    return response;
}

/* Each line of the head, but for the first, is a header. */
static void add_headers(struct MHD_Response *response, struct answer *answer)
{
    char *end = answer->head + answer->head_length;
    char *line = (char *)memchr(answer->head, '\n', answer->head_length) + 1;
    while (line < end) {
        char *colon = strchr(line, ':'), *next = memchr(line, '\n', (size_t)(end - line));
        *colon = '\0';
        next[-1] = '\0';
        CHECK(MHD_add_response_header(response, line, colon + 2) != MHD_NO);
        line = next + 1;
    }
}

static enum MHD_Result queue_answer(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    struct MHD_Response *response = response_of(exchange);
    if (response == NULL)
        return MHD_NO;
    add_headers(response, &exchange->answer);
    if (exchange->answer.last)
        CHECK(MHD_add_response_header(response, "Connection", "close") != MHD_NO);
    exchange_leave(exchange);
    const enum MHD_Result result =
        MHD_queue_response(connection->mhd, (unsigned)exchange->answer.status, response);
    MHD_destroy_response(response);
    return result;
}

/* After a step: it answered, or somebody else has the exchange, or its body is still to come. No
 * memory for an answer leaves closing the connection. */
static enum MHD_Result step_taken(struct connection *connection)
{
    const struct exchange *exchange = connection->exchange;
    if (exchange->phase == EXCHANGE_SUSPENDED) {
        MHD_suspend_connection(connection->mhd);
        return MHD_YES;
    }
    if (exchange_answered(exchange))
        return queue_answer(connection);
    return exchange->phase == EXCHANGE_RECEIVING ? MHD_YES : MHD_NO;
}

static enum MHD_Result begin(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    exchange_begin(exchange);
    if (exchange->phase == EXCHANGE_SUSPENDED)
        return step_taken(connection);
    const bool long_body =
        exchange->declared_bytes != UINT64_MAX && exchange->declared_bytes > DISCARD_BYTES_MAX;
    const bool spared = connection->head.expects_continue && exchange->body_pending;
    const bool unframed = exchange->answer.status == STATUS_BAD_REQUEST;
    return exchange_answered(exchange) && (long_body || spared || unframed)
               ? queue_answer(connection)
               : MHD_YES;
}

static enum MHD_Result receive(struct connection *connection, const char *data, size_t length)
{
    struct exchange *exchange = connection->exchange;
    if (!exchange_answered(exchange)) {
        exchange_receive(exchange, data, length);
        return MHD_YES;
    }
    connection->discarded_bytes += length;
    return connection->discarded_bytes <= DISCARD_BYTES_MAX ? MHD_YES : MHD_NO;
}

/* ---- What libmicrohttpd calls ---- */

enum MHD_Result connection_access(void *owner, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_data_size, void **context)
{
    (void)version;
    struct connection *connection = *context;
    if (connection == NULL) {
        connection = connection_new(owner, mhd);
        *context = connection;
        if (connection == NULL)
            return MHD_NO;
        read_head(connection, url, method);
        return begin(connection);
    }
    if (connection->exchange->phase == EXCHANGE_SUSPENDED) {
        exchange_continue(connection->exchange);
        return step_taken(connection);
    }
    if (*upload_data_size > 0) {
        const size_t length = *upload_data_size;
        *upload_data_size = 0;
        return receive(connection, upload_data, length);
    }
    if (!exchange_answered(connection->exchange))
        exchange_dispatch(connection->exchange);
    return step_taken(connection);
}

void connection_completed(void *owner, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode reason)
{
    (void)owner;
    (void)mhd;
    (void)reason;
    struct connection *connection = *context;
    if (connection != NULL)
        exchange_free(connection->exchange);
    free(connection);
    *context = NULL;
}

void connection_resume(struct connection *connection)
{
    MHD_resume_connection(connection->mhd);
}
