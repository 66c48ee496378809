/* See router.h. A path is held against those patterns that have its two characters behind "/v1/"
 * and end in a segment that begins like its own, or in a placeholder; its length and its last
 * character tell it from nearly all of them. */
#include "api/router.h"

#include "api/handlers.h"
#include "base/check.h"

#include <pthread.h>
#include <string.h>

/* The columns of routes.def. A row does not compile without a summary, or with a member that struct
 * call lacks. */
#define IN_CALL(member) offsetof(struct call, member)
#define OF_NOTHING .takes = TAKES_NOTHING, .body = BODY_OF_NOTHING
#define OF_ACTION .takes = TAKES_ACTION, .body = BODY_OF_NOTHING
#define OF_WHOLE(name) .takes = TAKES_JSON, .body = BODY_OF_##name, .extent = BODY_WHOLE
#define OF_MAYBE(name) OF_WHOLE(name), .may_be_empty = true
#define OF_PART(name) .takes = TAKES_JSON, .body = BODY_OF_##name, .extent = BODY_PART
#define OF_IMPORT(name) .takes = TAKES_IMPORT, .body = BODY_OF_##name, .extent = BODY_WHOLE
#define OF_IMPORT_OR_SHEET(name) OF_IMPORT(name), .may_be_sheet = true
#define NO_MORE .beyond = VERB_COUNT
#define ASKS_NOBODY .verb = VERB_COUNT, .list = RECORD_KIND_COUNT, NO_MORE
#define ASKS_NOBODY_OR(name) .verb = VERB_COUNT, .list = RECORD_KIND_COUNT, .beyond = VERB_##name
#define ASKS_FOR(name) .verb = VERB_##name, .list = RECORD_KIND_COUNT, NO_MORE
#define ASKS_FOR_OR(name, other)                                                                   \
    .verb = VERB_##name, .list = RECORD_KIND_COUNT, .beyond = VERB_##other
#define ASKS_ABOUT(name, member) ASKS_FOR(name), .is_about = true, .about = IN_CALL(member)
#define ASKS_LISTS(kind) .verb = VERB_LIST, .list = RECORD_KIND_##kind, NO_MORE
#define ASKS_LISTS_FOR(name, kind) .verb = VERB_##name, .list = RECORD_KIND_##kind, NO_MORE
#define NOWHERE NULL
#define SHOWN(name, member)                                                                        \
    .object = OBJECT_##name, .from = IN_CALL(member),                                              \
    .from_record = IN_CALL(member) == IN_CALL(record)
#define ANSWER_SHOWS(name, member) .answers = ROUTE_ANSWERS_OBJECT, SHOWN(name, member)
#define ANSWER_SHOWS_OR(name, member, other_name)                                                  \
    ANSWER_SHOWS(name, member), .has_other = true, .other = OBJECT_##other_name
#define ANSWER_MAKES(name, member, path)                                                           \
    .answers = ROUTE_ANSWERS_CREATED, SHOWN(name, member), .location = path
#define ANSWER_BEGINS(name, path)                                                                  \
    .answers = ROUTE_ANSWERS_BEGUN, .object = OBJECT_##name, .location = path
#define ANSWER_FINDS(name, member, path)                                                           \
    .answers = ROUTE_ANSWERS_EITHER, SHOWN(name, member), .location = path
#define ANSWER_TELLS(name) .answers = ROUTE_ANSWERS_OBJECT, .object = OBJECT_##name
#define ANSWER_PUBLISHES(name)                                                                     \
    .answers = ROUTE_ANSWERS_OBJECT, .object = OBJECT_##name, .is_public = true
#define ANSWER_PUBLISHES_EITHER(name, other_name)                                                  \
    ANSWER_PUBLISHES(name), .has_other = true, .other = OBJECT_##other_name
#define ANSWER_PAGES(name) .answers = ROUTE_ANSWERS_PAGE, .object = OBJECT_##name
#define ANSWER_PAGES_OR(name, other_name)                                                          \
    ANSWER_PAGES(name), .has_other = true, .other = OBJECT_##other_name
#define ANSWER_PUBLISHES_PAGES(name)                                                               \
    .answers = ROUTE_ANSWERS_PAGE, .object = OBJECT_##name, .is_public = true
