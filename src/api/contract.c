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

#define DETAIL_COUNT(detail) .max = detail
#define DETAIL_SECONDS(detail) .max = detail
#define DETAIL_SET(detail)                                                                         \
    .texts = detail##_texts, .text_count = sizeof detail##_texts / sizeof detail##_texts[0]
#define DETAIL_VERSION(detail) .max = INT64_MAX
#define DETAIL_CURSOR(detail) .max = 0
#define DETAIL_TIME(detail) .max = 0
#define DETAIL_TEXT(detail) .max = detail
#define DETAIL_NEEDED(detail) .max = detail
#define DETAIL_ENUM(detail)                                                                        \
    .texts = detail##_texts, .text_count = sizeof detail##_texts / sizeof detail##_texts[0]
#define DETAIL_ID(detail) .id_of = (enum record_kind)kind_of_##detail

static const struct query_parameter parameters[] = {
#define PARAMETER(row_name, in_query, parameter_type, detail, text)                                \
    {.name = #row_name,                                                                            \
     .query = in_query,                                                                            \
     .type = PARAMETER_##parameter_type,                                                           \
     DETAIL_##parameter_type(detail),                                                              \
     .meaning = text},
#include "api/parameters.def"
};

/* The next of a row's names with blanks between them; NULL: there is none. */
static const struct query_parameter *next_named(const char **names)
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

static enum parameter_type type_of_filter(enum filter_type type)
{
    switch (type) {
    case FILTER_ID:
    case FILTER_ROUND:
    case FILTER_CONCERT:
        return PARAMETER_ID;
    case FILTER_ENUM:
        return PARAMETER_ENUM;
    case FILTER_TEXT:
    case FILTER_SEARCH:
        return PARAMETER_TEXT;
    case FILTER_EMAIL:
        return PARAMETER_EMAIL;
    case FILTER_AMONG:
        break; /* no parameter sets it */
    case FILTER_FROM:
    case FILTER_TO:
        return PARAMETER_TIME;
    }
    UNREACHABLE("a filter's type");
}

static struct query_parameter parameter_of_filter(const struct list_filter *row)
{
    return (struct query_parameter){.name = row->filter->parameter,
                                    .query = row->filter->parameter,
                                    .type = type_of_filter(row->filter->type),
                                    .max = (int64_t)row->filter->characters_max,
                                    .id_of = row->filter->id_of,
                                    .texts = row->column->texts,
                                    .text_count = row->column->text_count,
                                    .meaning = row->filter->meaning};
}

struct parameter_walk route_parameters(const struct route *route)
{
    return (struct parameter_walk){
        .names = route->parameters,
        .list = route->list == RECORD_KIND_COUNT ? NULL : list_schema(route->list)};
}

bool parameter_next(struct parameter_walk *walk, struct query_parameter *parameter)
{
    const struct query_parameter *named = next_named(&walk->names);
    if (named != NULL) {
        *parameter = *named;
        return true;
    }
    while (walk->list != NULL && walk->filter < walk->list->filter_count) {
        const struct list_filter *row = &walk->list->filters[walk->filter++];
        if (!row->is_parameter)
            continue;
        *parameter = parameter_of_filter(row);
        return true;
    }
    return false;
}

/* ---- Refusals ---- */

#define R(name) REFUSAL_MASK(REFUSAL_##name)

/* Refusals that any request may get, for a fault of its own or of the machine. */
static const refusal_set any_request =
    R(BAD_REQUEST) | R(URI_TOO_LONG) | R(HEADERS_TOO_LARGE) | R(REQUEST_TIMEOUT) |
    R(EXPECTATION_FAILED) | R(NOT_IMPLEMENTED) | R(VERSION_NOT_SUPPORTED) |
    R(UNSUPPORTED_MEDIA_TYPE) | R(BODY_TOO_LARGE) | R(INVALID_FIELD) | R(CAPACITY) | R(UNAVAILABLE);

static refusal_set of_access(const struct route *route)
{
    switch (route->access) {
    case ACCESS_SIGNED_IN:
    case ACCESS_EITHER:
    case ACCESS_METRICS:
        return R(UNAUTHENTICATED) | R(TOO_MANY_REQUESTS);
    case ACCESS_ANYBODY:
    case ACCESS_PUBLIC:
    case ACCESS_PROBE:
        break;
    }
    return 0;
}

/* Who may ask is the verb's or the list's word. Buyers are told so, staff and keys which scope they
 * lack; a person's own business is no key's. */
static refusal_set of_need(const struct route *route)
{
    const struct verb_need need = route_need(route);
    if (need.anybody)
        return 0;
    return need.persons_only ? R(FORBIDDEN) : R(FORBIDDEN) | R(SCOPE_REQUIRED);
}

static refusal_set of_body(const struct route *route)
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

refusal_set route_refusals(const struct route *route)
{
    const bool asks = route->verb != VERB_COUNT, changes = route->method != METHOD_GET;
    refusal_set refusals =
        route->refusals | any_request | of_access(route) | of_need(route) | of_body(route);
    if (route->pace == PACE_LIMITED)
        refusals |= R(TOO_MANY_REQUESTS);
    if (asks)
        refusals |= R(BUSY);
    if (asks && !verb_reads(route->verb))
        refusals |= R(READ_ONLY) | R(OUTCOME_UNKNOWN);
    if (changes)
        refusals |= R(CROSS_SITE);
    if (route_takes_key(route))
        refusals |= R(IDEMPOTENCY_KEY_REUSED);
    return refusals;
}

refusal_set route_refusals_anywhere(void)
{
    return any_request | R(NOT_FOUND) | R(METHOD_NOT_ALLOWED);
}

bool refusal_next(refusal_set refusals, enum refusal *refusal)
{
    for (int next = (int)*refusal + 1; next < REFUSAL_COUNT; next++) {
        if ((refusals >> next & 1) != 0) {
            *refusal = (enum refusal)next;
            return true;
        }
    }
    return false;
}
