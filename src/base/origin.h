/* Web origins (RFC 6454): a scheme, a host and a port, as browsers, settings and Host headers spell
 * them. No paths, no users, no look-ups. */
#ifndef USHER_BASE_ORIGIN_H
#define USHER_BASE_ORIGIN_H

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

bool origin_equal(const struct origin *a, const struct origin *b);

#endif
