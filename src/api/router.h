/* The routes as a table, and the route of a method and a path. Takes plain text. */
#ifndef USHER_API_ROUTER_H
#define USHER_API_ROUTER_H

#include "api/bodies.h"
#include "api/object.h"
#include "base/id.h"
#include "http/method.h"
#include "office/office.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum route_access {
    ACCESS_ANYBODY,
    ACCESS_EITHER,
    ACCESS_PUBLIC,
    ACCESS_SIGNED_IN,
    ACCESS_PROBE,
    ACCESS_METRICS,
};

enum route_takes {
    TAKES_NOTHING,
    TAKES_ACTION,
    TAKES_JSON,
    TAKES_IMPORT,
};

enum route_pace {
    PACE_LIMITED,
    PACE_FREE,
};

enum route_answer {
    ROUTE_ANSWERS_OBJECT,  /* 200 */
    ROUTE_ANSWERS_CREATED, /* 201 */
    ROUTE_ANSWERS_BEGUN,   /* 202 */
    ROUTE_ANSWERS_EITHER,  /* 201, or 200 where it was there before */
    ROUTE_ANSWERS_PAGE,    /* 200 */
    ROUTE_ANSWERS_NOTHING, /* 204 */
    ROUTE_ANSWERS_TEXT,    /* 200 */
    ROUTE_ANSWERS_EXPORT,  /* 200: CSV with an object a line */
    ROUTE_ANSWERS_STREAM,  /* 200: events */
};

struct enquiry;

/* A row of routes.def. */
struct route {
    const char *name;
    enum http_method method;
    const char *pattern;
    void (*handler)(struct enquiry *enquiry);
    enum route_access access;
    enum route_pace pace;
    enum route_takes takes;
    enum body_name body; /* of TAKES_JSON and TAKES_IMPORT */
    enum body_extent extent;
    bool may_be_empty;     /* then it asks for nothing in particular */
    bool may_be_sheet;     /* CSV in the place of JSON */
    enum verb verb;        /* VERB_COUNT: it asks the office nothing */
    enum verb beyond;      /* for what wants a scope, where the rest does not; VERB_COUNT: none */
    enum record_kind list; /* whose rows the verb lists; RECORD_KIND_COUNT: it lists none */
    bool is_about;         /* the path's id goes to `about` in the call */
    size_t about;
    enum route_answer answers;
    bool is_public;           /* with an ETag, for caches; else for the caller alone */
    enum object_name object;  /* of an answer in JSON, or in CSV */
    bool has_other;           /* which may be */
    enum object_name other;   /* this one */
    bool from_record;         /* the object is the call's record; */
    size_t from;              /* else it stands there in the call */
    const char *location;     /* the path at which it is found; NULL: nowhere */
    const char *content_type; /* of ROUTE_ANSWERS_TEXT, _EXPORT and _STREAM */
    const char *parameters;   /* of the query, with blanks between them; then come its list's */
    refusal_set refusals;     /* that are the route's own */
    const char *summary;
};

#define PATH_WORD_MAX 40 /* the longest {code} */

/* The values of the placeholders. No pattern has two. */
struct path_match {
    struct id id;
    char word[PATH_WORD_MAX + 1];
};

#define ROUTES_MAX 255 /* sizes the metrics */

/* The table, and how many. */
const struct route *routes(size_t *count);

/* The route, or NULL; then `*allowed` has a bit (1 << method) for each method that the path has. */
const struct route *route_find(enum http_method method, const char *path, struct path_match *match,
                               unsigned *allowed);

/* Who may ask for it, as its verb or its list says; where one need not be signed in, anybody. */
struct verb_need route_need(const struct route *route);

/* Of a route that answers anybody: the scope with which it does or shows more. SCOPE_NONE: none. */
enum scope route_scope_beyond(const struct route *route);

/* Whether an Idempotency-Key counts for it. */
bool route_takes_key(const struct route *route);

/* The access that the route asks for where people buy or, `operations_only`, at the address for
 * metrics. route_exists is false for routes that are not there. */
enum route_access route_access_at(const struct route *route, bool operations_only);
bool route_exists(const struct route *route, bool operations_only);

#endif
