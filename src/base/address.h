/* Internet addresses, prefixes and lists of prefixes: IPv4 and IPv6 as one value, so limits, trust
 * and logs have one case. No names, ports or sockets. */
#ifndef USHER_BASE_ADDRESS_H
#define USHER_BASE_ADDRESS_H

#include "base/result.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDRESS_BYTES 16

/* An IPv6 address in network order. IPv4 is ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), which is what a
 * socket of both families says of an IPv4 peer: so both spellings are one address. */
struct address {
    uint8_t bytes[ADDRESS_BYTES];
};

#define ADDRESS_TEXT_BYTES INET6_ADDRSTRLEN

/* Reads "192.0.2.1" or "2001:db8::1" (RFC 4291, 2.2), whole; no brackets, zone or port. False, and
 * `address` untouched, for any other text. */
bool address_parse(const char *text, size_t length, struct address *address);

/* Writes it as RFC 5952 wants it, IPv4 with dots, and a NUL. */
void address_format(const struct address *address, char text[static ADDRESS_TEXT_BYTES]);

/* Of a socket of AF_INET or AF_INET6; of another family, the address without any bit. */
struct address address_of_socket(const struct sockaddr *socket);

bool address_equal(const struct address *a, const struct address *b);

/* The bytes by which somebody is counted: an IPv4 address whole; of IPv6 the /64, which is what one
 * customer gets. Points into `address`. */
const uint8_t *address_customer(const struct address *address, size_t *length);

struct address_prefix {
    struct address address; /* bits past `bits` are zero */
    unsigned bits;          /* 0..128, counted in IPv6 */
};

/* Reads an address, alone or with "/bits"; false also when a bit past the prefix is set, which is a
 * slip of the pen: "10.0.0.1/8" means either the one or the many. */
bool address_prefix_parse(const char *text, size_t length, struct address_prefix *prefix);

bool address_prefix_has(const struct address_prefix *prefix, const struct address *address);

/* The largest networks publish some two hundred prefixes for their proxies. */
#define ADDRESS_LIST_MAX 256

struct address_list {
    struct address_prefix prefixes[ADDRESS_LIST_MAX];
    size_t count;
};

/* Reads addresses and prefixes between commas, with blanks around them if you like. Otherwise
 * RESULT_MALFORMED or RESULT_FULL, and `explanation` says what the text must be, to go after the
 * setting's name. */
MUST_USE enum result address_list_parse(const char *text, struct address_list *list,
                                        struct explanation *explanation);

bool address_list_has(const struct address_list *list, const struct address *address);

#endif
