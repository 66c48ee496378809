/* See admission.h. */
#include "http/admission.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/idempotency.h"
#include "http/import.h"
#include "http/problem.h"
#include "http/server.h"

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

uint64_t content_length_parse(const char *value)
{
    uint64_t number = 0;
    for (; *value >= '0' && *value <= '9'; value++) {
        if (number > (UINT64_MAX - 9) / 10)
            return UINT64_MAX;
        number = number * 10 + (uint64_t)(*value - '0');
    }
    return *value == '\0' ? number : UINT64_MAX;
}

/* One header; libmicrohttpd calls it for each. */
static enum MHD_Result read_header(void *owner, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    struct request_headers *headers = owner;
    const struct {
        const char *name;
        const char **value;
        bool once; /* a second one would make the request mean two things */
    } wanted[] = {
        {"Host", &headers->host, true},
        {"Authorization", &headers->authorization, true},
        {"Cookie", &headers->cookie, false},
        {"Content-Type", &headers->content_type, true},
        {"Content-Length", &headers->content_length, true},
        {"Transfer-Encoding", &headers->transfer_encoding, true},
        {"Expect", &headers->expect, false},
        {"If-None-Match", &headers->if_none_match, false},
        {"X-Request-Id", &headers->request_id, false},
        {"Idempotency-Key", &headers->idempotency_key, true},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (strcasecmp(name, wanted[i].name) != 0)
            continue;
        if (*wanted[i].value == NULL)
            *wanted[i].value = value == NULL ? "" : value;
        else
            headers->ambiguous |= wanted[i].once;
        break;
    }
    return MHD_YES;
}

/* Whether it is clear where the request ends; if it is not, a proxy before us may see another end
 * than we do (RFC 9112, 6.1 and 11.2). */
static bool is_framed(const struct request_headers *headers)
{
    const char *encoding = headers->transfer_encoding;
    return !headers->ambiguous && (encoding == NULL || (strcasecmp(encoding, "chunked") == 0 &&
                                                        headers->content_length == NULL));
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

/* The client's own, or one of ours: a prefix of this process and a count. */
static void set_request_id(struct exchange *exchange)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    struct http_server *server = exchange->server;
    const char *given = exchange->headers.request_id;
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
    const struct request_headers *headers = &exchange->headers;
    const char *text = NULL;
    size_t length = 0;
    if (headers->authorization != NULL)
        text = bearer_find(headers->authorization, &length);
    else if (headers->cookie != NULL)
        text = cookie_find(headers->cookie, SESSION_COOKIE, &length);
    struct http_server *server = exchange->server;
    if (text == NULL || !session_token_parse(text, length, &server->token_key, &exchange->token))
        return;
    exchange->signed_in = true;
    exchange->account_key = limit_key_id(&server->limits.accounts, exchange->token.user_id);
}

static uint64_t address_key(const struct exchange *exchange, const struct limit_table *table)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    CHECK(info != NULL);
    return limit_key_address(table, info->client_addr);
}

