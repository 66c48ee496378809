/* TLS sessions against OpenSSL's client: versions, ciphers and protocols, bytes in any pieces,
 * resumption, and every way in which a peer ends, breaks off or makes work. */
#include "http/tls.h"

#include "tls_pair.h"
#include "tls_paper.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define ALERT_CLOSE_NOTIFY 0
#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_PROTOCOL_VERSION 70
#define ALERT_NO_RENEGOTIATION 100
#define ALERT_NO_APPLICATION_PROTOCOL 120

struct world {
    struct paper paper;
    struct tls_config *config;
};

static struct world *world_of(void **state)
{
    return *state;
}

static int world_open(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    paper_init(&world->paper);
    struct explanation explanation;
    assert_int_equal(tls_config_load(&world->config, world->paper.certificate_file,
                                     world->paper.key_file, &explanation),
                     RESULT_OK);
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = world_of(state);
    tls_config_drop(world->config);
    paper_release(&world->paper);
    free(world);
    return 0;
}

/* A connection that is ready to talk. */
static void open_established(struct pair *pair, struct world *world, SSL_CTX *context)
{
    pair_open(pair, world->config, context);
    pair_handshake(pair, ALL_BYTES);
    assert_int_equal(pair->state, TLS_WANTS_READ);
    assert_true(tls_established(pair->session));
}

/* ---- Handshakes ---- */

static void talk_in_pieces(struct world *world, int version, size_t piece)
{
    SSL_CTX *context = client_context_new(version);
    struct pair pair;
    char text[PAIR_HEARD_BYTES];
    pair_open(&pair, world->config, context);
    assert_false(tls_established(pair.session));
    pair_handshake(&pair, piece);
    assert_true(tls_established(pair.session));
    assert_int_equal(pair.state, TLS_WANTS_READ);
    assert_int_equal(SSL_version(pair.client), version);
    assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(pair.client)), 2);

    client_say(&pair, "one");
    client_say(&pair, "two");
    pair_deliver(&pair, piece);
    assert_int_equal(pair.state, TLS_WANTS_READ);
    assert_int_equal(pair.heard_length, 6);
    assert_memory_equal(pair.heard, "onetwo", 6);
    pair_say(&pair, "three");
    pair_say(&pair, "four");
    assert_string_equal(client_hear(&pair, text), "threefour");
    pair_close(&pair);
    SSL_CTX_free(context);
}

static void test_any_pieces(void **state)
{
    static const size_t pieces[] = {1, 2, 7, 100, ALL_BYTES};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        talk_in_pieces(world_of(state), TLS1_2_VERSION, pieces[i]);
        talk_in_pieces(world_of(state), TLS1_3_VERSION, pieces[i]);
    }
}

/* Makes a handshake that the session must refuse, and returns the alert. */
static int refused_with(struct world *world, SSL_CTX *context)
{
    struct pair pair;
    pair_open(&pair, world->config, context);
    pair_handshake(&pair, ALL_BYTES);
    assert_int_equal(pair.state, TLS_FAILED);
    assert_false(tls_established(pair.session));
    size_t length;
    char byte;
    assert_int_equal(tls_read(pair.session, &byte, 1, &length), TLS_FAILED);
    assert_int_equal(tls_write(pair.session, "x", 1, &length), TLS_FAILED);
    assert_int_equal(tls_close(pair.session), TLS_FAILED);
    const int alert = client_alert(&pair);
    pair_close(&pair);
    SSL_CTX_free(context);
    return alert;
}

static void test_old_versions(void **state)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        SSL_CTX *context = client_context_new(versions[i]);
        assert_int_equal(refused_with(world_of(state), context), ALERT_PROTOCOL_VERSION);
    }
}

static void test_ciphers(void **state)
{
    static const char *const refused[] = {
        "ECDHE-ECDSA-AES128-SHA",    /* not authenticated encryption */
        "ECDHE-ECDSA-AES128-SHA256", /* neither */
        "AES128-GCM-SHA256",         /* no forward secrecy */
        "DHE-RSA-AES128-GCM-SHA256", "ADH-AES128-SHA256", "NULL-SHA256",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        SSL_CTX *context = client_context_new(TLS1_2_VERSION);
        assert_int_equal(SSL_CTX_set_cipher_list(context, refused[i]), 1);
        if (refused_with(world_of(state), context) != ALERT_HANDSHAKE_FAILURE)
            fail_msg("%s", refused[i]);
    }
}

