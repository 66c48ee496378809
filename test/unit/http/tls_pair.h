/* A client by OpenSSL and usher's session at two ends of a socketpair. The client's bytes pass
 * through memory, so that a test decides in which pieces, and whether, they reach the session. */
#ifndef USHER_TEST_TLS_PAIR_H
#define USHER_TEST_TLS_PAIR_H

#include "http/tls.h"

#include <openssl/ssl.h>

#define PAIR_HEARD_BYTES 4096

struct pair {
    struct tls_session *session;
    SSL *client;
    BIO *to_client, *from_client; /* the client's */
    int near, far;                /* the session's socket, and the client's */
    enum tls_state state;         /* of the last call to the session */
    char heard[PAIR_HEARD_BYTES]; /* what the session read */
    size_t heard_length;
};

#define ALL_BYTES ((size_t)1 << 20)

/* A client's context for this version alone, or for both when it is 0. */
SSL_CTX *client_context_new(int version);

void pair_open(struct pair *pair, struct tls_config *config, SSL_CTX *context);
void pair_close(struct pair *pair);

/* The session reads until it wants something, ends or fails. */
void pair_read(struct pair *pair);

/* Moves what the client has to say to the session, which reads after every `piece` bytes. */
void pair_deliver(struct pair *pair, size_t piece);

/* Bytes that no client's library would send; not read yet. */
void pair_send(struct pair *pair, const void *bytes, size_t length);

/* Moves what the session has said to the client; how many bytes that were. */
size_t pair_collect(struct pair *pair);

/* Takes turns until both ends have made the handshake, or one of them cannot go on. */
void pair_handshake(struct pair *pair, size_t piece);

void client_say(struct pair *pair, const char *text);

/* What the client can read now, as text; "" when there is nothing. */
const char *client_hear(struct pair *pair, char text[static PAIR_HEARD_BYTES]);

/* The alert that the client was sent (RFC 8446 section 6), or 0. */
int client_alert(struct pair *pair);

/* The session writes, which must do. */
void pair_say(struct pair *pair, const char *text);

#endif
