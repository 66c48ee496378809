/* See listener.h. */
#include "http/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes that the kernel holds for a client that does not read them, beyond those on their way: a
 * crowd of slow readers fills no memory, and a fast one never waits. */
#define UNSENT_BYTES_MAX (256 << 10)

#define HOST_BYTES_MAX 64

/* Splits "host:port" or "[host]:port". */
static bool split(const char *listen, char host[static HOST_BYTES_MAX], const char **port)
{
    const char *colon = strrchr(listen, ':');
    if (colon == NULL || colon[1] == '\0')
        return false;
    const char *start = listen;
    size_t length = (size_t)(colon - listen);
    if (*start == '[') {
        if (length < 3 || start[length - 1] != ']')
            return false;
        start++;
        length -= 2;
    } else if (memchr(start, ':', length) != NULL) {
        return false; /* an IPv6 address without brackets */
    }
    if (length == 0 || length >= HOST_BYTES_MAX)
        return false;
    memcpy(host, start, length);
    host[length] = '\0';
    *port = colon + 1;
    return strspn(*port, "0123456789") == strlen(*port);
}

/* Connections have what their listener has. An answer goes out in one piece, so none is held back
 * to gather more. */
static bool prepare_socket(int listener)
{
    const int on = 1, unsent = UNSENT_BYTES_MAX;
    return setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           setsockopt(listener, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent) == 0;
}

static int bind_first(const struct addrinfo *addresses)
{
    for (const struct addrinfo *at = addresses; at != NULL; at = at->ai_next) {
        const int listener =
            socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
        if (listener < 0)
            continue;
        if (prepare_socket(listener) && bind(listener, at->ai_addr, at->ai_addrlen) == 0)
            return listener;
        const int error = errno;
        (void)close(listener);
        errno = error;
    }
    return -1;
}

/* `host`: as people called it; NULL: as the socket itself has it. */
static bool write_url(int listener, const char *host, bool tls, char url[static LISTENER_URL_BYTES])
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char port[NI_MAXSERV], numeric[NI_MAXHOST];
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
        getnameinfo((struct sockaddr *)&address, length, numeric, sizeof numeric, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return false;
    if (host == NULL)
        host = numeric;
    const bool brackets = strchr(host, ':') != NULL;
    const int written = snprintf(url, LISTENER_URL_BYTES, "%s://%s%s%s:%s", tls ? "https" : "http",
                                 brackets ? "[" : "", host, brackets ? "]" : "", port);
    return written > 0 && written < LISTENER_URL_BYTES;
}

static enum result refused(const char *listen, struct explanation *explanation)
{
    return explain(explanation, errno == EADDRINUSE ? RESULT_BUSY : RESULT_IO,
                   "cannot listen on %s: %s", listen, strerror(errno));
}

enum result listener_bind(struct listener *listener, const char *listen, bool tls,
                          struct explanation *explanation)
{
    char host[HOST_BYTES_MAX];
    const char *port;
    if (!split(listen, host, &port))
        return explain(
            explanation, RESULT_MALFORMED,
            "cannot listen on \"%s\": it must have the form 127.0.0.1:8080 or [::1]:8080", listen);
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
    };
    struct addrinfo *addresses = NULL;
    const int problem = getaddrinfo(host, port, &hints, &addresses);
    if (problem != 0)
        return explain(explanation, RESULT_MALFORMED, "cannot listen on %s: %s", listen,
                       gai_strerror(problem));
    listener->socket = bind_first(addresses);
    const int error = errno;
    freeaddrinfo(addresses);
    errno = error;
    if (listener->socket < 0)
        return refused(listen, explanation);
    if (!write_url(listener->socket, host, tls, listener->url))
        return explain(explanation, RESULT_IO, "cannot tell which port %s got", listen);
    return RESULT_OK;
}

static int socket_option(int socket, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(socket, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

enum result listener_borrow(struct listener *listener, int lent, bool tls,
                            struct explanation *explanation)
{
    listener->socket = lent;
    listener->lent = true;
    const int domain = socket_option(lent, SO_DOMAIN);
    if ((domain != AF_INET && domain != AF_INET6) || socket_option(lent, SO_TYPE) != SOCK_STREAM ||
        socket_option(lent, SO_ACCEPTCONN) != 1)
        return explain(explanation, RESULT_MALFORMED, "descriptor %d is no TCP socket that listens",
                       lent);
    const int flags = fcntl(lent, F_GETFL);
    if (flags < 0 || fcntl(lent, F_SETFL, flags | O_NONBLOCK) != 0 || !prepare_socket(lent) ||
        !write_url(lent, NULL, tls, listener->url))
        return explain(explanation, RESULT_IO, "cannot listen on descriptor %d: %s", lent,
                       strerror(errno));
    return RESULT_OK;
}

enum result listener_listen(const struct listener *listener, struct explanation *explanation)
{
    if (listener->lent)
        return RESULT_OK;
    return listen(listener->socket, LISTENER_BACKLOG) == 0 ? RESULT_OK
                                                           : refused(listener->url, explanation);
}
