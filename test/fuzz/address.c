/* Addresses, prefixes, origins and whose request it is: what is accepted of any text is held
 * against other readers of the same forms, and a chain of addresses that is written as a proxy may
 * write it is read as it was meant. */
#include "fuzz.h"

#include "base/origin.h"
#include "http/forwarded.h"

#include <arpa/inet.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#define TRUSTED "10.0.0.0/8,2001:db8:ffff::/48"

/* Longer than any chain that is written here. */
#define CHAIN_BYTES_MAX 2048
#define HOPS_MAX 6

static const struct address *peer(void)
{
    static struct address address;
    CHECK(address_parse("10.0.0.1", 8, &address));
    return &address;
}

static const struct address_list *trusted(void)
{
    static struct address_list list;
    struct explanation why;
    CHECK(address_list_parse(TRUSTED, &list, &why) == RESULT_OK);
    return &list;
}

static bool is_trusted(const struct address *address)
{
    return address_list_has(trusted(), address);
}

/* ---- Addresses and prefixes ---- */

/* The C library's reading of a whole C string. */
static bool reads_as(const char *text, struct address *address)
{
    uint8_t bytes[4];
    char mapped[64];
    if (inet_pton(AF_INET6, text, address->bytes) == 1)
        return true;
    if (inet_pton(AF_INET, text, bytes) != 1)
        return false;
    CHECK(snprintf(mapped, sizeof mapped, "::ffff:%s", text) > 0);
    return inet_pton(AF_INET6, mapped, address->bytes) == 1;
}

static void check_address(const char *text, size_t length)
{
    struct address address, other;
    char written[ADDRESS_TEXT_BYTES];
    const bool good = address_parse(text, length, &address);
    CHECK(good == (strlen(text) == length && reads_as(text, &other)));
    if (!good)
        return;
    CHECK(address_equal(&address, &other));
    address_format(&address, written);
    CHECK(address_parse(written, strlen(written), &other) && address_equal(&address, &other));
}

/* Bit by bit. */
static bool shares(const struct address *a, const struct address *b, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++)
        if (((a->bytes[i / 8] ^ b->bytes[i / 8]) >> (7 - i % 8) & 1) != 0)
            return false;
    return true;
}

static void check_prefix(const char *text, size_t length, struct fuzz_input input)
{
    struct address_prefix prefix;
    struct address address;
    if (!address_prefix_parse(text, length, &prefix))
        return;
    CHECK(prefix.bits <= 128 && address_prefix_has(&prefix, &prefix.address));
    fuzz_take(&input, address.bytes, sizeof address.bytes);
    CHECK(address_prefix_has(&prefix, &address) == shares(&address, &prefix.address, prefix.bits));
    for (unsigned bit = 0; bit < 128; bit++) {
        address = prefix.address;
        address.bytes[bit / 8] = (uint8_t)(address.bytes[bit / 8] ^ 0x80 >> bit % 8);
        CHECK(address_prefix_has(&prefix, &address) == (bit >= prefix.bits));
    }
}

static void check_list(const char *text)
{
    static struct address_list list;
    struct explanation why;
    const enum result result = address_list_parse(text, &list, &why);
    CHECK(result == RESULT_OK || result == RESULT_MALFORMED || result == RESULT_FULL);
    size_t commas = 0;
    for (const char *at = text; (at = strchr(at, ',')) != NULL; at++)
        commas++;
    CHECK(result != RESULT_OK || list.count == commas + 1);
}

static void check_origin(const char *text)
{
    struct origin origin, again;
    char written[sizeof "https://:65535" + ORIGIN_HOST_BYTES_MAX];
    if (!origin_parse(text, &origin))
        return;
    CHECK(snprintf(written, sizeof written, "http%s://%s:%u", origin.secure ? "s" : "", origin.host,
                   origin.port) < (int)sizeof written);
    CHECK(origin_parse(written, &again) && origin_equal(&origin, &again));
    CHECK(origin_of_host(origin.secure, strchr(written, '/') + 2, &again));
    CHECK(origin_equal(&origin, &again));
}

/* ---- Any text as a header ---- */

/* Another reading of one address of X-Forwarded-For, by its form; false: none. */
static bool reads_as_node(const char *text, size_t length, struct address *address)
{
    static regex_t form;
    static bool compiled;
    char host[128];
    regmatch_t found[9];
    if (!compiled)
        CHECK(regcomp(&form,
                      "^[ \t]*(\\[([^]]*:[^]]*)\\](:(_[A-Za-z0-9._-]+|[0-9]{1,5}))?"
                      "|([0-9.]+)(:(_[A-Za-z0-9._-]+|[0-9]{1,5}))?|([0-9a-fA-F:.]+))[ \t]*$",
                      REG_EXTENDED) == 0);
    compiled = true;
    char *copy = strndup(text, length);
    CHECK(copy != NULL);
    if (regexec(&form, copy, 9, found, 0) != 0) {
        free(copy);
        return false;
    }
    const regmatch_t *part = found[2].rm_so >= 0   ? &found[2]
                             : found[5].rm_so >= 0 ? &found[5]
                                                   : &found[8];
    CHECK(snprintf(host, sizeof host, "%.*s", (int)(part->rm_eo - part->rm_so),
                   copy + part->rm_so) >= 0);
    free(copy);
    return reads_as(host, address);
}

