/* Bytes to and from a client, over a socket that does not block, with TLS or without. */
#ifndef USHER_HTTP_TRANSPORT_H
#define USHER_HTTP_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

struct tls_session;

struct transport {
    int socket;
    struct tls_session *tls; /* NULL: none */
};

enum transport_result {
    TRANSPORT_MOVED,   /* at least one byte */
    TRANSPORT_BLOCKED, /* until the socket is ready again */
    TRANSPORT_ENDED,   /* the client will send nothing more */
    TRANSPORT_BROKEN,  /* nothing can be sent or received any more */
};

/* Reads at most `bytes_max` (> 0) bytes. `*drained`: the socket has no more of them now. */
enum transport_result transport_read(struct transport *transport, void *bytes, size_t bytes_max,
                                     size_t *length, bool *drained);

/* Writes what the socket takes of the pieces, of which none is empty. */
enum transport_result transport_write(struct transport *transport, const struct iovec *pieces,
                                      size_t count, size_t *length);

/* Tells the client that nothing follows. */
void transport_end(struct transport *transport);

/* Reads and forgets; after transport_end, where what comes no longer matters. */
enum transport_result transport_discard(struct transport *transport, size_t *length);

/* Bytes that were written and that the client's side has not acknowledged. */
size_t transport_unsent(const struct transport *transport);

/* Closes the socket. */
void transport_close(struct transport *transport);

#endif
