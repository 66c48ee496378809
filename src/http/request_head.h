/* What stands before a request's body: its line and its headers, taken apart. */
#ifndef USHER_HTTP_REQUEST_HEAD_H
#define USHER_HTTP_REQUEST_HEAD_H

#include "http/router.h"
#include "record/refusal.h"

#include <stdbool.h>
#include <stddef.h>

/* The headers of headers.def, without the blanks around their values. NULL: not sent. */
struct request_headers {
#define HEADER(member, name, comes) const char *member;
#include "http/headers.def"
};

/* More parameters than any route has; a request with more is refused for one that is unknown. */
#define PARAMETERS_MAX 32

/* One "name=value" of the query string, percent-decoded; a name alone has an empty value. */
struct request_parameter {
    const char *name, *value;
};

/* The texts lie where the request was received, and live as long as its exchange. */
struct request_head {
    enum refusal refusal; /* REFUSAL_NONE: it is good HTTP */
    enum http_method method;
    const char *path; /* percent-decoded, but for %2F, which separates nothing (RFC 3986, 2.2) */
    struct request_headers headers;
    struct request_parameter parameters[PARAMETERS_MAX];
    size_t parameter_count;
    bool expects_continue; /* the client waits for a 100 before it sends the body */
};

#endif
