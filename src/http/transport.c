/* See transport.h. */
#include "http/transport.h"

#include "http/tls.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A TLS record holds no more (RFC 8446, 5.1). */
#define TLS_RECORD_BYTES 16384

/* Thrown away with one call. */
#define DISCARD_BYTES 32768

static enum transport_result of_errno(void)
{
    return errno == EAGAIN ? TRANSPORT_BLOCKED : TRANSPORT_BROKEN;
}

/* A socket that does not block is interrupted only where a test has it so. */
static ssize_t receive_plain(int socket, void *bytes, size_t bytes_max)
{
    ssize_t got;
    do
        got = recv(socket, bytes, bytes_max, 0);
    while (got < 0 && errno == EINTR);
    return got;
}

static enum transport_result of_tls(enum tls_state state)
{
    switch (state) {
    case TLS_READY:
        return TRANSPORT_MOVED;
    case TLS_WANTS_READ:
    case TLS_WANTS_WRITE:
        return TRANSPORT_BLOCKED;
    case TLS_ENDED:
        return TRANSPORT_ENDED;
    case TLS_FAILED:
        break;
    }
    return TRANSPORT_BROKEN;
}

enum transport_result transport_read(struct transport *transport, void *bytes, size_t bytes_max,
                                     size_t *length, bool *drained)
{
    if (transport->tls != NULL) {
        /* It may hold bytes that the socket no longer has. */
        const enum tls_state state = tls_read(transport->tls, bytes, bytes_max, length);
        *drained = state == TLS_WANTS_READ || state == TLS_WANTS_WRITE;
        return of_tls(state);
    }
    const ssize_t got = receive_plain(transport->socket, bytes, bytes_max);
    *drained = got < 0 || (size_t)got < bytes_max;
    if (got < 0)
        return of_errno();
    *length = (size_t)got;
    return got == 0 ? TRANSPORT_ENDED : TRANSPORT_MOVED;
}

/* One record of as much as it holds: an answer's head and body go together where they fit. */
static enum transport_result write_record(struct tls_session *tls, const struct iovec *pieces,
                                          size_t count, size_t *length)
{
    char record[TLS_RECORD_BYTES];
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t room = sizeof record - bytes;
        const size_t part = pieces[i].iov_len < room ? pieces[i].iov_len : room;
        memcpy(record + bytes, pieces[i].iov_base, part);
        bytes += part;
    }
    return of_tls(tls_write(tls, record, bytes, length));
}

/* The kernel takes one piece for less than a message of pieces. */
static ssize_t send_plain(int socket, const struct iovec *pieces, size_t count)
{
    if (count == 1)
        return send(socket, pieces->iov_base, pieces->iov_len, MSG_NOSIGNAL);
    const struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)pieces,
                                   .msg_iovlen = count};
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

enum transport_result transport_write(struct transport *transport, const struct iovec *pieces,
                                      size_t count, size_t *length)
{
    if (transport->tls != NULL)
        return write_record(transport->tls, pieces, count, length);
    ssize_t sent;
    do
        sent = send_plain(transport->socket, pieces, count);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return of_errno();
    *length = (size_t)sent;
    return TRANSPORT_MOVED;
}

void transport_end(struct transport *transport)
{
    if (transport->tls != NULL)
        (void)tls_close(transport->tls);
    (void)shutdown(transport->socket, SHUT_WR); /* fails where the client was faster */
}

enum transport_result transport_discard(struct transport *transport, size_t *length)
{
    char waste[DISCARD_BYTES];
    const ssize_t got = receive_plain(transport->socket, waste, sizeof waste);
    if (got < 0)
        return of_errno();
    *length = (size_t)got;
    return got == 0 ? TRANSPORT_ENDED : TRANSPORT_MOVED;
}

size_t transport_unsent(const struct transport *transport)
{
    int bytes = 0;
    return ioctl(transport->socket, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}

void transport_close(struct transport *transport)
{
    if (transport->tls != NULL)
        tls_session_free(transport->tls);
    (void)close(transport->socket);
}
