/* Web origins (RFC 6454): a scheme, a host and a port, as browsers, settings and Host headers spell
 * them. No paths, no users, no look-ups. */
#ifndef USHER_BASE_ORIGIN_H
#define USHER_BASE_ORIGIN_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORIGIN_HOST_BYTES_MAX 253 /* a domain's longest name, RFC 1035, 2.3.4, without its dot */

struct origin {
    bool secure;                          /* https; otherwise http */
    uint16_t port;                        /* the scheme's own where none is written */
    char host[ORIGIN_HOST_BYTES_MAX + 1]; /* in lower case; IPv6 in its brackets */
};

/* Reads "https://tickets.example:8443" or http, whole; a last '/' may follow. False, and `origin`
 * untouched, for any other text, "null" among them. */
bool origin_parse(const char *text, struct origin *origin);

/* The same from a Host header's value (RFC 9110, 7.2), of a request that came by that scheme. */
bool origin_of_host(bool secure, const char *host, struct origin *origin);

/* Reads the origin that an address begins with. `*rest` is what follows: nothing, or from a '/',
 * '?' or '#' on. False for an address that is not http or https, or names a user. */
bool origin_of_address(const char *address, struct origin *origin, const char **rest);

/* "https://tickets.example:8443", without the scheme's own port, and a NUL. */
#define ORIGIN_TEXT_BYTES (ORIGIN_HOST_BYTES_MAX + 16) /* with room for a '/' at its end */
void origin_format(const struct origin *origin, char text[static ORIGIN_TEXT_BYTES]);

bool origin_equal(const struct origin *a, const struct origin *b);

#define ORIGIN_LIST_MAX 16 /* shops and apps of one house */

struct origin_list {
    size_t count;
    struct origin origins[ORIGIN_LIST_MAX];
};

/* Reads origins with commas and blanks between them. RESULT_MALFORMED: one is none. RESULT_FULL. */
MUST_USE enum result origin_list_parse(const char *text, struct origin_list *list,
                                       struct explanation *explanation);

/* Whether the text is one of them. */
bool origin_list_has(const struct origin_list *list, const char *text);

#endif