#define ANSWER_DOES .answers = ROUTE_ANSWERS_NOTHING, .object = OBJECT_NONE
#define ANSWER_SAYS(type) .answers = ROUTE_ANSWERS_TEXT, .object = OBJECT_NONE, .content_type = type
#define ANSWER_EXPORTS(name)                                                                       \
    .answers = ROUTE_ANSWERS_EXPORT, .object = OBJECT_##name, .content_type = "text/csv"
#define ANSWER_STREAMS                                                                             \
    .answers = ROUTE_ANSWERS_STREAM, .object = OBJECT_NONE, .content_type = "text/event-stream"
#define ANSWER_PUBLISHES_TEXT(type) ANSWER_SAYS(type), .is_public = true
#define R(refusal) REFUSAL_MASK(REFUSAL_##refusal)

static const struct route table[] = {
#define ROUTE(route_name, route_method, route_pattern, function, route_access, route_pace, takes,  \
              asks, answer, route_parameters, route_refusals, text)                                \
    {                                                                                              \
        .name = #route_name,                                                                       \
        .method = METHOD_##route_method + 0 * (int)sizeof(char[sizeof text > 1 ? 1 : -1]),         \
        .pattern = route_pattern,                                                                  \
        .handler = function,                                                                       \
        .access = ACCESS_##route_access,                                                           \
        .pace = PACE_##route_pace,                                                                 \
        OF_##takes,                                                                                \
        ASKS_##asks,                                                                               \
        ANSWER_##answer,                                                                           \
        .parameters = route_parameters,                                                            \
        .refusals = route_refusals,                                                                \
        .summary = text,                                                                           \
    },
#include "api/routes.def"
};

#define ROUTE_COUNT (sizeof table / sizeof table[0])

_Static_assert(ROUTE_COUNT <= ROUTES_MAX, "the metrics have a place for each");

/* How a pattern is made: it has one placeholder at most. */
static struct shape {
    uint8_t before, after; /* bytes in front of the placeholder and behind it; else all and none */
    uint8_t name_length;   /* of the placeholder; 0: there is none */
} shapes[ROUTE_COUNT];

/* The routes that share a place, in the order of the table. */
#define PLACES 256 /* twice as many as there are routes */
#define NO_ROUTE UINT8_MAX
static uint8_t first_at[PLACES], next_of[ROUTE_COUNT];

_Static_assert(ROUTE_COUNT < NO_ROUTE, "a route's number fits a byte");

/* Where a text's lead stands: behind "/v1/" two characters say which objects a path is about. No
 * placeholder begins before its end. */
#define LEAD_AT 4
#define LEAD_END 6

/* By the lead, which a text that is too short lacks, and by how the last segment begins. */
static size_t route_place(const char *text, size_t length, const char *end)
{
    static const char none[LEAD_END - LEAD_AT];
    const char *lead = length >= LEAD_END ? text + LEAD_AT : none;
    const size_t high = (size_t)(unsigned char)lead[0] * 5 + (unsigned char)lead[1];
    const size_t low =
        end[0] == '\0' ? 0 : (size_t)(unsigned char)end[0] * 5 + (unsigned char)end[1];
    return (high * 31 + low) % PLACES;
}

static const char any_placeholder[] = "{}";

static const char *end_of(const char *text, size_t length)
{
    const char *slash = memrchr(text, '/', length);
    const char *end = slash == NULL ? text : slash + 1;
    return *end == '{' ? any_placeholder : end;
}

static struct shape shape_of(const char *pattern)
{
    const size_t length = strlen(pattern), before = strcspn(pattern, "{");
    const size_t name_length = before == length ? 0 : strcspn(pattern + before + 1, "}");
    const size_t braces = before == length ? 0 : 2;
    CHECK(length <= UINT8_MAX);
    return (struct shape){.before = (uint8_t)before,
                          .after = (uint8_t)(length - before - name_length - braces),
                          .name_length = (uint8_t)name_length};
}

static void link_routes(void)
{
    memset(first_at, NO_ROUTE, sizeof first_at);
    for (size_t i = ROUTE_COUNT; i-- > 0;) {
        const char *pattern = table[i].pattern;
        const size_t length = strlen(pattern);
        uint8_t *first = &first_at[route_place(pattern, length, end_of(pattern, length))];
        shapes[i] = shape_of(pattern);
        next_of[i] = *first;
        *first = (uint8_t)i;
    }
}

const struct route *routes(size_t *count)
{
    *count = ROUTE_COUNT;
    return table;
}

