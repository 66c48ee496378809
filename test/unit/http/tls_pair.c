/* See tls_pair.h. */
#include "tls_pair.h"

#include "base/check.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A handshake takes three; whatever goes on for longer never ends. */
#define TURNS_MAX 10

SSL_CTX *client_context_new(int version)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    CHECK(context != NULL);
    SSL_CTX_set_security_level(context, 0); /* it offers also what the session must refuse */
    SSL_CTX_clear_options(context, SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1);
    CHECK(SSL_CTX_set_min_proto_version(context, version) == 1);
    CHECK(SSL_CTX_set_max_proto_version(context, version) == 1);
    return context;
}

static void on_alert(const SSL *ssl, int where, int what)
{
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
        int *alert = SSL_get_app_data(ssl);
        *alert = what & 0xff;
    }
}

void pair_open(struct pair *pair, struct tls_config *config, SSL_CTX *context)
{
    *pair = (struct pair){.state = TLS_WANTS_READ};
    int sockets[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets) == 0);
    pair->near = sockets[0];
    pair->far = sockets[1];
    pair->session = tls_session_new(config, pair->near);
    pair->client = SSL_new(context);
    pair->to_client = BIO_new(BIO_s_mem());
    pair->from_client = BIO_new(BIO_s_mem());
    CHECK(pair->session != NULL && pair->client != NULL && pair->to_client != NULL &&
          pair->from_client != NULL);
    int *alert = OPENSSL_zalloc(sizeof *alert);
    CHECK(alert != NULL && SSL_set_app_data(pair->client, alert) == 1);
    SSL_set_info_callback(pair->client, on_alert);
    SSL_set_bio(pair->client, pair->to_client, pair->from_client);
    SSL_set_connect_state(pair->client);
}

void pair_close(struct pair *pair)
{
    OPENSSL_free(SSL_get_app_data(pair->client));
    /* Or the client would not take up a session that broke off. */
    SSL_set_shutdown(pair->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(pair->client);
    tls_session_free(pair->session);
    CHECK(close(pair->near) == 0);
    if (pair->far >= 0)
        CHECK(close(pair->far) == 0);
    ERR_clear_error();
}

/* The client's errors are on the same thread, and none of the session's business. */
static void check_queue(void)
{
    CHECK(ERR_peek_error() == 0);
}

void pair_read(struct pair *pair)
{
    ERR_clear_error();
    do {
        size_t length = 0;
        CHECK(pair->heard_length < sizeof pair->heard);
        pair->state = tls_read(pair->session, pair->heard + pair->heard_length,
                               sizeof pair->heard - pair->heard_length, &length);
        check_queue();
        CHECK((pair->state == TLS_READY) == (length > 0));
        pair->heard_length += length;
    } while (pair->state == TLS_READY);
}

void pair_send(struct pair *pair, const void *bytes, size_t length)
{
    CHECK(send(pair->far, bytes, length, MSG_NOSIGNAL) == (ssize_t)length);
}

void pair_deliver(struct pair *pair, size_t piece)
{
    static char bytes[ALL_BYTES];
    int got;
    while ((got = BIO_read(pair->from_client, bytes, (int)piece)) > 0) {
        pair_send(pair, bytes, (size_t)got);
        pair_read(pair);
    }
}

size_t pair_collect(struct pair *pair)
{
    static char bytes[ALL_BYTES];
    const ssize_t got = recv(pair->far, bytes, sizeof bytes, 0);
    CHECK(got >= 0 || errno == EAGAIN);
    if (got <= 0)
        return 0;
    CHECK(BIO_write(pair->to_client, bytes, (int)got) == got);
    return (size_t)got;
}

void pair_handshake(struct pair *pair, size_t piece)
{
    for (int turn = 0;; turn++) {
        CHECK(turn < TURNS_MAX);
        const int made = SSL_do_handshake(pair->client);
        pair_deliver(pair, piece);
        const size_t collected = pair_collect(pair);
        if (collected == 0 && (made == 1 || pair->state != TLS_WANTS_READ))
            return;
    }
}

void client_say(struct pair *pair, const char *text)
{
    CHECK(SSL_write(pair->client, text, (int)strlen(text)) == (int)strlen(text));
}

const char *client_hear(struct pair *pair, char text[static PAIR_HEARD_BYTES])
{
    (void)pair_collect(pair);
    int length = 0, got;
    while (length < PAIR_HEARD_BYTES - 1 &&
           (got = SSL_read(pair->client, text + length, PAIR_HEARD_BYTES - 1 - length)) > 0)
        length += got;
    text[length] = '\0';
    return text;
}

int client_alert(struct pair *pair)
{
    char nothing[PAIR_HEARD_BYTES];
    (void)client_hear(pair, nothing);
    const int *alert = SSL_get_app_data(pair->client);
    return *alert;
}

void pair_say(struct pair *pair, const char *text)
{
    ERR_clear_error();
    size_t written = 0;
    pair->state = tls_write(pair->session, text, strlen(text), &written);
    check_queue();
    CHECK(pair->state == TLS_READY && written == strlen(text));
}
