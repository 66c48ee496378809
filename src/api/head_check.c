/* See head_check.h. */
#include "api/head_check.h"

#include "api/idempotency.h"
#include "api/import.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/session_cookie.h"
#include "api/web_answer.h"
#include "base/check.h"
#include "http/cors.h"
#include "http/site.h"

#include <string.h>
#include <strings.h>

/* A client may look at its token this many times as often as pollAfterMs says; the same number may
 * come at once. */
#define POLL_FACTOR 5

/* What follows the media type; NULL: it is another. */
static const char *behind_type(const char *value, const char *type)
{
    const size_t length = strlen(type);
    if (strncasecmp(value, type, length) != 0)
        return NULL;
    value += length;
    value += strspn(value, " \t");
    return *value == '\0' || *value == ';' ? value : NULL;
}

/* JSON defines no parameter (RFC 8259, 11): any that is given, a charset too, has no effect. */
bool content_type_is_json(const char *value)
{
    return behind_type(value, "application/json") != NULL;
}

/* Of CSV the charset counts (RFC 7111), and is UTF-8 here. */
bool content_type_is_csv(const char *value)
{
    static const char charset[] = "charset=", utf8[] = "utf-8";
    const char *rest = behind_type(value, "text/csv");
    for (const char *at = rest; at != NULL && *at != '\0'; at += strcspn(at, ";")) {
        at += strspn(at, "; \t");
        if (strncasecmp(at, charset, sizeof charset - 1) != 0)
            continue;
        at += sizeof charset - 1;
        at += *at == '"';
        if (strncasecmp(at, utf8, sizeof utf8 - 1) != 0 ||
            strspn(at + sizeof utf8 - 1, "\" \t") != strcspn(at + sizeof utf8 - 1, ";"))
            return false;
    }
    return rest != NULL;
}

/* A session's token, or an API key, which is sent as a bearer token only. */
static bool read_token(struct enquiry *enquiry, const char *text, size_t length, bool may_be_key)
{
    const struct secret *key = &enquiry->api->token_key;
    if (session_token_parse(text, length, key, &enquiry->token))
        return true;
    enquiry->with_key = may_be_key && api_key_parse(text, length, key, &enquiry->token);
    return enquiry->with_key;
}

static void read_credentials(struct enquiry *enquiry)
{
    const struct request_headers *headers = &enquiry->exchange.head->headers;
    const bool bears = headers->authorization != NULL;
    const char *text = NULL;
    size_t length = 0;
    if (bears)
        text = bearer_find(headers->authorization, &length);
    else if (headers->cookie != NULL)
        text = session_cookie_find(headers->cookie, http_site(enquiry->exchange.server)->secure,
                                   &length);
    if (text == NULL || !read_token(enquiry, text, length, bears))
        return;
    enquiry->signed_in = true;
    enquiry->account_key = limit_key_id(&enquiry->api->limits.accounts, enquiry->token.user_id);
}

/* Requests a second, and twice as many in a burst. */
static struct limit_rate rate_per_second(const atomic_uint *sustained)
{
    const unsigned per_second = atomic_load_explicit(sustained, memory_order_relaxed);
    return (struct limit_rate){.interval_us = 1000000 / per_second,
                               .burst = 2 * (int64_t)per_second};
}

/* Whether the caller keeps the pace; if not, the enquiry was answered. */
static bool within_pace(struct enquiry *enquiry)
{
    struct limits *limits = &enquiry->api->limits;
    int64_t wait_us = 0;
    if (enquiry->route->pace == PACE_FREE)
        return true;
    const struct limit_rate rate =
        rate_per_second(!enquiry->signed_in ? &limits->address_per_second
                        : enquiry->with_key ? &limits->key_per_second
                                            : &limits->account_per_second);
    const bool good =
        enquiry->signed_in
            ? limit_take(&limits->accounts, enquiry->account_key, &rate, enquiry->exchange.began_us,
                         &wait_us)
            : limit_take(&limits->addresses,
                         limit_key_address(&limits->addresses, &enquiry->exchange.address), &rate,
                         enquiry->exchange.began_us, &wait_us);
    if (!good)
        problem_too_many(enquiry, wait_us);
    return good;
}

static void report_presence(struct enquiry *enquiry)
{
    static const struct limit_rate rate = {.interval_us = PRESENCE_INTERVAL_US, .burst = 1};
    struct api *api = enquiry->api;
    int64_t wait_us;
    if (!limit_take(&api->limits.heard, limit_key_id(&api->limits.heard, enquiry->token.user_id),
                    &rate, enquiry->exchange.began_us, &wait_us))
        return;
    struct credentials credentials;
    enquiry_credentials(enquiry, &credentials);
    presence_report(&api->presence, api->engine, &credentials);
}

/* False: another site's page sent a write with the session cookie, and the enquiry was answered.
 * Browsers add cookies by themselves; a bearer token is known to our own page only.
 *
 * Signing in and up need no cookie, and another's page can't make a browser do either: their bodies
 * are JSON by Content-Type, which a form can't send, and for which a script of another origin must
 * ask first (Fetch, 4.8: a preflight), which is allowed to the origins that the operator names, and
 * to those without cookies. */
