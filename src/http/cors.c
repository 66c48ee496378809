/* See cors.h. */
#include "http/cors.h"

#include "http/answer.h"
#include "http/server.h"

#include <string.h>

/* Browsers keep the answer to a preflight for so long: an hour is the shortest that none of them
 * cuts off by much, and as long as a mistake in the setting stays with people. */
#define PREFLIGHT_SECONDS "3600"

static bool comes_from_named(const struct exchange *exchange)
{
    const char *origin = exchange->head->headers.origin;
    return origin != NULL && origin_list_has(&exchange->server->site.cors_origins, origin);
}

void cors_allow(struct exchange *exchange)
{
    if (exchange->server->site.cors_origins.count == 0)
        return;
    answer_header(exchange, "Vary", "Origin");
    if (!comes_from_named(exchange))
        return;
    answer_header(exchange, "Access-Control-Allow-Origin", exchange->head->headers.origin);
    answer_header(exchange, "Access-Control-Expose-Headers",
                  "ETag, Location, Retry-After, X-Request-Id, Idempotency-Replayed");
}

bool cors_is_preflight(const struct exchange *exchange)
{
    const struct request_head *head = exchange->head;
    return head->method == METHOD_OTHER && strcmp(head->method_text, "OPTIONS") == 0 &&
           head->headers.access_control_request_method != NULL && comes_from_named(exchange);
}

void cors_answer_preflight(struct exchange *exchange, unsigned allowed)
{
    char methods[ALLOW_TEXT_BYTES];
    allow_format(allowed, methods);
    answer_no_content(exchange);
    answer_header(exchange, "Access-Control-Allow-Methods", methods);
    answer_header(exchange, "Access-Control-Allow-Headers",
                  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
                  "Last-Event-ID, X-Request-Id");
    answer_header(exchange, "Access-Control-Max-Age", PREFLIGHT_SECONDS);
}
