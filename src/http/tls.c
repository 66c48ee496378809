/* See tls.h, "Sessions". */
#include "http/tls.h"

#include "base/check.h"
#include "http/tls_config.h"
#include "http/tls_socket.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

/* Records that may come in a row without a byte for the caller. A handshake takes five; more than
 * these are records cut small, empty ones and requests for new keys, which make work and no
 * progress. */
#define IDLE_RECORDS_MAX 32

/* RFC 8446 section 5.1. */
#define RECORD_BYTES_MAX 16384

struct tls_session {
    struct tls_config *config;
    SSL *ssl; /* NULL until the client's hello has come */
    struct tls_socket socket;
    unsigned idle_records; /* since the last byte that the caller got */
    size_t pending_bytes;  /* of the caller, in a record that is not wholly in the socket; or 0 */
    bool established;
    bool close_said;
    bool failed;
};

/* Called for each message, and for the head of each record: a record more that brought nothing.
 * When there are too many OpenSSL is told that the peer has ended, at which it stops reading
 * records, also those that it has in memory already. */
static void on_message(int written, int version, int content_type, const void *bytes, size_t length,
                       SSL *ssl, void *owner)
{
    (void)version;
    (void)bytes;
    (void)length;
    struct tls_session *session = owner;
    if (written || content_type != SSL3_RT_HEADER)
        return;
    if (++session->idle_records > IDLE_RECORDS_MAX) {
        session->failed = true;
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
    }
}

static bool session_wire(struct tls_session *session)
{
    SSL *ssl = SSL_new(session->config->context);
    BIO *bio = tls_socket_bio_new(session->config->socket_method, &session->socket);
    if (ssl == NULL || bio == NULL) {
        SSL_free(ssl);
        BIO_free(bio);
        ERR_clear_error();
        return false;
    }
    SSL_set_bio(ssl, bio, bio);
    SSL_set_msg_callback(ssl, on_message);
    SSL_set_msg_callback_arg(ssl, session);
    SSL_set_accept_state(ssl);
    session->ssl = ssl;
    return true;
}

/* Ready when there is something for OpenSSL to do. */
static enum tls_state begin_call(struct tls_session *session)
{
    if (session->failed)
        return TLS_FAILED;
    if (session->ssl != NULL)
        return TLS_READY;
    const enum tls_state state = tls_socket_hello(&session->socket);
    session->failed = state == TLS_FAILED || (state == TLS_READY && !session_wire(session));
    return session->failed ? TLS_FAILED : state;
}

struct tls_session *tls_session_new(struct tls_config *config, int socket)
{
    struct tls_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    tls_config_hold(config);
    session->config = config;
    session->socket.descriptor = socket;
    return session;
}

void tls_session_free(struct tls_session *session)
{
    if (session == NULL)
        return;
    SSL_free(session->ssl);
    tls_config_drop(session->config);
    free(session);
}

/* The outcome of a call to OpenSSL. Empties the error queue, which the next call of any session of
 * this thread would otherwise take for its own. */
static enum tls_state settle_call(struct tls_session *session, int answer)
{
    const int error = SSL_get_error(session->ssl, answer);
    ERR_clear_error();
    if (!session->established && SSL_is_init_finished(session->ssl))
        session->established = true;
    if (session->failed)
        return TLS_FAILED;
    switch (error) {
    case SSL_ERROR_NONE:
        return TLS_READY;
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_ENDED;
    default: /* OpenSSL's: the protocol or the socket is broken */
        session->failed = true;
        return TLS_FAILED;
    }
}

enum tls_state tls_read(struct tls_session *session, void *bytes, size_t bytes_max, size_t *length)
{
    CHECK(bytes_max > 0);
    const enum tls_state begun = begin_call(session);
    if (begun != TLS_READY)
        return begun;
    const int answer = SSL_read_ex(session->ssl, bytes, bytes_max, length);
    const enum tls_state state = settle_call(session, answer);
    if (state == TLS_READY)
        session->idle_records = 0;
    return state;
}

enum tls_state tls_write(struct tls_session *session, const void *bytes, size_t length,
                         size_t *written)
{
    CHECK(length > 0 && length >= session->pending_bytes);
    const enum tls_state begun = session->close_said ? TLS_FAILED : begin_call(session);
    if (begun != TLS_READY)
        return begun == TLS_ENDED ? TLS_FAILED : begun;
    /* A record a call: OpenSSL would hide what is sent while the next one finds the socket full. */
    const size_t most = length < RECORD_BYTES_MAX ? length : RECORD_BYTES_MAX;
    const size_t part = session->pending_bytes > 0 ? session->pending_bytes : most;
    const int answer = SSL_write_ex(session->ssl, bytes, part, written);
    const enum tls_state state = settle_call(session, answer);
    session->pending_bytes = state == TLS_WANTS_WRITE && session->established ? part : 0;
    if (state != TLS_ENDED)
        return state;
    /* OpenSSL remembers the peer's end and not why this write failed. */
    session->failed = true;
    return TLS_FAILED;
}

enum tls_state tls_close(struct tls_session *session)
{
    if (session->failed || session->pending_bytes > 0)
        return TLS_FAILED;
    if (session->close_said || !session->established)
        return TLS_READY;
    const int answer = SSL_shutdown(session->ssl);
    if (answer < 0)
        return settle_call(session, answer);
    ERR_clear_error();
    session->close_said = true;
    return TLS_READY;
}

bool tls_established(const struct tls_session *session)
{
    return session->established;
}
