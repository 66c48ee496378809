/* See address.h. */
#include "base/address.h"

#include "base/check.h"
#include "base/comma_list.h"

#include <arpa/inet.h>
#include <string.h>

#define IPV4_BYTES 4
#define IPV6_BITS 128u
#define MAPPED_BYTES (ADDRESS_BYTES - IPV4_BYTES)
#define CUSTOMER_BYTES 8

static const uint8_t mapped[MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};

static bool is_ipv4(const struct address *address)
{
    return memcmp(address->bytes, mapped, MAPPED_BYTES) == 0;
}

static struct address of_ipv4(const void *bytes)
{
    struct address address;
    memcpy(address.bytes, mapped, MAPPED_BYTES);
    memcpy(address.bytes + MAPPED_BYTES, bytes, IPV4_BYTES);
    return address;
}

bool address_parse(const char *text, size_t length, struct address *address)
{
    char copy[ADDRESS_TEXT_BYTES];
    uint8_t ipv4[IPV4_BYTES], ipv6[ADDRESS_BYTES];
    if (length == 0 || length >= sizeof copy || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, ipv4) == 1) {
        *address = of_ipv4(ipv4);
        return true;
    }
    if (inet_pton(AF_INET6, copy, ipv6) != 1)
        return false;
    memcpy(address->bytes, ipv6, ADDRESS_BYTES);
    return true;
}

void address_format(const struct address *address, char text[static ADDRESS_TEXT_BYTES])
{
    const char *written =
        is_ipv4(address)
            ? inet_ntop(AF_INET, address->bytes + MAPPED_BYTES, text, ADDRESS_TEXT_BYTES)
            : inet_ntop(AF_INET6, address->bytes, text, ADDRESS_TEXT_BYTES);
    CHECK(written != NULL); /* there is room for the longest */
}

struct address address_of_socket(const struct sockaddr *socket)
{
    struct address address = {{0}};
    if (socket->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const void *)socket;
        return of_ipv4(&ipv4->sin_addr);
    }
    if (socket->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const void *)socket;
        memcpy(address.bytes, &ipv6->sin6_addr, ADDRESS_BYTES);
    }
    return address;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, ADDRESS_BYTES) == 0;
}

const uint8_t *address_customer(const struct address *address, size_t *length)
{
    const bool ipv4 = is_ipv4(address);
    *length = ipv4 ? IPV4_BYTES : CUSTOMER_BYTES;
    return ipv4 ? address->bytes + MAPPED_BYTES : address->bytes;
}

/* ---- Prefixes ---- */

/* The bits of one byte that lie inside a prefix. */
static uint8_t mask_of(unsigned bits, size_t byte)
{
    const unsigned before = (unsigned)byte * 8;
    if (bits >= before + 8)
        return 0xff;
    return bits <= before ? 0 : (uint8_t)(0xffu << (8 - (bits - before)));
}

static bool read_bits(const char *text, size_t length, unsigned most, unsigned *bits)
{
    unsigned number = 0;
    if (length == 0 || length > 3 || (text[0] == '0' && length > 1))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (unsigned)(text[i] - '0');
    }
    *bits = number;
    return number <= most;
}

bool address_prefix_parse(const char *text, size_t length, struct address_prefix *prefix)
{
    const char *slash = memchr(text, '/', length);
    const size_t address_length = slash == NULL ? length : (size_t)(slash - text);
    struct address_prefix read = {.bits = IPV6_BITS};
    if (!address_parse(text, address_length, &read.address))
        return false;
    if (slash != NULL) {
        /* Counted as it is written: "::ffff:10.0.0.0/104" is 10.0.0.0/8. */
        const bool dotted = memchr(text, ':', address_length) == NULL;
        const unsigned before = dotted ? MAPPED_BYTES * 8 : 0;
        if (!read_bits(slash + 1, length - address_length - 1, IPV6_BITS - before, &read.bits))
            return false;
        read.bits += before;
    }
    for (size_t i = 0; i < ADDRESS_BYTES; i++)
        if ((read.address.bytes[i] & ~mask_of(read.bits, i)) != 0)
            return false;
    *prefix = read;
    return true;
}

bool address_prefix_has(const struct address_prefix *prefix, const struct address *address)
{
    for (size_t i = 0; i < ADDRESS_BYTES; i++)
        if ((address->bytes[i] & mask_of(prefix->bits, i)) != prefix->address.bytes[i])
            return false;
    return true;
}

/* ---- Lists ---- */

enum result address_list_parse(const char *text, struct address_list *list,
                               struct explanation *explanation)
{
    struct comma_list walk = comma_list_of(text);
    list->count = 0;
    while (comma_list_next(&walk)) {
        if (list->count == ADDRESS_LIST_MAX)
            return explain(explanation, RESULT_FULL, "must be at most %d addresses and prefixes",
                           ADDRESS_LIST_MAX);
        if (walk.malformed ||
            !address_prefix_parse(walk.item, walk.length, &list->prefixes[list->count]))
            return explain(explanation, RESULT_MALFORMED,
                           "must be addresses and prefixes such as 192.0.2.1 or 2001:db8::/32, "
                           "with no bit set past the prefix, between commas");
        list->count++;
    }
    return RESULT_OK;
}

bool address_list_has(const struct address_list *list, const struct address *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (address_prefix_has(&list->prefixes[i], address))
            return true;
    return false;
}
