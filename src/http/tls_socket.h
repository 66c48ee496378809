/* How OpenSSL reaches a connection's non-blocking socket, and when there is something for it. */
#ifndef USHER_HTTP_TLS_SOCKET_H
#define USHER_HTTP_TLS_SOCKET_H

#include "http/tls.h"

#include <openssl/bio.h>
#include <stdbool.h>

struct tls_socket {
    int descriptor;  /* the caller's; never closed here */
    bool peer_ended; /* no more bytes will come: its end was read */
};

/* Whether the client's hello has come: TLS_READY, TLS_WANTS_READ, TLS_ENDED or TLS_FAILED. It stays
 * in the socket. Until then a connection needs no memory here; a handshake needs some 55 KB, which
 * clients that only connect, or send byte by byte, would hold for as long as they may. */
enum tls_state tls_socket_hello(const struct tls_socket *socket);

/* NULL: no memory. */
BIO_METHOD *tls_socket_method_new(void);

/* The socket must outlive the BIO. NULL: no memory. */
BIO *tls_socket_bio_new(const BIO_METHOD *method, struct tls_socket *socket);

#endif
