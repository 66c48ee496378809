/* See router.h. The patterns are tried one after the other: they are few, and the last character
 * tells most of them from the path. */
#include "http/router.h"

#include "base/check.h"
#include "http/handlers.h"

#include <string.h>

static const struct route table[] = {
#define ROUTE(route_method, route_pattern, function, route_access, route_body, route_pace,         \
              route_parameters)                                                                    \
    {                                                                                              \
        .method = METHOD_##route_method,                                                           \
        .pattern = route_pattern,                                                                  \
        .last = (route_pattern)[sizeof route_pattern - 2],                                         \
        .handler = function,                                                                       \
        .access = ACCESS_##route_access,                                                           \
        .body = BODY_##route_body,                                                                 \
        .pace = PACE_##route_pace,                                                                 \
        .parameters = route_parameters,                                                            \
    },
#include "http/routes.def"
};

_Static_assert(sizeof table / sizeof table[0] <= ROUTES_MAX, "the metrics have a place for each");

const struct route *routes(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}

enum http_method method_parse(const char *text)
{
    static const struct {
        const char *text;
        enum http_method method;
    } methods[] = {
        {"GET", METHOD_GET},     {"HEAD", METHOD_GET},      {"POST", METHOD_POST},
        {"PATCH", METHOD_PATCH}, {"DELETE", METHOD_DELETE},
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i].text, text) == 0)
            return methods[i].method;
    return METHOD_OTHER;
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

/* Whether the path fits the pattern; fills in `match` when it does. The placeholder, of which a
 * pattern has one at most, is looked at last: most patterns differ from the path elsewhere, and an
 * id takes longer to read than a path to compare. */
static bool path_matches(const char *pattern, const char *path, struct path_match *match)
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
    const size_t length = strlen(path);
    const char last = length == 0 ? '\0' : path[length - 1];
    *allowed = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const bool ends_alike = table[i].last == last || table[i].last == '}';
        if (!ends_alike || !path_matches(table[i].pattern, path, match))
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

void allow_format(unsigned allowed, char text[static ALLOW_TEXT_BYTES])
{
    static const char *const names[] = {"GET, HEAD", "POST", "PATCH", "DELETE"};
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((allowed >> i & 1) == 0)
            continue;
        const char *separator = length == 0 ? "" : ", ";
        const size_t separator_length = strlen(separator), name_length = strlen(names[i]);
        memcpy(text + length, separator, separator_length);
        memcpy(text + length + separator_length, names[i], name_length);
        length += separator_length + name_length;
    }
    text[length] = '\0';
}