/* Takes the path's segment for the placeholder `name` (not NUL-terminated). */
static bool take_segment(const char *name, size_t name_length, const char *segment, size_t length,
                         struct path_match *match)
{
    if (name_length == 4 && memcmp(name, "code", 4) == 0) {
        if (length > PATH_WORD_MAX || memchr(segment, '/', length) != NULL)
            return false;
        memcpy(match->word, segment, length);
        match->word[length] = '\0';
        return true;
    }
    char prefix[ID_PREFIX_MAX + 1];
    if (name_length > ID_PREFIX_MAX)
        return false;
    memcpy(prefix, name, name_length);
    prefix[name_length] = '\0';
    return id_parse(prefix, segment, length, &match->id);
}

/* Whether the path is the route's; fills in `match` when it is. */
static bool path_matches(size_t route, const char *path, size_t length, struct path_match *match)
{
    const char *pattern = table[route].pattern;
    const struct shape *shape = &shapes[route];
    const size_t literal = (size_t)shape->before + shape->after;
    const bool has_placeholder = shape->name_length > 0;
    if (has_placeholder ? length <= literal : length != literal)
        return false;
    const char *name = pattern + shape->before + 1;
    if (memcmp(path, pattern, shape->before) != 0)
        return false;
    return !has_placeholder ||
           (memcmp(path + length - shape->after, name + shape->name_length + 1, shape->after) ==
                0 &&
            take_segment(name, shape->name_length, path + shape->before, length - literal, match));
}

/* Which of the routes that share a place has the path and the method; adds the methods of the
 * others that have the path. NULL: none. */
static const struct route *find_at(size_t place, enum http_method method, const char *path,
                                   size_t length, struct path_match *match, unsigned *allowed)
{
    for (size_t i = first_at[place]; i != NO_ROUTE; i = next_of[i]) {
        if (!path_matches(i, path, length, match))
            continue;
        if (table[i].method == method)
            return &table[i];
        *allowed |= 1u << table[i].method;
    }
    return NULL;
}

const struct route *route_find(enum http_method method, const char *path, struct path_match *match,
                               unsigned *allowed)
{
    static pthread_once_t linked = PTHREAD_ONCE_INIT;
    CHECK(pthread_once(&linked, link_routes) == 0);
    const size_t length = strlen(path);
    *allowed = 0;
    const struct route *route = find_at(route_place(path, length, end_of(path, length)), method,
                                        path, length, match, allowed);
    return route != NULL ? route
                         : find_at(route_place(path, length, any_placeholder), method, path, length,
                                   match, allowed);
}

struct verb_need route_need(const struct route *route)
{
    if (route->verb == VERB_LIST) {
        struct verb_need need = list_need(route->list);
        need.own =
            need.own && route->answers != ROUTE_ANSWERS_EXPORT; /* everybody's rows, or none */
        return need;
    }
    if (route->verb == VERB_COUNT ||
        (route->access != ACCESS_SIGNED_IN && route->access != ACCESS_METRICS))
        return (struct verb_need){.anybody = true, .scope = SCOPE_NONE};
    return verb_need(route->verb);
}

enum scope route_scope_beyond(const struct route *route)
{
    const enum verb verb = route->beyond != VERB_COUNT ? route->beyond : route->verb;
    if (!route_need(route).anybody || verb == VERB_COUNT)
        return SCOPE_NONE;
    return verb_need(verb).scope;
}

bool route_takes_key(const struct route *route)
{
    return route->method == METHOD_POST && route->access == ACCESS_SIGNED_IN &&
           route->verb != VERB_COUNT && verb_takes_key(route->verb);
}

enum route_access route_access_at(const struct route *route, bool operations_only)
{
    switch (route->access) {
    case ACCESS_ANYBODY:
    case ACCESS_EITHER:
    case ACCESS_PUBLIC:
    case ACCESS_SIGNED_IN:
        return route->access;
    case ACCESS_PROBE:
        return ACCESS_ANYBODY;
    case ACCESS_METRICS:
        return operations_only ? ACCESS_ANYBODY : ACCESS_SIGNED_IN;
    }
    UNREACHABLE("route access");
}

bool route_exists(const struct route *route, bool operations_only)
{
    return !operations_only || route->access == ACCESS_PROBE || route->access == ACCESS_METRICS;
}
