/* The address of a request's client: the connection's other end, or, where that is a proxy that the
 * operator trusts, the address that the proxy says it speaks for. Forms of headers only;
 * rate_limit.h counts by address. */
#ifndef USHER_HTTP_FORWARDED_H
#define USHER_HTTP_FORWARDED_H

#include "base/address.h"

/* A header that is a list may come in several lines (RFC 9110, 5.2), and proxies do add one of
 * their own below the client's. Of more lines the last count: the nearer proxy wrote them. A chain
 * of as many proxies is beyond what anybody runs. */
#define FORWARDED_LINES_MAX 8

struct header_lines {
    const char *lines[FORWARDED_LINES_MAX]; /* in the order in which they came */
    size_t count;
};

void header_lines_add(struct header_lines *lines, const char *value);

/* The last address of the chain that is not trusted, or the first of a chain in which all are;
 * nobody vouches for the places left of it. False: the chain is empty, or that place has no address
 * there: malformed, "unknown" or a name that hides it.
 *
 * forwarded_for reads Forwarded (RFC 7239, 4), and takes an address with a port without the quotes
 * that it should have; x_forwarded_for the addresses between commas that are its forerunner, with a
 * port if need be. */
bool forwarded_for(const struct header_lines *lines, const struct address_list *trusted,
                   struct address *address);
bool x_forwarded_for(const struct header_lines *lines, const struct address_list *trusted,
                     struct address *address);

/* The address of the request's client. Without a trusted peer nothing is read. Where both headers
 * came, they must name the same address: a proxy that writes one of them hands a client's own lines
 * of the other on as they are, so neither may win. A malformed, hidden or disputed address counts
 * as the peer's own: clients that do this to themselves share limits. */
struct address forwarded_origin(const struct address *peer, const struct address_list *trusted,
                                const struct header_lines *forwarded,
                                const struct header_lines *x_forwarded);

#endif