/* Whether the caller keeps the pace; if not, the exchange was answered. */
static bool within_pace(struct exchange *exchange)
{
    struct limits *limits = &exchange->server->limits;
    int64_t wait_us = 0;
    if (exchange->route->pace == PACE_FREE)
        return true;
    const bool good =
        exchange->signed_in
            ? limit_take(&limits->accounts, exchange->account_key, &limits->account_rate,
                         exchange->began_us, &wait_us)
            : limit_take(&limits->addresses, address_key(exchange, &limits->addresses),
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

/* Who asks, and whether that is enough for the route; if not, the exchange was answered. */
static bool admit_caller(struct exchange *exchange)
{
    const enum route_access access = exchange->route->access;
    if (access != ACCESS_ANYBODY)
        read_credentials(exchange);
    if (!within_pace(exchange))
        return false;
    if (access == ACCESS_PUBLIC && exchange->signed_in)
        report_presence(exchange);
    if (access != ACCESS_SIGNED_IN)
        return true;
    if (!exchange->signed_in) {
        problem_answer(exchange, REFUSAL_UNAUTHENTICATED);
        return false;
    }
    exchange->in_flight = limit_enter(&exchange->server->limits.accounts, exchange->account_key,
                                      IN_FLIGHT_MAX, exchange->began_us);
    if (!exchange->in_flight)
        problem_too_many(exchange, SECOND_MS * 1000);
    return exchange->in_flight;
}

/* How long a body is announced. */
static void read_length(struct exchange *exchange)
{
    const struct request_headers *headers = &exchange->headers;
    if (headers->transfer_encoding != NULL)
        exchange->declared_bytes = UINT64_MAX;
    else if (headers->content_length != NULL)
        exchange->declared_bytes = content_length_parse(headers->content_length);
    exchange->body_pending = exchange->declared_bytes > 0;
    exchange->expects_continue =
        headers->expect != NULL && strcasecmp(headers->expect, "100-continue") == 0;
}

/* The body's type and announced size fit the route; if not, the exchange was answered. */
static bool check_body(struct exchange *exchange)
{
    const struct request_headers *headers = &exchange->headers;
    if (exchange->body_pending &&
        (headers->content_type == NULL || !content_type_is_json(headers->content_type))) {
        problem_answer(exchange, REFUSAL_UNSUPPORTED_MEDIA_TYPE);
        return false;
    }
    if (headers->transfer_encoding == NULL &&
        exchange->declared_bytes > exchange_body_bytes_max(exchange)) {
        problem_answer(exchange, REFUSAL_BODY_TOO_LARGE);
        return false;
    }
    return true;
}

/* libmicrohttpd builds the answer's headers in what the request left of the connection's memory,
 * and closes the connection when they do not fit: after the request was carried out. So a request
 * that leaves too little is refused before. The request stands there as it came, its cookies once
 * more, and a node for every header, cookie and parameter. */
#define ANSWER_HEADERS_BYTES 1536 /* with a Location, a cookie and the longest request id: half */
#define VALUE_NODE_BYTES 64

static bool leaves_room(const struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    CHECK(info != NULL);
    const char *cookie = exchange->headers.cookie;
    const int values = MHD_get_connection_values(
        exchange->connection, MHD_HEADER_KIND | MHD_COOKIE_KIND | MHD_GET_ARGUMENT_KIND, NULL,
        NULL);
    const size_t used = info->header_size + (cookie == NULL ? 0 : strlen(cookie) + 1) +
                        (values < 0 ? 0 : (size_t)values * VALUE_NODE_BYTES);
    return used + ANSWER_HEADERS_BYTES <= exchange->server->options.connection_memory_bytes;
}

void admission_check(struct exchange *exchange, const char *target, const char *method)
{
    (void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, read_header,
                                    &exchange->headers);
    set_request_id(exchange);
    read_length(exchange);
    if (!is_framed(&exchange->headers)) {
        problem_answer(exchange, REFUSAL_BAD_REQUEST);
        answer_header(exchange, "Connection", "close");
        return;
    }
    if (!leaves_room(exchange)) {
        problem_answer(exchange, REFUSAL_HEADERS_TOO_LARGE);
        return;
    }
    unsigned allowed;
    const char *path = path_of(target);
    exchange->route = route_find(method_parse(method), path, &exchange->path, &allowed);
    if (exchange->route == NULL) {
        if (allowed == 0)
            problem_answer(exchange, REFUSAL_NOT_FOUND);
        else
            problem_method(exchange, allowed);
        return;
    }
    if (check_body(exchange) && admit_caller(exchange) && idempotency_admit(exchange, path) &&
        exchange->route->body == BODY_IMPORT && exchange->declared_bytes > BODY_BYTES_MAX)
        import_admit(exchange);
}

bool admission_sign_in(struct exchange *exchange, const void *account, size_t length)
{
    struct limits *limits = &exchange->server->limits;
    int64_t wait_us = 0;
    const uint64_t address = address_key(exchange, &limits->sign_in_addresses);
    bool good = limit_take(&limits->sign_in_addresses, address, &limits->sign_in_address_rate,
                           exchange->began_us, &wait_us);
    if (good && account != NULL)
        good = limit_take(&limits->sign_in_accounts,
                          limit_key_bytes(&limits->sign_in_accounts, account, length),
                          &limits->sign_in_account_rate, exchange->began_us, &wait_us);
    if (!good)
        problem_too_many(exchange, wait_us);
    return good;
}

static uint64_t poll_key(const struct exchange *exchange)
{
    return limit_key_id(&exchange->server->limits.polls, exchange->token.user_id);
}

bool admission_poll(struct exchange *exchange)
{
    int64_t wait_us = 0;
    const bool good = limit_take_paced(&exchange->server->limits.polls, poll_key(exchange),
                                       POLL_FACTOR, exchange->began_us, &wait_us);
    if (!good)
        problem_too_many(exchange, wait_us);
    return good;
}

void admission_poll_pace(struct exchange *exchange, int64_t poll_after_ms)
{
    limit_pace(&exchange->server->limits.polls, poll_key(exchange),
               poll_after_ms * 1000 / POLL_FACTOR, exchange->began_us);
}
