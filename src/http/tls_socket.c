/* See tls_socket.h. OpenSSL's own socket BIO would do, but it hides the peer's end, and its system
 * calls are made where no test can cut them short. */
#include "http/tls_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* A record's head (RFC 8446 section 5.1): its type, a version, the length of what follows. */
#define RECORD_HEAD_BYTES 5
#define RECORD_HANDSHAKE 22

/* A hello of today is smaller. A larger one is read as it comes: a socket may never hold it whole.
 */
#define HELLO_BYTES_MAX 2048

static bool is_for_later(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK;
}

/* An interrupted call says nothing about the socket, and a signal interrupts only one. */
static ssize_t receive(int descriptor, void *bytes, size_t length, int flags)
{
    ssize_t got;
    do
        got = recv(descriptor, bytes, length, flags);
    while (got < 0 && errno == EINTR);
    return got;
}

/* The last bytes may hide the end behind them; without this look nobody would see it. */
static enum tls_state incomplete(const struct tls_socket *socket)
{
    struct pollfd pollfd = {.fd = socket->descriptor, .events = POLLRDHUP};
    return poll(&pollfd, 1, 0) > 0 ? TLS_ENDED : TLS_WANTS_READ;
}

enum tls_state tls_socket_hello(const struct tls_socket *socket)
{
    uint8_t head[RECORD_HEAD_BYTES];
    const ssize_t got = receive(socket->descriptor, head, sizeof head, MSG_PEEK);
    if (got < 0)
        return is_for_later(errno) ? TLS_WANTS_READ : TLS_FAILED;
    if (got == 0)
        return TLS_ENDED;
    if (head[0] != RECORD_HANDSHAKE)
        return TLS_READY; /* OpenSSL says what is wrong with it */
    if (got < RECORD_HEAD_BYTES)
        return incomplete(socket);
    const int record_bytes = RECORD_HEAD_BYTES + (head[3] << 8 | head[4]);
    const int awaited = record_bytes > HELLO_BYTES_MAX ? HELLO_BYTES_MAX : record_bytes;
    int there;
    if (ioctl(socket->descriptor, FIONREAD, &there) != 0)
        return TLS_FAILED;
    return there >= awaited ? TLS_READY : incomplete(socket);
}

/* Bytes as OpenSSL counts them: what it asks for at once is a record. */
static size_t possible(int length)
{
    return length < 0 ? 0 : (size_t)length;
}

static int socket_read(BIO *bio, char *bytes, int bytes_max)
{
    struct tls_socket *socket = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t got = receive(socket->descriptor, bytes, possible(bytes_max), 0);
    if (got == 0)
        socket->peer_ended = true;
    else if (got < 0 && is_for_later(errno))
        BIO_set_retry_read(bio);
    return (int)got;
}

static int socket_write(BIO *bio, const char *bytes, int length)
{
    const struct tls_socket *socket = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    ssize_t sent;
    do
        sent = send(socket->descriptor, bytes, possible(length), MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && is_for_later(errno))
        BIO_set_retry_write(bio);
    return (int)sent;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    const struct tls_socket *socket = BIO_get_data(bio);
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1; /* nothing is kept here */
    case BIO_CTRL_EOF:
        return socket->peer_ended;
    default: /* OpenSSL's, of which there are some hundred */
        return 0;
    }
}

BIO_METHOD *tls_socket_method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "usher socket");
    if (method != NULL && (BIO_meth_set_read(method, socket_read) != 1 ||
                           BIO_meth_set_write(method, socket_write) != 1 ||
                           BIO_meth_set_ctrl(method, socket_control) != 1)) {
        BIO_meth_free(method);
        method = NULL;
    }
    return method;
}

BIO *tls_socket_bio_new(const BIO_METHOD *method, struct tls_socket *socket)
{
    BIO *bio = BIO_new(method);
    if (bio != NULL) {
        BIO_set_data(bio, socket);
        BIO_set_init(bio, 1);
    }
    return bio;
}