static bool is_own_site(struct enquiry *enquiry)
{
    const struct request_headers *headers = &enquiry->exchange.head->headers;
    const struct site *site = http_site(enquiry->exchange.server);
    size_t length;
    if (enquiry->route->method == METHOD_GET || headers->authorization != NULL ||
        headers->cookie == NULL ||
        session_cookie_find(headers->cookie, site->secure, &length) == NULL ||
        !site_is_foreign(site, headers->sec_fetch_site, headers->origin, headers->host))
        return true;
    problem_answer(enquiry, REFUSAL_CROSS_SITE);
    return false;
}

/* Finds out who asks. False: that is not enough for the route, and the enquiry was answered. */
static bool authorize_caller(struct enquiry *enquiry)
{
    const enum route_access access =
        route_access_at(enquiry->route, enquiry->exchange.operations_only);
    if (access != ACCESS_ANYBODY)
        read_credentials(enquiry);
    if (!within_pace(enquiry))
        return false;
    if (access == ACCESS_PUBLIC && enquiry->signed_in && !enquiry->with_key)
        report_presence(enquiry);
    if (access == ACCESS_SIGNED_IN && !enquiry->signed_in) {
        problem_answer(enquiry, REFUSAL_UNAUTHENTICATED);
        return false;
    }
    if (!is_own_site(enquiry))
        return false;
    if (access != ACCESS_SIGNED_IN && !(access == ACCESS_EITHER && enquiry->signed_in))
        return true;
    return enquiry_count_in(enquiry, &enquiry->api->limits.accounts,
                            enquiry->with_key ? KEY_IN_FLIGHT_MAX : PERSON_IN_FLIGHT_MAX);
}

/* The one coding that is read is none at all (RFC 9110, 8.4). */
static bool is_identity_coding(const char *content_encoding)
{
    return content_encoding == NULL || strcasecmp(content_encoding, "identity") == 0;
}

/* Whether it is JSON, or CSV where the route takes that. */
static bool read_type(struct enquiry *enquiry)
{
    const char *type = enquiry->exchange.head->headers.content_type;
    if (type == NULL)
        return false;
    enquiry->sends_sheet = enquiry->route->may_be_sheet && content_type_is_csv(type);
    return enquiry->sends_sheet || content_type_is_json(type);
}

/* The body's type and announced size fit the route; if not, the enquiry was answered. */
static bool check_body(struct enquiry *enquiry)
{
    const struct request_headers *headers = &enquiry->exchange.head->headers;
    const bool good = read_type(enquiry) && is_identity_coding(headers->content_encoding);
    if (enquiry->exchange.declared_bytes > 0 && !good) {
        problem_answer(enquiry, REFUSAL_UNSUPPORTED_MEDIA_TYPE);
        return false;
    }
    if (enquiry->exchange.declared_bytes != UINT64_MAX &&
        enquiry->exchange.declared_bytes > enquiry->exchange.body_bytes_max) {
        problem_answer(enquiry, REFUSAL_BODY_TOO_LARGE);
        return false;
    }
    return true;
}

void head_check(struct enquiry *enquiry)
{
    const struct request_head *head = enquiry->exchange.head;
    unsigned allowed;
    enquiry->route = route_find(head->method, head->path, &enquiry->path, &allowed);
    if (enquiry->route != NULL && !route_exists(enquiry->route, enquiry->exchange.operations_only))
        enquiry->route = NULL;
    if (enquiry->route == NULL) {
        if (allowed != 0 && cors_is_preflight(&enquiry->exchange))
            cors_answer_preflight(&enquiry->exchange, allowed);
        else if (enquiry->exchange.operations_only)
            problem_answer(enquiry, REFUSAL_NOT_FOUND);
        else if (allowed != 0)
            problem_method(enquiry, allowed);
        else if (!web_answer(enquiry))
            problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return;
    }
    enquiry->exchange.body_bytes_max =
        enquiry->route->takes == TAKES_IMPORT ? IMPORT_BODY_BYTES_MAX : BODY_BYTES_MAX;
    if (check_body(enquiry) && authorize_caller(enquiry) && query_names(enquiry) &&
        idempotency_admit(enquiry, head->path) && enquiry->route->takes == TAKES_IMPORT &&
        enquiry->exchange.declared_bytes > BODY_BYTES_MAX)
        import_admit(enquiry);
}

static uint64_t poll_key(const struct enquiry *enquiry)
{
    return limit_key_id(&enquiry->api->limits.polls, enquiry->token.user_id);
}

bool head_check_poll(struct enquiry *enquiry)
{
    int64_t wait_us = 0;
    const bool good = limit_take_paced(&enquiry->api->limits.polls, poll_key(enquiry), POLL_FACTOR,
                                       enquiry->exchange.began_us, &wait_us);
    if (!good)
        problem_too_many(enquiry, wait_us);
    return good;
}

void head_check_poll_pace(struct enquiry *enquiry, int64_t poll_after_ms)
{
    limit_pace(&enquiry->api->limits.polls, poll_key(enquiry), poll_after_ms * 1000 / POLL_FACTOR,
               enquiry->exchange.began_us);
}
