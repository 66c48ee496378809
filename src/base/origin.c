/* See origin.h. */
#include "base/origin.h"

#include "base/address.h"
#include "base/check.h"
#include "base/comma_list.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PORT_MAX 65535
#define HTTP_PORT 80
#define HTTPS_PORT 443

/* How much of the text is a host: a name, an IPv4 address, or an IPv6 one in brackets; 0: none. */
static size_t host_length(const char *text)
{
    if (*text != '[')
        return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
    const size_t length = strcspn(text, "]");
    struct address address;
    const bool ipv6 = text[length] == ']' && memchr(text, ':', length) != NULL &&
                      address_parse(text + 1, length - 1, &address);
    return ipv6 ? length + 1 : 0;
}

/* ":8443" or nothing; the rest of the text, or NULL. */
static const char *take_port(const char *text, uint16_t *port)
{
    if (*text != ':')
        return text;
    unsigned number = 0;
    const size_t length = strspn(++text, "0123456789");
    for (size_t i = 0; i < length && number <= PORT_MAX; i++)
        number = number * 10 + (unsigned)(text[i] - '0');
    if (length == 0 || number == 0 || number > PORT_MAX)
        return NULL;
    *port = (uint16_t)number;
    return text + length;
}

/* "host" or "host:port"; the rest of the text, or NULL. */
static const char *take_authority(const char *text, bool secure, struct origin *origin)
{
    const size_t length = host_length(text);
    if (length == 0 || length > ORIGIN_HOST_BYTES_MAX)
        return NULL;
    origin->secure = secure;
    origin->port = secure ? HTTPS_PORT : HTTP_PORT;
    for (size_t i = 0; i < length; i++)
        origin->host[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    origin->host[length] = '\0';
    return take_port(text + length, &origin->port);
}

/* "https://tickets.example:8443"; the rest of the text, or NULL. */
static const char *take_origin(const char *text, struct origin *origin)
{
    static const char http[] = "http://", https[] = "https://";
    const bool secure = strncasecmp(text, https, sizeof https - 1) == 0;
    if (!secure && strncasecmp(text, http, sizeof http - 1) != 0)
        return NULL;
    return take_authority(text + (secure ? sizeof https : sizeof http) - 1, secure, origin);
}

bool origin_parse(const char *text, struct origin *origin)
{
    struct origin read;
    const char *rest = take_origin(text, &read);
    if (rest == NULL || (strcmp(rest, "") != 0 && strcmp(rest, "/") != 0))
        return false;
    *origin = read;
    return true;
}

bool origin_of_address(const char *address, struct origin *origin, const char **rest)
{
    struct origin read;
    const char *after = take_origin(address, &read);
    if (after == NULL || (*after != '\0' && strchr("/?#", *after) == NULL))
        return false;
    *origin = read;
    *rest = after;
    return true;
}

void origin_format(const struct origin *origin, char text[static ORIGIN_TEXT_BYTES])
{
    const bool usual = origin->port == (origin->secure ? HTTPS_PORT : HTTP_PORT);
    const char *scheme = origin->secure ? "https" : "http";
    const int length =
        usual ? snprintf(text, ORIGIN_TEXT_BYTES, "%s://%s", scheme, origin->host)
              : snprintf(text, ORIGIN_TEXT_BYTES, "%s://%s:%u", scheme, origin->host, origin->port);
    CHECK(length > 0 && (size_t)length < ORIGIN_TEXT_BYTES);
}

bool origin_of_host(bool secure, const char *host, struct origin *origin)
{
    struct origin read;
    const char *rest = take_authority(host, secure, &read);
    if (rest == NULL || *rest != '\0')
        return false;
    *origin = read;
    return true;
}

bool origin_equal(const struct origin *a, const struct origin *b)
{
    return a->secure == b->secure && a->port == b->port && strcmp(a->host, b->host) == 0;
}

/* ---- Lists ---- */

/* One origin of the list, which is not NUL-terminated. */
static bool parse_listed(const char *text, size_t length, struct origin *origin)
{
    char copy[ORIGIN_TEXT_BYTES];
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return origin_parse(copy, origin);
}

enum result origin_list_parse(const char *text, struct origin_list *list,
                              struct explanation *explanation)
{
    struct comma_list walk = comma_list_of(text);
    list->count = 0;
    while (comma_list_next(&walk)) {
        if (list->count == ORIGIN_LIST_MAX)
            return explain(explanation, RESULT_FULL, "must be at most %d origins", ORIGIN_LIST_MAX);
        if (walk.malformed || !parse_listed(walk.item, walk.length, &list->origins[list->count]))
            return explain(explanation, RESULT_MALFORMED,
                           "must be origins such as https://shop.example between commas");
        list->count++;
    }
    return RESULT_OK;
}

bool origin_list_has(const struct origin_list *list, const char *text)
{
    struct origin origin;
    bool found = false;
    if (list->count == 0 || !origin_parse(text, &origin))
        return false;
    for (size_t i = 0; i < list->count && !found; i++)
        found = origin_equal(&list->origins[i], &origin);
    return found;
}
