/* See head_check.h. */
#include "http/head_check.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/idempotency.h"
#include "http/import.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/server.h"
#include "http/session_cookie.h"

#include <string.h>
#include <strings.h>

/* A client may look at its token this many times as often as pollAfterMs says, and as many times at
 * once. */
#define POLL_FACTOR 5

bool request_id_well_formed(const char *text)
{
    const size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789._-");
    return length >= 1 && length <= REQUEST_ID_MAX && text[length] == '\0';
}

/* JSON defines no parameter (RFC 8259, 11): whatever is given, a charset too, has no effect. */
bool content_type_is_json(const char *value)
{
    static const char type[] = "application/json";
    if (strncasecmp(value, type, sizeof type - 1) != 0)
        return false;
    value += sizeof type - 1;
    value += strspn(value, " \t");
    return *value == '\0' || *value == ';';
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

static void read_credentials(struct exchange *exchange)
{
    const struct request_headers *headers = &exchange->head->headers;
    const char *text = NULL;
    size_t length = 0;
    if (headers->authorization != NULL)
        text = bearer_find(headers->authorization, &length);
    else if (headers->cookie != NULL)
        text = session_cookie_find(headers->cookie, exchange->server->site.secure, &length);
    struct http_server *server = exchange->server;
    if (text == NULL || !session_token_parse(text, length, &server->token_key, &exchange->token))
        return;
    exchange->signed_in = true;
    exchange->account_key = limit_key_id(&server->limits.accounts, exchange->token.user_id);
}

static void set_address(struct exchange *exchange)
{
    const struct request_headers *headers = &exchange->head->headers;
    const struct address peer = address_of_socket(exchange->peer);
    exchange->address = forwarded_origin(&peer, &exchange->server->site.trusted_proxies,
                                         &headers->forwarded, &headers->x_forwarded_for);
}

/* Whether the caller keeps the pace; if not, the exchange was answered. */
static bool within_pace(struct exchange *exchange)
{
    struct limits *limits = &exchange->server->limits;
    int64_t wait_us = 0;
    if (exchange->route->pace == PACE_FREE)
        return true;
    const bool good = exchange->signed_in
                          ? limit_take(&limits->accounts, exchange->account_key,
                                       &limits->account_rate, exchange->began_us, &wait_us)
                          : limit_take(&limits->addresses,
                                       limit_key_address(&limits->addresses, &exchange->address),
                                       &limits->address_rate, exchange->began_us, &wait_us);
    if (!good)
        problem_too_many(exchange, wait_us);
    return good;
}

static void report_presence(struct exchange *exchange)
{
    static const struct limit_rate rate = {.interval_us = PRESENCE_INTERVAL_US, .burst = 1};
    struct http_server *server = exchange->server;
    int64_t wait_us;
    if (!limit_take(&server->limits.heard,
                    limit_key_id(&server->limits.heard, exchange->token.user_id), &rate,
                    exchange->began_us, &wait_us))
        return;
    struct credentials credentials;
    exchange_credentials(exchange, &credentials);
    presence_report(&server->presence, server->engine, &credentials);
}

/* Whether nobody else's page uses the cookie of whoever looks at it; if so, the exchange was
 * answered. A browser adds the cookie by itself, a bearer's token only its own page knows.
 *
 * Signing in and up need no cookie, and another's page can't make a browser do either: their bodies
 * are JSON by Content-Type, which a form can't send, and for which a script of another origin must
 * ask first (Fetch, 4.8: a preflight). No answer of ours allows that. */
static bool is_own_site(struct exchange *exchange)
{
    const struct request_headers *headers = &exchange->head->headers;
    const struct site *site = &exchange->server->site;
    size_t length;
    if (exchange->route->method == METHOD_GET || headers->authorization != NULL ||
        headers->cookie == NULL ||
        session_cookie_find(headers->cookie, site->secure, &length) == NULL ||
        !site_is_foreign(site, headers->sec_fetch_site, headers->origin, headers->host))
        return true;
    problem_answer(exchange, REFUSAL_CROSS_SITE);
    return false;
}

/* Who asks, and whether that is enough for the route; if not, the exchange was answered. */
static bool authorize_caller(struct exchange *exchange)
{
    const enum route_access access = route_access_at(exchange->route, exchange->operations_only);
    if (access != ACCESS_ANYBODY)
        read_credentials(exchange);
    if (!within_pace(exchange))
        return false;
    if (access == ACCESS_PUBLIC && exchange->signed_in)
        report_presence(exchange);
    if (access == ACCESS_SIGNED_IN && !exchange->signed_in) {
        problem_answer(exchange, REFUSAL_UNAUTHENTICATED);
        return false;
    }
    if (!is_own_site(exchange))
        return false;
    if (access != ACCESS_SIGNED_IN)
        return true;
    exchange->in_flight = limit_enter(&exchange->server->limits.accounts, exchange->account_key,
                                      IN_FLIGHT_MAX, exchange->began_us);
    if (!exchange->in_flight)
        problem_too_many(exchange, SECOND_MS * 1000);
    return exchange->in_flight;
}

/* No coding is read but the one that is none (RFC 9110, 8.4). */
static bool is_identity_coding(const char *content_encoding)
{
    return content_encoding == NULL || strcasecmp(content_encoding, "identity") == 0;
}

/* The body's type and announced size fit the route; if not, the exchange was answered. */
static bool check_body(struct exchange *exchange)
{
    const struct request_headers *headers = &exchange->head->headers;
    if (exchange->declared_bytes > 0 &&
        (!is_identity_coding(headers->content_encoding) || headers->content_type == NULL ||
         !content_type_is_json(headers->content_type))) {
        problem_answer(exchange, REFUSAL_UNSUPPORTED_MEDIA_TYPE);
        return false;
    }
    if (exchange->declared_bytes != UINT64_MAX &&
        exchange->declared_bytes > exchange_body_bytes_max(exchange)) {
        problem_answer(exchange, REFUSAL_BODY_TOO_LARGE);
        return false;
    }
    return true;
}

void head_check(struct exchange *exchange)
{
    const struct request_head *head = exchange->head;
    set_request_id(exchange);
    set_address(exchange);
    if (head->refusal != REFUSAL_NONE) {
        problem_answer(exchange, head->refusal);
        return;
    }
    unsigned allowed;
    exchange->route = route_find(head->method, head->path, &exchange->path, &allowed);
    if (exchange->route != NULL && !route_exists(exchange->route, exchange->operations_only))
        exchange->route = NULL;
    if (exchange->route == NULL) {
        if (allowed == 0 || exchange->operations_only)
            problem_answer(exchange, REFUSAL_NOT_FOUND);
        else
            problem_method(exchange, allowed);
        return;
    }
    if (check_body(exchange) && authorize_caller(exchange) && query_names(exchange) &&
        idempotency_admit(exchange, head->path) && exchange->route->body == BODY_IMPORT &&
        exchange->declared_bytes > BODY_BYTES_MAX)
        import_admit(exchange);
}

static uint64_t poll_key(const struct exchange *exchange)
{
    return limit_key_id(&exchange->server->limits.polls, exchange->token.user_id);
}

bool head_check_poll(struct exchange *exchange)
{
    int64_t wait_us = 0;
    const bool good = limit_take_paced(&exchange->server->limits.polls, poll_key(exchange),
                                       POLL_FACTOR, exchange->began_us, &wait_us);
    if (!good)
        problem_too_many(exchange, wait_us);
    return good;
}

void head_check_poll_pace(struct exchange *exchange, int64_t poll_after_ms)
{
    limit_pace(&exchange->server->limits.polls, poll_key(exchange),
               poll_after_ms * 1000 / POLL_FACTOR, exchange->began_us);
}