static void test_the_server_prefers(void **state)
{
    SSL_CTX *context = client_context_new(TLS1_2_VERSION);
    struct pair pair;
    assert_int_equal(SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES256-GCM-SHA384:"
                                                      "ECDHE-ECDSA-AES128-GCM-SHA256"),
                     1);
    open_established(&pair, world_of(state), context);
    assert_string_equal(SSL_get_cipher_name(pair.client), "ECDHE-ECDSA-AES128-GCM-SHA256");
    pair_close(&pair);
    SSL_CTX_free(context);
}

static void test_protocols(void **state)
{
    static const unsigned char both[] = "\x02h2\x08http/1.1", other[] = "\x02h2\x08http/1.0";
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    const unsigned char *chosen;
    unsigned length;
    assert_int_equal(SSL_CTX_set_alpn_protos(context, both, sizeof both - 1), 0);
    open_established(&pair, world_of(state), context);
    SSL_get0_alpn_selected(pair.client, &chosen, &length);
    assert_int_equal(length, 8);
    assert_memory_equal(chosen, "http/1.1", 8);
    pair_close(&pair);

    assert_int_equal(SSL_CTX_set_alpn_protos(context, other, sizeof other - 1), 0);
    assert_int_equal(refused_with(world_of(state), context), ALERT_NO_APPLICATION_PROTOCOL);
}

