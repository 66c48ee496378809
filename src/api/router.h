/* Finds the route of a method and a path. Takes plain text. */
#ifndef USHER_API_ROUTER_H
#define USHER_API_ROUTER_H

#include "base/id.h"
#include "http/method.h"

#include <stdbool.h>
#include <stddef.h>

enum route_access {
    ACCESS_ANYBODY,
    ACCESS_PUBLIC,
    ACCESS_SIGNED_IN,
    ACCESS_PROBE,
    ACCESS_METRICS,
};

enum route_body {
    BODY_NONE,
    BODY_ACTION,
    BODY_JSON,
    BODY_IMPORT,
};

enum route_pace {
    PACE_LIMITED,
    PACE_FREE,
};

struct enquiry;

struct route {
    enum http_method method;
    const char *pattern;
    void (*handler)(struct enquiry *enquiry);
    enum route_access access;
    enum route_body body;
    enum route_pace pace;
    const char *parameters; /* of the query, with blanks between them */
};

#define PATH_WORD_MAX 40 /* the longest {code} */

/* What the placeholders of a pattern took. No pattern has two. */
struct path_match {
    struct id id;
    char word[PATH_WORD_MAX + 1];
};

#define ROUTES_MAX 64 /* sizes the metrics */

/* The table, and how many. */
const struct route *routes(size_t *count);

/* Whether the path fits the pattern; fills in `match` when it does. */
bool path_matches(const char *pattern, const char *path, struct path_match *match);

/* The route, or NULL; then `*allowed` has a bit (1 << method) for each method that the path has. */
const struct route *route_find(enum http_method method, const char *path, struct path_match *match,
                               unsigned *allowed);

/* What the route asks of its caller where people buy or, `operations_only`, where nothing but
 * metrics is told; there the other routes do not exist, and route_exists says so. */
enum route_access route_access_at(const struct route *route, bool operations_only);
bool route_exists(const struct route *route, bool operations_only);

#endif
