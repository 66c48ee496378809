/* TLS 1.2 and 1.3 for connections that do their own non-blocking I/O, by OpenSSL 3: RFC 8446, RFC
 * 5246, RFC 7301 (ALPN), RFC 5077 (tickets). Which versions and ciphers: Mozilla's "intermediate"
 * (Server Side TLS 5.7) without finite-field Diffie-Hellman. Knows no HTTP and no epoll.
 *
 * No call waits. A call leaves OpenSSL's error queue of its thread empty. */
#ifndef USHER_HTTP_TLS_H
#define USHER_HTTP_TLS_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Certificate, key and policy. Immutable, with counted references; any thread may use it. */
struct tls_config;

/* One connection's. One thread at a time. */
struct tls_session;

enum tls_state {
    TLS_READY,       /* the call did something */
    TLS_WANTS_READ,  /* the socket has no more bytes: again when it is readable */
    TLS_WANTS_WRITE, /* the socket takes no more bytes: again when it is writable */
    /* The peer said close_notify, or its end of the connection came without. HTTP's own lengths
     * tell whether anything is missing. Written bytes still reach a peer that reads. */
    TLS_ENDED,
    /* Nothing can be read or written any more. The peer has been sent the alert that there was to
     * send; closing the socket with unread bytes would take it from the peer again. */
    TLS_FAILED,
};

/* ---- Configuration ---- */

/* Both files are PEM. The first holds the certificate and then those that lead to a root; the
 * second its private key without a passphrase, and nobody but its owner and group may have any
 * right to it. The caller gets one reference. RESULT_NO_MEMORY, RESULT_IO (a file cannot be read),
 * or RESULT_MALFORMED (rights, form, strength or match), each with an explanation that names the
 * file. */
MUST_USE enum result tls_config_load(struct tls_config **config, const char *certificate_file,
                                     const char *key_file, struct explanation *explanation);

/* The same, and sessions that were begun with `previous` are resumed with this one. */
MUST_USE enum result tls_config_reload(struct tls_config **config,
                                       const struct tls_config *previous,
                                       const char *certificate_file, const char *key_file,
                                       struct explanation *explanation);

/* Until when its certificate is good: milliseconds since 1970. */
int64_t tls_config_end(const struct tls_config *config);

void tls_config_hold(struct tls_config *config);
void tls_config_drop(struct tls_config *config); /* or NULL */

/* ---- Sessions ---- */

/* The server's end on a connected non-blocking socket, which stays the caller's. Holds the
 * configuration. NULL: no memory. */
struct tls_session *tls_session_new(struct tls_config *config, int socket);

/* Sends nothing, and leaves the socket open; or NULL. */
void tls_session_free(struct tls_session *session);

/* Both make the handshake as needed, so that either may want to read or to write.
 *
 * An edge-triggered caller reads until TLS_WANTS_READ: bytes that have left the socket may wait in
 * the session. `bytes_max` is at least 1, and `*length` is set with TLS_READY only. Records without
 * a byte for the caller are bounded: a peer that sends nothing else is TLS_FAILED. */
enum tls_state tls_read(struct tls_session *session, void *bytes, size_t bytes_max, size_t *length);

/* Writes a part, at most 16 KiB, of the `length` bytes (at least 1); `*written` is set with
 * TLS_READY only, and TLS_ENDED is never its answer. After TLS_WANTS_WRITE the record is made
 * already: the next call must begin with the same bytes, and at least as many of them, though they
 * may have moved. */
enum tls_state tls_write(struct tls_session *session, const void *bytes, size_t length,
                         size_t *written);

/* Says close_notify, once, and does not wait for the peer's. TLS_READY: it is said, or there was no
 * handshake yet that it could end. TLS_FAILED also when half of a record has been written. */
enum tls_state tls_close(struct tls_session *session);

/* The handshake was made. */
bool tls_established(const struct tls_session *session);

#endif
