/* See router.h. The patterns are tried one after the other: they are few, and a wrong one ends at
 * its first differing character. */
#include "api/router.h"

#include "api/handlers.h"
#include "base/check.h"

#include <string.h>

static const struct route table[] = {
#define ROUTE(route_method, route_pattern, function, route_access, route_body, route_pace,         \
              route_parameters)                                                                    \
    {                                                                                              \
        .method = METHOD_##route_method,                                                           \
        .pattern = route_pattern,                                                                  \
        .handler = function,                                                                       \
        .access = ACCESS_##route_access,                                                           \
        .body = BODY_##route_body,                                                                 \
        .pace = PACE_##route_pace,                                                                 \
        .parameters = route_parameters,                                                            \
    },
#include "api/routes.def"
};

_Static_assert(sizeof table / sizeof table[0] <= ROUTES_MAX, "the metrics have a place for each");

const struct route *routes(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}

/* Takes the path's segment for the placeholder `name` (not NUL-terminated). */
static bool take_segment(const char *name, size_t name_length, const char *segment, size_t length,
                         struct path_match *match)
{
    if (name_length == 4 && memcmp(name, "code", 4) == 0) {
        if (length == 0 || length > PATH_WORD_MAX)
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

/* The placeholder, of which a pattern has one at most, is looked at last: most patterns differ from
 * the path elsewhere, and an id takes longer to read than a path to compare. */
bool path_matches(const char *pattern, const char *path, struct path_match *match)
{
    const char *name = NULL, *segment = NULL;
    size_t name_length = 0, length = 0;
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        CHECK(name == NULL);
        name = ++pattern;
        segment = path;
        name_length = strcspn(name, "}");
        length = strcspn(segment, "/");
        pattern += name_length + 1;
        path += length;
    }
    return *path == '\0' &&
           (name == NULL || take_segment(name, name_length, segment, length, match));
}

const struct route *route_find(enum http_method method, const char *path, struct path_match *match,
                               unsigned *allowed)
{
    *allowed = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (!path_matches(table[i].pattern, path, match))
            continue;
        if (table[i].method == method)
            return &table[i];
        *allowed |= 1u << table[i].method;
    }
    return NULL;
}

enum route_access route_access_at(const struct route *route, bool operations_only)
{
    switch (route->access) {
    case ACCESS_ANYBODY:
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