/* From the right, over the lines of a header; false: no address is where one should be. */
static bool x_reads_as(const struct header_lines *lines, struct address *address)
{
    bool any = false;
    for (size_t i = lines->count; i-- > 0;) {
        const char *line = lines->lines[i];
        size_t end = strlen(line);
        for (bool more = true; more;) {
            size_t start = end;
            while (start > 0 && line[start - 1] != ',')
                start--;
            const size_t blank = strspn(line + start, " \t");
            if (start + blank < end) {
                if (!reads_as_node(line + start, end - start, address))
                    return false;
                if (!is_trusted(address))
                    return true;
                any = true;
            }
            more = start > 0;
            end = more ? start - 1 : 0;
        }
    }
    return any;
}

/* The input's lines, in place. */
static struct header_lines lines_of(char *text)
{
    struct header_lines lines = {.count = 0};
    while (text != NULL) {
        char *end = strchr(text, '\n');
        if (end != NULL)
            *end++ = '\0';
        header_lines_add(&lines, text);
        text = end;
    }
    return lines;
}

static void check_any(char *text)
{
    static const struct header_lines none = {.count = 0};
    const struct header_lines lines = lines_of(text);
    struct address told, wanted;
    const bool known = x_forwarded_for(&lines, trusted(), &told);
    CHECK(known == x_reads_as(&lines, &wanted));
    CHECK(!known || address_equal(&told, &wanted));
    const struct address x_origin = forwarded_origin(peer(), trusted(), &none, &lines);
    CHECK(address_equal(&x_origin, known ? &told : peer()));
    if (!forwarded_for(&lines, trusted(), &told))
        told = *peer();
    const struct address origin = forwarded_origin(peer(), trusted(), &lines, &none);
    CHECK(address_equal(&origin, &told));
    const struct address stranger = {{0x20, 1}};
    const struct address own = forwarded_origin(&stranger, trusted(), &lines, &lines);
    CHECK(address_equal(&own, &stranger));
}

/* ---- A chain that somebody wrote ---- */

struct writing {
    char text[CHAIN_BYTES_MAX];
    size_t length;
};

static void put(struct writing *writing, const char *text)
{
    const size_t length = strlen(text);
    CHECK(writing->length + length < sizeof writing->text);
    memcpy(writing->text + writing->length, text, length + 1);
    writing->length += length;
}

/* An address as text, with brackets where it is IPv6 and, perhaps, a port. */
static void put_node(struct writing *writing, const struct address *address, bool port)
{
    char text[ADDRESS_TEXT_BYTES];
    address_format(address, text);
    const bool ipv6 = strchr(text, ':') != NULL;
    put(writing, ipv6 ? "[" : "");
    put(writing, text);
    put(writing, ipv6 ? "]" : "");
    put(writing, port ? ":4711" : "");
}

static void put_element(struct writing *writing, const struct address *address, uint8_t how)
{
    put(writing, how & 1 ? "proto=https;" : "");
    put(writing, how & 2 ? "host=\"a,b;for=\\\"192.0.2.66\";" : "");
    put(writing, how & 4 ? "For=\"" : "for=\"");
    put_node(writing, address, how & 8);
    put(writing, "\"");
    put(writing, how & 16 ? " ; by=_us" : "");
}

static struct address take_address(struct fuzz_input *input)
{
    struct address address;
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const uint8_t how = fuzz_byte(input);
    fuzz_take(input, address.bytes, sizeof address.bytes);
    if (how & 1)
        memcpy(address.bytes, mapped, sizeof mapped);
    if ((how & 3) == 3)
        address.bytes[12] = 10; /* one of ours */
    return address;
}

static void check_written(struct fuzz_input input)
{
    struct writing forwarded = {.length = 0}, x_forwarded = {.length = 0};
    const size_t hops = 1 + fuzz_byte(&input) % HOPS_MAX;
    struct address wanted = *peer();
    for (size_t i = 0; i < hops; i++) {
        const struct address address = take_address(&input);
        const uint8_t how = fuzz_byte(&input);
        put(&forwarded, i == 0 ? "" : how & 32 ? " , " : ",");
        put(&x_forwarded, i == 0 ? "" : how & 32 ? " , " : ",");
        put_element(&forwarded, &address, how);
        put_node(&x_forwarded, &address, how & 64);
        if (i == 0 || !is_trusted(&address))
            wanted = address;
    }
    const struct header_lines lines = {{forwarded.text}, 1}, x_lines = {{x_forwarded.text}, 1};
    const struct address found = forwarded_origin(peer(), trusted(), &lines, &x_lines);
    CHECK(address_equal(&found, &wanted));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    CHECK(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    const struct fuzz_input input = {.at = data, .end = data + size};
    check_address(text, size);
    check_prefix(text, size, input);
    check_list(text);
    check_origin(text);
    check_any(text);
    free(text);
    check_written(input);
    return 0;
}
