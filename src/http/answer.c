/* See answer.h. */
#include "http/answer.h"

#include "base/check.h"
#include "http/problem.h"
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_writer *answer_begin(struct exchange *exchange)
{
    buffer_clear(&exchange->out);
    json_write_init(&exchange->writer, &exchange->out);
    return &exchange->writer;
}

void answer_header(struct exchange *exchange, const char *name, const char *value)
{
    if (exchange->response != NULL)
        CHECK(MHD_add_response_header(exchange->response, name, value) != MHD_NO);
}

/* What browsers are told of every answer: it is of the type that it says; whoever follows a link of
 * ours tells no other site where from; and, where the operator says that the house is reached by
 * https, that it is for a year. Not of subdomains, which may be others'. */
static void add_promises(struct exchange *exchange)
{
    const struct site *site = &exchange->server->site;
    answer_header(exchange, "X-Content-Type-Options", "nosniff");
    answer_header(exchange, "Referrer-Policy", "same-origin");
    if (site->has_public_origin && site->public_origin.secure)
        answer_header(exchange, "Strict-Transport-Security", "max-age=31536000");
}

/* What is no JSON, a browser may show as a page: then of text alone, inside of nobody's. */
static void set_type(struct exchange *exchange, const char *content_type)
{
    answer_header(exchange, "Content-Type", content_type);
    if (strncmp(content_type, "application/", strlen("application/")) != 0)
        answer_header(exchange, "Content-Security-Policy",
                      "default-src 'none'; base-uri 'none'; form-action 'none'; "
                      "frame-ancestors 'none'");
}

/* Headers that every answer has. Without a response (no memory) the connection is closed. */
static void respond(struct exchange *exchange, int status, struct MHD_Response *response,
                    size_t bytes, const char *cache_control)
{
    if (exchange->response != NULL)
        MHD_destroy_response(exchange->response);
    exchange->response = response;
    exchange->status = status;
    exchange->answer_bytes = bytes;
    answer_header(exchange, "X-Request-Id", exchange->request_id);
    answer_header(exchange, "Cache-Control", cache_control);
    add_promises(exchange);
    if (exchange->called && exchange->request.call.replayed)
        answer_header(exchange, "Idempotency-Replayed", "true");
    if (http_draining(exchange->server))
        answer_header(exchange, "Connection", "close");
}

/* The body written since answer_begin; it stays the exchange's, which outlives its answer. */
static struct MHD_Response *response_of_out(struct exchange *exchange)
{
    const struct buffer *out = &exchange->out;
    if (exchange->writer.failed)
        return NULL;
    return MHD_create_response_from_buffer(out->length, out->data, MHD_RESPMEM_PERSISTENT);
}

void answer_text(struct exchange *exchange, int status, const char *content_type,
                 const char *cache_control)
{
    respond(exchange, status, response_of_out(exchange), exchange->out.length, cache_control);
    set_type(exchange, content_type);
}

void answer_private(struct exchange *exchange, int status)
{
    answer_text(exchange, status, "application/json", "no-store");
}

void answer_created(struct exchange *exchange, const char *path, const char *prefix, struct id id)
{
    char text[ID_TEXT_BYTES], location[64 + ID_TEXT_BYTES];
    (void)id_format(prefix, id, text);
    const int length = snprintf(location, sizeof location, "%s/%s", path, text);
    CHECK(length > 0 && (size_t)length < sizeof location);
    answer_private(exchange, MHD_HTTP_CREATED);
    answer_header(exchange, "Location", location);
}

void answer_no_content(struct exchange *exchange)
{
    struct MHD_Response *empty = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    respond(exchange, MHD_HTTP_NO_CONTENT, empty, 0, "no-store");
}

struct shared_body *answer_share(struct exchange *exchange, const struct shared_key *key,
                                 uint64_t version)
{
    struct shared_body *body = exchange->writer.failed ? NULL : shared_body_new(&exchange->out);
    if (body != NULL && key != NULL)
        shared_keep(&exchange->server->shared, key, version, body);
    return body;
}

static void drop_body(void *body)
{
    shared_body_drop(body);
}

void answer_shared(struct exchange *exchange, struct shared_body *body, const char *cache_control)
{
    if (body == NULL) {
        problem_answer(exchange, REFUSAL_CAPACITY);
        return;
    }
    const char *known = exchange->headers.if_none_match;
    const bool fresh = known != NULL && etag_matches(known, body->etag);
    /* Of a 304, libmicrohttpd sends the length but no body, as RFC 9110, 15.4.5 has it. */
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        body->length, body->bytes, drop_body, body);
    respond(exchange, fresh ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response,
            fresh ? 0 : body->length, cache_control);
    answer_header(exchange, "ETag", body->etag);
    set_type(exchange, body->content_type);
    if (response == NULL)
        shared_body_drop(body);
}

void answer_problem(struct exchange *exchange, int status, int64_t retry_seconds)
{
    answer_text(exchange, status, "application/problem+json", "no-store");
    if (retry_seconds > 0) {
        char text[24];
        (void)snprintf(text, sizeof text, "%lld", (long long)retry_seconds);
        answer_header(exchange, "Retry-After", text);
    }
    if (status == MHD_HTTP_UNAUTHORIZED)
        answer_header(exchange, "WWW-Authenticate", "Bearer");
}
