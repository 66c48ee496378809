/* See contract.h. */
#include "api/contract.h"

#include "api/query.h"
#include "base/check.h"

#include <string.h>

/* ---- Parameters ---- */

enum {
#define ENTITY(kind, name, prefix, since) kind_of_##name = RECORD_KIND_##kind,
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
};

enum {
#define ENUMERATION(name) count_of_##name = 0
#define VALUE(constant, text) +1
#define END_ENUMERATION(name) ,
#include "record/enumeration.def"
};

#define DETAIL_COUNT(detail) .max = detail
#define DETAIL_VERSION(detail) .max = INT64_MAX
#define DETAIL_CURSOR(detail) .max = 0
#define DETAIL_ID(detail) .id_of = (enum record_kind)kind_of_##detail
#define DETAIL_TIME(detail) .max = 0
#define DETAIL_ENUM(detail) .texts = detail##_texts, .text_count = count_of_##detail
#define DETAIL_EMAIL(detail) .max = 0

static const struct query_parameter parameters[] = {
#define PARAMETER(row_name, in_query, parameter_type, detail, text)                                \
    {.name = #row_name,                                                                            \
     .query = in_query,                                                                            \
     .type = PARAMETER_##parameter_type,                                                           \
     DETAIL_##parameter_type(detail),                                                              \
     .meaning = text},
#include "api/parameters.def"
};

const struct query_parameter *parameter_next(const char **names)
{
    *names += strspn(*names, " ");
    const size_t length = strcspn(*names, " ");
    if (length == 0)
        return NULL;
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        const struct query_parameter *parameter = &parameters[i];
        if (strlen(parameter->name) != length || memcmp(parameter->name, *names, length) != 0)
            continue;
        *names += length;
        return parameter;
    }
    UNREACHABLE("a parameter that parameters.def does not have");
}

/* ---- Refusals ---- */

#define R(name) (UINT64_C(1) << REFUSAL_##name)

/* Refusals that any request may get, for a fault of its own or of the machine. */
static const uint64_t any_request =
    R(BAD_REQUEST) | R(URI_TOO_LONG) | R(HEADERS_TOO_LARGE) | R(REQUEST_TIMEOUT) |
    R(EXPECTATION_FAILED) | R(NOT_IMPLEMENTED) | R(VERSION_NOT_SUPPORTED) |
    R(UNSUPPORTED_MEDIA_TYPE) | R(BODY_TOO_LARGE) | R(INVALID_FIELD) | R(CAPACITY) | R(UNAVAILABLE);

static uint64_t of_access(const struct route *route)
{
    switch (route->access) {
    case ACCESS_SIGNED_IN:
    case ACCESS_METRICS:
        return R(UNAUTHENTICATED) | R(TOO_MANY_REQUESTS);
    case ACCESS_ANYBODY:
    case ACCESS_PUBLIC:
    case ACCESS_PROBE:
        break;
    }
    return 0;
}

static uint64_t of_body(const struct route *route)
{
    switch (route->takes) {
    case TAKES_NOTHING:
        return 0;
    case TAKES_ACTION:
    case TAKES_JSON:
        return R(MALFORMED_JSON);
    case TAKES_IMPORT:
        return R(MALFORMED_JSON) | R(BUSY);
    }
    UNREACHABLE("what a route takes");
}

uint64_t route_refusals(const struct route *route)
{
    const bool asks = route->verb != VERB_COUNT, changes = route->method != METHOD_GET;
    uint64_t refusals = route->refusals | any_request | of_access(route) | of_body(route);
    if (route->pace == PACE_LIMITED)
        refusals |= R(TOO_MANY_REQUESTS);
    if (asks)
        refusals |= R(BUSY);
    if (asks && !verb_reads(route->verb))
        refusals |= R(READ_ONLY) | R(OUTCOME_UNKNOWN);
    if (changes)
        refusals |= R(CROSS_SITE);
    if (route->method == METHOD_POST && route->access == ACCESS_SIGNED_IN)
        refusals |= R(IDEMPOTENCY_KEY_REUSED);
    return refusals;
}

uint64_t route_refusals_anywhere(void)
{
    return any_request | R(NOT_FOUND) | R(METHOD_NOT_ALLOWED);
}

bool refusal_next(uint64_t refusals, enum refusal *refusal)
{
    for (int next = (int)*refusal + 1; next < REFUSAL_COUNT; next++) {
        if ((refusals >> next & 1) != 0) {
            *refusal = (enum refusal)next;
            return true;
        }
    }
    return false;
}
