/* See origin.h. */
#include "base/origin.h"

#include "base/address.h"

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

bool origin_parse(const char *text, struct origin *origin)
{
    static const char http[] = "http://", https[] = "https://";
    struct origin read;
    const bool secure = strncasecmp(text, https, sizeof https - 1) == 0;
    if (!secure && strncasecmp(text, http, sizeof http - 1) != 0)
        return false;
    const char *rest =
        take_authority(text + (secure ? sizeof https : sizeof http) - 1, secure, &read);
    if (rest == NULL || (strcmp(rest, "") != 0 && strcmp(rest, "/") != 0))
        return false;
    *origin = read;
    return true;
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
