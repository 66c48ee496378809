/* See answer.h. */
#include "http/answer.h"

#include "base/check.h"
#include "http/cors.h"
#include "http/gzip.h"
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_BYTES 21 /* of a size in digits, and its NUL */

/* The head's next bytes, which the caller fills. */
static char *head_place(struct exchange *exchange, size_t length)
{
    struct answer *answer = &exchange->answer;
    CHECK(length <= sizeof exchange->answer_head - answer->head_length);
    char *at = exchange->answer_head + answer->head_length;
    answer->head_length += length;
    return at;
}

static void append_head(struct exchange *exchange, const char *text, size_t length)
{
    memcpy(head_place(exchange, length), text, length);
}

void answer_header(struct exchange *exchange, const char *name, const char *value)
{
    const size_t name_length = strlen(name), value_length = strlen(value);
    char *at = head_place(exchange, name_length + value_length + 4);
    memcpy(at, name, name_length);
    memcpy(at + name_length, ": ", 2);
    memcpy(at + name_length + 2, value, value_length);
    memcpy(at + name_length + 2 + value_length, "\r\n", 2);
}

/* A browser may show another type than JSON as a page: where nobody says what that needs (`policy`
 * NULL), it shall run nothing, take no more than a style sheet of ours, and stand in no frame. */
static void set_type(struct exchange *exchange, const char *content_type, const char *policy)
{
    answer_header(exchange, "Content-Type", content_type);
    if (policy == NULL && strncmp(content_type, "application/", strlen("application/")) != 0)
        policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                 "frame-ancestors 'none'";
    if (policy != NULL)
        answer_header(exchange, "Content-Security-Policy", policy);
}

/* Headers that every answer has. The one before, if there is one, is forgotten. */
static void respond(struct exchange *exchange, int status, const char *cache_control)
{
    struct answer *answer = &exchange->answer;
    CHECK(answer->stream == NULL);
    if (answer->cached != NULL)
        cached_answer_drop(answer->cached);
    *answer = (struct answer){
        .status = status,
        .bodiless = status == STATUS_NO_CONTENT || status == STATUS_NOT_MODIFIED,
        .last = http_draining(exchange->server),
    };
    const char *line = status_line(status);
    append_head(exchange, line, strlen(line));
    answer_header(exchange, "Date", exchange->loop->date.text);
    answer_header(exchange, "X-Request-Id", exchange->request_id);
    answer_header(exchange, "Cache-Control", cache_control);
    append_head(exchange, exchange->server->constant_lines,
                exchange->server->constant_lines_length);
    cors_allow(exchange);
    if (exchange->replayed)
        answer_header(exchange, "Idempotency-Replayed", "true");
}

void answer_text(struct exchange *exchange, int status, const char *content_type,
                 const char *cache_control)
{
    respond(exchange, status, cache_control);
    set_type(exchange, content_type, NULL);
}

void answer_no_content(struct exchange *exchange)
{
    respond(exchange, STATUS_NO_CONTENT, "no-store");
}

static bool takes_gzip(const struct exchange *exchange)
{
    return coding_choose(exchange->head->headers.accept_encoding, 1u << CODING_GZIP) == CODING_GZIP;
}

void answer_shared(struct exchange *exchange, struct cached_answer *body, const char *cache_control)
{
    if (body == NULL) {
        exchange_refuse(exchange, REFUSAL_CAPACITY);
        return;
    }
    const char *known = exchange->head->headers.if_none_match;
    const struct coded_answer *coded = takes_gzip(exchange) ? cached_answer_code(body) : NULL;
    const char *etag = coded != NULL ? coded->etag : body->etag;
    const bool fresh = known != NULL && etag_matches(known, etag);
    respond(exchange, fresh ? STATUS_NOT_MODIFIED : STATUS_OK, cache_control);
    answer_header(exchange, "ETag", etag);
    if (body->varies || body->length >= GZIP_BYTES_MIN)
        answer_header(exchange, "Vary", "Accept-Encoding");
    if (!fresh) {
        const enum coding coding = coded != NULL ? CODING_GZIP : body->coding;
        set_type(exchange, body->content_type, body->policy);
        if (coding != CODING_IDENTITY)
            answer_header(exchange, "Content-Encoding", coding_name(coding));
    }
    exchange->answer.cached = body;
    exchange->answer.coded = coded;
}

void answer_code(struct exchange *exchange)
{
    struct buffer *out = &exchange->out;
    uint8_t *coded;
    size_t length;
    if (exchange->head->method != METHOD_GET || out->length < GZIP_BYTES_MIN ||
        !takes_gzip(exchange) || gzip_make(out->data, out->length, &coded, &length) != RESULT_OK)
        return;
    free(out->data);
    out->data = coded;
    out->length = length;
    out->capacity = length;
    answer_header(exchange, "Content-Encoding", "gzip");
}

void answer_stream(struct exchange *exchange, const char *content_type, struct stream *stream)
{
    buffer_clear(&exchange->out);
    answer_text(exchange, STATUS_OK, content_type, "no-store");
    exchange->answer.unsized = true;
    exchange->answer.stream = stream;
}

/* ---- For the connection ---- */

const uint8_t *answer_body(const struct exchange *exchange, size_t *length)
{
    const struct cached_answer *cached = exchange->answer.cached;
    const struct coded_answer *coded = exchange->answer.coded;
    if (coded != NULL) {
        *length = coded->length;
        return coded->bytes;
    }
    *length = cached != NULL ? cached->length : exchange->out.length;
    return cached != NULL ? cached->bytes : exchange->out.data;
}

/* Writes the number's digits at the end of the text, and returns where they begin. Every answer has
 * one, and snprintf takes as long as the rest of its head. */
static const char *format_length(size_t length, char text[static LENGTH_BYTES])
{
    char *at = text + LENGTH_BYTES - 1;
    *at = '\0';
    do
        *--at = (char)('0' + length % 10);
    while ((length /= 10) > 0);
    return at;
}

void answer_close_head(struct exchange *exchange)
{
    struct answer *answer = &exchange->answer;
    if (answer->unsized) {
        /* A client of HTTP/1.0 knows no chunks, and each of its connections ends with its answer.
         */
        if (!exchange->head->old)
            answer_header(exchange, "Transfer-Encoding", "chunked");
    } else if (!answer->bodiless) {
        char text[LENGTH_BYTES];
        size_t length;
        (void)answer_body(exchange, &length);
        answer_header(exchange, "Content-Length", format_length(length, text));
    }
    if (answer->last)
        answer_header(exchange, "Connection", "close");
    append_head(exchange, "\r\n", 2);
}