static void test_no_renegotiation(void **state)
{
    SSL_CTX *context = client_context_new(TLS1_2_VERSION);
    struct pair pair;
    open_established(&pair, world_of(state), context);
    assert_int_equal(SSL_renegotiate(pair.client), 1);
    assert_int_equal(SSL_do_handshake(pair.client), -1);
    pair_deliver(&pair, ALL_BYTES);
    assert_int_equal(client_alert(&pair), ALERT_NO_RENEGOTIATION);
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* The side that has the answer ready may be the first to move. */
static void test_writing_makes_the_handshake(void **state)
{
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    size_t written;
    char text[PAIR_HEARD_BYTES];
    pair_open(&pair, world_of(state)->config, context);
    assert_int_equal(tls_write(pair.session, "hello", 5, &written), TLS_WANTS_READ);
    pair_handshake(&pair, ALL_BYTES);
    pair_say(&pair, "hello");
    assert_string_equal(client_hear(&pair, text), "hello");
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* ---- Resumption ---- */

static SSL_SESSION *kept;

static int on_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(kept);
    kept = session;
    return 1;
}

/* One connection that offers the kept session, if there is one. Tells whether it was resumed. */
static bool visit(struct tls_config *config, SSL_CTX *context)
{
    struct pair pair;
    char text[PAIR_HEARD_BYTES];
    pair_open(&pair, config, context);
    if (kept != NULL)
        assert_int_equal(SSL_set_session(pair.client, kept), 1);
    pair_handshake(&pair, ALL_BYTES);
    assert_true(tls_established(pair.session));
    pair_say(&pair, "x");
    assert_string_equal(client_hear(&pair, text), "x"); /* and tickets of TLS 1.3 */
    const bool resumed = SSL_session_reused(pair.client) == 1;
    pair_close(&pair);
    return resumed;
}

static void resume(struct world *world, int version)
{
    SSL_CTX *context = client_context_new(version);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(context, on_session);
    struct paper paper;
    struct tls_config *renewed, *other;
    struct explanation explanation;
    paper_init(&paper);
    assert_int_equal(tls_config_reload(&renewed, world->config, paper.certificate_file,
                                       paper.key_file, &explanation),
                     RESULT_OK);
    assert_int_equal(tls_config_load(&other, paper.certificate_file, paper.key_file, &explanation),
                     RESULT_OK);

    kept = NULL;
    assert_false(visit(world->config, context));
    assert_non_null(kept);
    assert_int_equal(SSL_SESSION_get_ticket_lifetime_hint(kept), 7200);
    assert_true(visit(world->config, context));
    assert_true(visit(renewed, context));
    assert_true(visit(world->config, context));
    assert_false(visit(other, context));

    SSL_SESSION_free(kept);
    tls_config_drop(renewed);
    tls_config_drop(other);
    paper_release(&paper);
    SSL_CTX_free(context);
}

static void test_resumption(void **state)
{
    resume(world_of(state), TLS1_2_VERSION);
    resume(world_of(state), TLS1_3_VERSION);
}

/* A session outlives what it was begun with. */
static void test_sessions_hold_their_configuration(void **state)
{
    const struct paper *paper = &world_of(state)->paper;
    struct tls_config *config;
    struct explanation explanation;
    assert_int_equal(
        tls_config_load(&config, paper->certificate_file, paper->key_file, &explanation),
        RESULT_OK);
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    pair_open(&pair, config, context);
    tls_config_drop(config);
    pair_handshake(&pair, ALL_BYTES);
    assert_true(tls_established(pair.session));
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* ---- Ends ---- */

static void test_the_peer_says_its_end(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        SSL_CTX *context = client_context_new(versions[i]);
        struct pair pair;
        char text[PAIR_HEARD_BYTES];
        open_established(&pair, world_of(state), context);
        client_say(&pair, "last");
        assert_int_equal(SSL_shutdown(pair.client), 0);
        pair_deliver(&pair, ALL_BYTES);
        assert_int_equal(pair.state, TLS_ENDED);
        assert_memory_equal(pair.heard, "last", 4);
        pair_read(&pair);
        assert_int_equal(pair.state, TLS_ENDED);
        pair_say(&pair, "answer");
        (void)client_hear(&pair, text); /* OpenSSL's client reads no more, but gets it */
        assert_int_equal(tls_close(pair.session), TLS_READY);
        pair_close(&pair);
        SSL_CTX_free(context);
    }
}

static void test_close_says_so_once(void **state)
{
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    char text[PAIR_HEARD_BYTES];
    size_t written;
    open_established(&pair, world_of(state), context);
    pair_say(&pair, "bye");
    assert_int_equal(tls_close(pair.session), TLS_READY);
    assert_string_equal(client_hear(&pair, text), "bye");
    assert_int_equal(SSL_get_shutdown(pair.client), SSL_RECEIVED_SHUTDOWN);
    assert_int_equal(tls_close(pair.session), TLS_READY);
    assert_int_equal(pair_collect(&pair), 0);
    assert_int_equal(tls_write(pair.session, "x", 1, &written), TLS_FAILED);

    /* The peer may have more to say. */
    client_say(&pair, "more");
    pair_deliver(&pair, ALL_BYTES);
    assert_int_equal(pair.state, TLS_WANTS_READ);
    assert_memory_equal(pair.heard, "more", 4);
    pair_close(&pair);
    SSL_CTX_free(context);
}

static void test_close_before_the_handshake_says_nothing(void **state)
{
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    pair_open(&pair, world_of(state)->config, context);
    assert_int_equal(tls_close(pair.session), TLS_READY);
    assert_int_equal(pair_collect(&pair), 0);
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* The peer's end after any number of the bytes of a whole conversation. */
static bool ends_after(struct world *world, SSL_CTX *context, size_t bytes)
{
    struct pair pair;
    pair_open(&pair, world->config, context);
    bool all = false;
    for (int turn = 0; turn < 3 && bytes > 0; turn++) {
        char message[8192];
        if (SSL_do_handshake(pair.client) == 1)
            client_say(&pair, "hello");
        const int got = BIO_read(pair.from_client, message, sizeof message);
        if (got <= 0)
            continue;
        const size_t part = (size_t)got < bytes ? (size_t)got : bytes;
        pair_send(&pair, message, part);
        pair_read(&pair);
        assert_int_equal(pair.state, TLS_WANTS_READ);
        (void)pair_collect(&pair);
        bytes -= part;
        all = pair.heard_length == 5;
        if (all)
            break;
    }
    assert_int_equal(shutdown(pair.far, SHUT_WR), 0);
    pair_read(&pair);
    assert_int_equal(pair.state, TLS_ENDED);
    assert_true(pair.heard_length == (all ? 5 : 0));
    pair_close(&pair);
    return all;
}

static void test_an_end_at_any_byte(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        SSL_CTX *context = client_context_new(versions[i]);
        size_t bytes = 0;
        while (!ends_after(world_of(state), context, bytes)) {
            bytes++;
            assert_true(bytes < 4096);
        }
        assert_true(bytes > 200);
        SSL_CTX_free(context);
    }
}

/* The peer is gone with bytes of ours unread: the kernel answers with a reset. */
static void test_a_peer_that_vanishes(void **state)
{
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    size_t length;
    open_established(&pair, world_of(state), context);
    pair_say(&pair, "unread");
    assert_int_equal(close(pair.far), 0);
    pair.far = -1;
    pair_read(&pair);
    assert_int_equal(pair.state, TLS_FAILED);
    assert_int_equal(tls_close(pair.session), TLS_FAILED);
    pair_close(&pair);

    open_established(&pair, world_of(state), context);
    assert_int_equal(close(pair.far), 0);
    pair.far = -1;
    assert_int_equal(tls_write(pair.session, "x", 1, &length), TLS_FAILED); /* and no SIGPIPE */
    assert_int_equal(ERR_peek_error(), 0);
    pair_close(&pair);

    /* As after close_notify. */
    open_established(&pair, world_of(state), context);
    assert_int_equal(SSL_shutdown(pair.client), 0);
    pair_deliver(&pair, ALL_BYTES);
    assert_int_equal(pair.state, TLS_ENDED);
    assert_int_equal(close(pair.far), 0);
    pair.far = -1;
    assert_int_equal(tls_write(pair.session, "x", 1, &length), TLS_FAILED);
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* ---- Full sockets ---- */

#define STREAM_BYTES (1u << 20)

static unsigned char stream_byte(size_t at)
{
    return (unsigned char)(at * 31 + at / 251);
}

/* Writes until the socket is full; the bytes lie elsewhere each time. */
static size_t write_until_full(struct pair *pair, size_t sent)
{
    while (sent < STREAM_BYTES) {
        unsigned char *bytes = malloc(STREAM_BYTES - sent);
        assert_non_null(bytes);
        for (size_t i = sent; i < STREAM_BYTES; i++)
            bytes[i - sent] = stream_byte(i);
        size_t written = 0;
        ERR_clear_error();
        pair->state = tls_write(pair->session, bytes, STREAM_BYTES - sent, &written);
        assert_int_equal(ERR_peek_error(), 0);
        free(bytes);
        assert_true(written <= 16384);
        sent += written;
        if (pair->state != TLS_READY)
            break;
    }
    return sent;
}

static size_t hear_stream(struct pair *pair, size_t heard)
{
    unsigned char bytes[PAIR_HEARD_BYTES];
    int got;
    (void)pair_collect(pair);
    while ((got = SSL_read(pair->client, bytes, sizeof bytes)) > 0)
        for (int i = 0; i < got; i++)
            assert_int_equal(bytes[i], stream_byte(heard++));
    return heard;
}

static void test_a_reader_slower_than_us(void **state)
{
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    open_established(&pair, world_of(state), context);
    const int small = 4096;
    assert_int_equal(setsockopt(pair.near, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    size_t sent = 0, heard = 0;
    unsigned full = 0;
    while (heard < STREAM_BYTES) {
        sent = write_until_full(&pair, sent);
        if (pair.state == TLS_WANTS_WRITE) {
            full++;
            /* Half of a record is out: nothing can follow but its rest. */
            assert_int_equal(tls_close(pair.session), TLS_FAILED);
        } else {
            assert_int_equal(pair.state, TLS_READY);
        }
        heard = hear_stream(&pair, heard);
    }
    assert_true(full > 10);
    assert_int_equal(tls_close(pair.session), TLS_READY);
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* ---- Peers that make work ---- */

static void say_key_updates(struct pair *pair, int count, int type)
{
    for (int i = 0; i < count; i++) {
        assert_int_equal(SSL_key_update(pair->client, type), 1);
        assert_int_equal(SSL_do_handshake(pair->client), 1);
    }
}

static void test_key_updates(void **state)
{
    SSL_CTX *context = client_context_new(TLS1_3_VERSION);
    struct pair pair;
    char text[PAIR_HEARD_BYTES];
    open_established(&pair, world_of(state), context);
    /* Some, between bytes that somebody waits for. */
    for (int i = 0; i < 4; i++) {
        say_key_updates(&pair, 20, SSL_KEY_UPDATE_NOT_REQUESTED);
        say_key_updates(&pair, 1, SSL_KEY_UPDATE_REQUESTED);
        client_say(&pair, "x");
        pair_deliver(&pair, ALL_BYTES);
        assert_int_equal(pair.state, TLS_WANTS_READ);
        assert_int_equal(pair.heard_length, i + 1);
        pair_say(&pair, "y");
        assert_string_equal(client_hear(&pair, text), "y");
    }
    say_key_updates(&pair, 40, SSL_KEY_UPDATE_NOT_REQUESTED);
    client_say(&pair, "never heard");
    pair_deliver(&pair, ALL_BYTES);
    assert_int_equal(pair.state, TLS_FAILED);
    assert_int_equal(pair.heard_length, 4);
    pair_close(&pair);

    /* Nor may they come one by one. */
    open_established(&pair, world_of(state), context);
    int updates = 0;
    while (pair.state == TLS_WANTS_READ && updates < 100) {
        say_key_updates(&pair, 1, SSL_KEY_UPDATE_NOT_REQUESTED);
        pair_deliver(&pair, ALL_BYTES);
        updates++;
    }
    assert_int_equal(pair.state, TLS_FAILED);
    assert_in_range(updates, 20, 40);
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* The same hello in records of so many bytes each. */
static enum tls_state hello_in_records(struct world *world, size_t record_bytes)
{
    SSL_CTX *context = client_context_new(TLS1_3_VERSION);
    struct pair pair;
    uint8_t hello[4096];
    pair_open(&pair, world->config, context);
    (void)SSL_do_handshake(pair.client);
    const int length = BIO_read(pair.from_client, hello, sizeof hello);
    assert_in_range(length, 100, sizeof hello - 1);
    uint8_t records[6 * sizeof hello];
    size_t end = 0;
    for (size_t at = 5; at < (size_t)length; at += record_bytes) {
        const size_t left = (size_t)length - at, part = left < record_bytes ? left : record_bytes;
        const uint8_t head[] = {22, 3, 1, (uint8_t)(part >> 8), (uint8_t)part};
        memcpy(records + end, head, sizeof head);
        memcpy(records + end + sizeof head, hello + at, part);
        end += sizeof head + part;
    }
    pair_send(&pair, records, end);
    pair_read(&pair);
    const bool answered = pair_collect(&pair) > 500;
    assert_int_equal(answered, pair.state == TLS_WANTS_READ);
    const enum tls_state came_to = pair.state;
    pair_close(&pair);
    SSL_CTX_free(context);
    return came_to;
}

static void test_a_hello_in_many_records(void **state)
{
    assert_int_equal(hello_in_records(world_of(state), 100), TLS_WANTS_READ);
    assert_int_equal(hello_in_records(world_of(state), 1), TLS_FAILED);
}

static void test_empty_records(void **state)
{
    static const uint8_t empty[] = {22, 3, 1, 0, 0};
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    pair_open(&pair, world_of(state)->config, context);
    unsigned records = 0;
    while (pair.state == TLS_WANTS_READ && records < 100) {
        pair_send(&pair, empty, sizeof empty);
        pair_read(&pair);
        records++;
    }
    assert_int_equal(pair.state, TLS_FAILED);
    assert_in_range(records, 20, 40);
    pair_close(&pair);
    SSL_CTX_free(context);
}

static void test_what_is_no_tls(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: house\r\n\r\n", 31},
        {"\x16\x03\x01\x00\x04\x01\xff\xff\xff", 9},                  /* more than a hello holds */
        {"\x17\x03\x03\x00\x05hello", 10},                            /* before any handshake */
        {"\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03", 11},         /* half a hello */
        {"\x80\x10\x01\x00\x02\x00\x15\x00\x00\x00\x10 SSL 2.0", 18}, /* RFC 6176 */
        {"\0\0\0\0\0\0\0\0\0\0\0\0", 12},
    };
    SSL_CTX *context = client_context_new(0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair pair;
        pair_open(&pair, world_of(state)->config, context);
        pair_send(&pair, rows[i].bytes, rows[i].length);
        pair_read(&pair);
        if (pair.state != TLS_FAILED)
            fail_msg("row %zu", i);
        pair_close(&pair);
    }

    /* More than a record holds; and then the rest of it, which nobody waits for. */
    struct pair pair;
    static const char large[4096] = "\x16\x03\x01\xff\xff\x01";
    pair_open(&pair, world_of(state)->config, context);
    pair_send(&pair, large, 2047);
    pair_read(&pair);
    assert_int_equal(pair.state, TLS_WANTS_READ);
    pair_send(&pair, large + 2047, 1);
    pair_read(&pair);
    assert_int_equal(pair.state, TLS_FAILED);
    pair_close(&pair);
    SSL_CTX_free(context);
}

static size_t allocations; /* of OpenSSL */

static void *count_malloc(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    allocations++;
    return malloc(bytes);
}

static void *count_realloc(void *block, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    allocations++;
    return realloc(block, bytes);
}

static void count_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

/* OpenSSL's memory is for clients that have said hello. */
static void test_a_client_that_only_connects(void **state)
{
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    pair_open(&pair, world_of(state)->config, context);
    (void)SSL_do_handshake(pair.client);
    char hello[4096];
    const int length = BIO_read(pair.from_client, hello, sizeof hello);
    assert_true(length > 100);
    const size_t before = allocations;
    pair_send(&pair, hello, (size_t)length - 1);
    pair_read(&pair);
    assert_int_equal(pair.state, TLS_WANTS_READ);
    assert_int_equal(allocations, before);
    pair_send(&pair, hello + length - 1, 1);
    pair_read(&pair);
    assert_int_equal(pair.state, TLS_WANTS_READ);
    assert_true(allocations > before);
    pair_close(&pair);
    SSL_CTX_free(context);
}

/* Each bit of a record counts. */
static void test_a_changed_bit(void **state)
{
    SSL_CTX *context = client_context_new(0);
    struct pair pair;
    open_established(&pair, world_of(state), context);
    client_say(&pair, "hello");
    char record[256];
    const int length = BIO_read(pair.from_client, record, sizeof record);
    assert_true(length > 5);
    record[length - 1] ^= 1;
    pair_send(&pair, record, (size_t)length);
    pair_read(&pair);
    assert_int_equal(pair.state, TLS_FAILED);
    assert_int_equal(pair.heard_length, 0);
    pair_close(&pair);
    SSL_CTX_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_pieces),
        cmocka_unit_test(test_old_versions),
        cmocka_unit_test(test_ciphers),
        cmocka_unit_test(test_the_server_prefers),
        cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_no_renegotiation),
        cmocka_unit_test(test_writing_makes_the_handshake),
        cmocka_unit_test(test_resumption),
        cmocka_unit_test(test_sessions_hold_their_configuration),
        cmocka_unit_test(test_the_peer_says_its_end),
        cmocka_unit_test(test_close_says_so_once),
        cmocka_unit_test(test_close_before_the_handshake_says_nothing),
        cmocka_unit_test(test_an_end_at_any_byte),
        cmocka_unit_test(test_a_peer_that_vanishes),
        cmocka_unit_test(test_a_reader_slower_than_us),
        cmocka_unit_test(test_key_updates),
        cmocka_unit_test(test_a_hello_in_many_records),
        cmocka_unit_test(test_empty_records),
        cmocka_unit_test(test_what_is_no_tls),
        cmocka_unit_test(test_a_client_that_only_connects),
        cmocka_unit_test(test_a_changed_bit),
    };
    if (CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free) != 1)
        return 1;
    return cmocka_run_group_tests(tests, world_open, world_close);
}
