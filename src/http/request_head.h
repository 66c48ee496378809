/* A request's head: its line and its headers, taken apart strictly (RFC 9112, 2 to 7; RFC 9110, 5.5
 * and 7.2). Reads what has come so far, in any pieces: the same bytes lead to the same head. */
#ifndef USHER_HTTP_REQUEST_HEAD_H
#define USHER_HTTP_REQUEST_HEAD_H

#include "http/forwarded.h"
#include "http/method.h"
#include "record/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The headers of headers.def, without the blanks around their values. NULL: not sent. */
struct request_headers {
#define HEADER_ONCE const char *
#define HEADER_FIRST const char *
#define HEADER_ALL struct header_lines
#define HEADER(member, name, comes) HEADER_##comes member;
#include "http/headers.def"
};

/* More than any route has; a request with more names one that is unknown. */
#define PARAMETERS_MAX 32

/* A browser sends some twenty; proxies add a few. */
#define HEADER_LINES_MAX 100

/* One "name=value" of the query string, percent-decoded; a name alone has an empty value. */
struct request_parameter {
    const char *name, *value;
};

enum framing {
    FRAMING_NONE, /* no body */
    FRAMING_SIZED,
    FRAMING_CHUNKED,
};

/* The texts lie where the request was received, end in NUL, and hold none. */
struct request_head {
    enum refusal refusal; /* REFUSAL_NONE: it is good HTTP */
    enum http_method method;
    const char *method_text; /* as it was sent; NULL: it was not read */
    bool bodiless;           /* HEAD: the answer's body is not sent */
    bool last;               /* the client wants no more answers on this connection */
    const char *path; /* percent-decoded, but for %2F, which separates nothing (RFC 3986, 2.2) */
    struct request_headers headers;
    size_t parameter_count;
    bool parameters_left_out; /* there were more */
    enum framing framing;
    uint64_t body_bytes;   /* of FRAMING_SIZED; more than 0 */
    bool expects_continue; /* the client waits for a 100 before it sends the body */

    /* Where reading goes on. */
    size_t line_at;    /* where the line begins that is not read yet; in the end, the body */
    size_t scanned;    /* bytes in which its end was looked for */
    size_t line_count; /* headers */
    bool named;        /* the request line was read */
    bool blank;        /* an empty line came before it */
    bool old;          /* HTTP/1.0 */
    bool said_close;
    const char *authority; /* of a target in absolute form; or NULL */

    struct request_parameter parameters[PARAMETERS_MAX]; /* the first parameter_count of them */
};

void request_head_init(struct request_head *head);

/* Reads on in the first `length` bytes of a request, of which a head may take `bytes_max`. Writes
 * into them: they stay where they are until the head is no longer looked at. True: the head is
 * whole, or refused; then nothing after it may be read as a request. False: more is needed. */
bool request_head_read(struct request_head *head, char *bytes, size_t length, size_t bytes_max);

/* Whether a text may be a request's Host: a name or address, and a port (RFC 3986, 3.2.2). */
bool host_well_formed(const char *host, size_t length);

#endif
