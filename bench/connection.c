/* See connection.h. */
#include "connection.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int connection_dial(const struct sockaddr_in *address, struct in_addr from)
{
    const int one = 1;
    const struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr = from};
    const int dialled = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* The port is picked when both addresses are known, so that each address has all of them. */
    if (dialled < 0 ||
        setsockopt(dialled, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one) != 0 ||
        bind(dialled, (const struct sockaddr *)&own, sizeof own) != 0 ||
        connect(dialled, (const struct sockaddr *)address, sizeof *address) != 0 ||
        setsockopt(dialled, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0)
        err(EXIT_FAILURE, "no connection to port %d", ntohs(address->sin_port));
    return dialled;
}

void connection_open(struct connection *connection, const struct sockaddr_in *address,
                     struct in_addr from)
{
    *connection = (struct connection){.socket = connection_dial(address, from),
                                      .buffer = malloc(ANSWER_BYTES_MAX + 1)};
    if (connection->buffer == NULL || fcntl(connection->socket, F_SETFL, O_NONBLOCK) != 0)
        err(EXIT_FAILURE, "a connection");
}

void connection_close(struct connection *connection)
{
    close(connection->socket);
    free(connection->buffer);
}

bool connection_send(struct connection *connection, const struct request *request)
{
    /* The answer to the last request was read, so the socket has room for all of it. */
    connection->received = 0;
    return send(connection->socket, request->text, request->length, MSG_NOSIGNAL) ==
           (ssize_t)request->length;
}

/* The value of a header in the head, or NULL. `name` begins with a newline and ends with a colon.
 */
static const char *find_header(const char *head, size_t length, struct span name)
{
    const char *end = head + length, *at = head;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) > name.length && strncasecmp(at, name.text, name.length) == 0)
            return at + name.length;
        at++;
    }
    return NULL;
}

/* Whether an answer of this status has a body (RFC 9110, 6.4.1). */
static bool status_has_body(int status)
{
    return status != 204 && status != 304;
}

static enum receipt parse(const struct connection *connection, struct answer *answer)
{
    static const char version[] = "HTTP/1.1 ", head_end[] = "\r\n\r\n";
    const char *text = connection->buffer;
    const char *end = memmem(text, connection->received, head_end, sizeof head_end - 1);
    if (end == NULL)
        return connection->received < ANSWER_BYTES_MAX ? RECEIPT_PARTIAL : RECEIPT_BROKEN;
    const size_t head = (size_t)(end - text) + sizeof head_end - 1;
    if (memcmp(text, version, sizeof version - 1) != 0)
        return RECEIPT_BROKEN;
    answer->status = (int)strtol(text + sizeof version - 1, NULL, 10);
    size_t length = 0;
    if (status_has_body(answer->status)) {
        const char *value = find_header(text, head, SPAN("\nContent-Length:"));
        if (value == NULL)
            return RECEIPT_BROKEN;
        length = strtoul(value, NULL, 10);
    }
    answer->body = text + head;
    answer->length = length;
    if (length > ANSWER_BYTES_MAX - head || connection->received > head + length)
        return RECEIPT_BROKEN;
    connection->buffer[connection->received] = '\0';
    return connection->received == head + length ? RECEIPT_WHOLE : RECEIPT_PARTIAL;
}

enum receipt connection_receive(struct connection *connection, struct answer *answer)
{
    const ssize_t got = recv(connection->socket, connection->buffer + connection->received,
                             ANSWER_BYTES_MAX - connection->received, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return RECEIPT_PARTIAL;
    if (got <= 0)
        return RECEIPT_BROKEN;
    connection->received += (size_t)got;
    return parse(connection, answer);
}
