/* The methods that a request may have, and those that a path has (RFC 9110, 9). */
#ifndef USHER_HTTP_METHOD_H
#define USHER_HTTP_METHOD_H

enum http_method {
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_OTHER, /* no route has it */
};

/* "GET" and the like, as sent; HEAD is METHOD_GET. */
enum http_method method_parse(const char *text);

/* "GET"; of METHOD_OTHER: "other". */
const char *method_text(enum http_method method);

/* "GET, HEAD, POST" and so on, for the Allow header: a bit (1 << method) for each. */
#define ALLOW_TEXT_BYTES 40
void allow_format(unsigned allowed, char text[static ALLOW_TEXT_BYTES]);

#endif
