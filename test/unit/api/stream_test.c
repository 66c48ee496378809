/* Streams over a real server: any thread writes, the client reads every frame strictly, and every
 * way in which a stream ends is told once. No route of the API answers with one, so GET /healthz
 * does it here. */
#include "http/stream.h"

#include "api/enquiry.h"
#include "base/check.h"
#include "http/server.h"
#include "http/status_code.h"
#include "http/tls.h"
#include "http_world.h"
#include "tls_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

/* Nothing here takes a second; a busy machine with a sanitizer may. */
#define PATIENCE_S 60

/* What the world lets a stop wait. */
#define STOP_US 10000000

#define STREAMS_MAX 1000
#define WRITERS 4
#define FRAMES 2000 /* of each writer; all of them stay below what may be pending */
#define FRAME_BYTES 8

/* ---- The owner's side ---- */

struct owner {
    struct stream *stream;           /* NULL: there was none to begin */
    unsigned begun, gone, room;      /* how often; under `news_lock` */
    const struct request_head *head; /* where it was received; not to be looked at */
};

static struct http_world world;
static struct owner owners[STREAMS_MAX];
static size_t owner_count;
static pthread_mutex_t news_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static bool ends_at_once;        /* each stream says "whole" and ends in the step that begins it */
static size_t pending_bytes_max; /* of each stream; 0: the usual */
static bool whole_streams;       /* a part of one is worth nothing */
static int64_t room_us;          /* 0: as the server has it */

void __wrap_get_health(struct enquiry *enquiry);
void __real_deadlines_init(struct deadlines *deadlines,
                           const int64_t duration_us[static WAITS_KINDS]);
void __wrap_deadlines_init(struct deadlines *deadlines,
                           const int64_t duration_us[static WAITS_KINDS]);

void __wrap_deadlines_init(struct deadlines *deadlines,
                           const int64_t duration_us[static WAITS_KINDS])
{
    int64_t chosen_us[WAITS_KINDS];
    memcpy(chosen_us, duration_us, sizeof chosen_us);
    if (room_us > 0)
        chosen_us[WAITS_FOR_ROOM] = room_us;
    __real_deadlines_init(deadlines, chosen_us);
}

static void count_news(unsigned *count)
{
    CHECK(pthread_mutex_lock(&news_lock) == 0);
    ++*count;
    CHECK(pthread_cond_broadcast(&news) == 0);
    CHECK(pthread_mutex_unlock(&news_lock) == 0);
}

static void on_room(void *owner)
{
    count_news(&((struct owner *)owner)->room);
}

static void on_gone(void *owner)
{
    count_news(&((struct owner *)owner)->gone);
}

void __wrap_get_health(struct enquiry *enquiry)
{
    CHECK(owner_count < STREAMS_MAX); /* its loop's thread is the only one */
    struct owner *owner = &owners[owner_count++];
    owner->head = enquiry->exchange.head;
    const struct stream_plan plan = {.content_type = "text/plain",
                                     .owner = owner,
                                     .gone = on_gone,
                                     .room = on_room,
                                     .is_whole = whole_streams,
                                     .pending_bytes_max = pending_bytes_max};
    owner->stream = stream_begin(&enquiry->exchange, &plan);
    if (ends_at_once) {
        CHECK(stream_write(owner->stream, "whole", 5) && stream_end(owner->stream));
        stream_drop(owner->stream);
    }
    count_news(&owner->begun);
}

static void wait_for_times(const unsigned *count, unsigned wanted)
{
    struct timespec until;
    CHECK(clock_gettime(CLOCK_REALTIME, &until) == 0);
    until.tv_sec += PATIENCE_S;
    CHECK(pthread_mutex_lock(&news_lock) == 0);
    while (*count < wanted)
        CHECK(pthread_cond_timedwait(&news, &news_lock, &until) == 0);
    CHECK(pthread_mutex_unlock(&news_lock) == 0);
}

static void wait_for_news(const unsigned *count)
{
    wait_for_times(count, 1);
}

static unsigned times(const unsigned *count)
{
    CHECK(pthread_mutex_lock(&news_lock) == 0);
    const unsigned value = *count;
    CHECK(pthread_mutex_unlock(&news_lock) == 0);
    return value;
}

static void write_text(const struct owner *owner, const char *text)
{
    assert_true(stream_write(owner->stream, text, strlen(text)));
}

static void end_stream(const struct owner *owner)
{
    assert_true(stream_end(owner->stream));
    assert_false(stream_write(owner->stream, "x", 1));
    assert_false(stream_end(owner->stream));
    stream_drop(owner->stream);
}

/* It was told once that the stream is over, and what it does now does nothing. */
static void see_gone(struct owner *owner)
{
    wait_for_news(&owner->gone);
    assert_false(stream_write(owner->stream, "x", 1));
    assert_false(stream_end(owner->stream));
    assert_int_equal(times(&owner->gone), 1);
    stream_drop(owner->stream);
}

/* ---- The client's side ---- */

struct client {
    int socket, far; /* `far`: the server's end, which the server owns */
    uint8_t bytes[65536];
    size_t at, length;
    SSL *tls; /* NULL: none */
};

static struct client *connect_client(void)
{
    struct client *client = calloc(1, sizeof *client);
    int ends[2];
    CHECK(client != NULL &&
          socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    client->socket = ends[0];
    client->far = ends[1];
    return client;
}

static void ask(struct client *client, const char *text)
{
    const size_t length = strlen(text);
    if (client->tls != NULL)
        assert_int_equal(SSL_write(client->tls, text, (int)length), length);
    else
        assert_int_equal(send(client->socket, text, length, MSG_NOSIGNAL), length);
}

static void let_in(struct client *client, const char *request)
{
    ask(client, request);
    http_world_connect(&world, client->far);
}

static void leave(struct client *client)
{
    SSL_free(client->tls);
    assert_int_equal(close(client->socket), 0);
    free(client);
}

static ssize_t receive(struct client *client)
{
    if (client->tls != NULL) /* its socket blocks */
        return SSL_read(client->tls, client->bytes, sizeof client->bytes);
    struct pollfd ready = {.fd = client->socket, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE_S * 1000), 1);
    const ssize_t got = recv(client->socket, client->bytes, sizeof client->bytes, 0);
    assert_true(got >= 0 || errno == ECONNRESET);
    return got;
}

/* False: the server closed. */
static bool next_byte(struct client *client, char *byte)
{
    if (client->at == client->length) {
        const ssize_t got = receive(client);
        client->at = 0;
        client->length = got > 0 ? (size_t)got : 0;
        if (got <= 0)
            return false;
    }
    *byte = (char)client->bytes[client->at++];
    return true;
}

static char take_byte(struct client *client)
{
    char byte = 0;
    assert_true(next_byte(client, &byte));
    return byte;
}

static void assert_closed(struct client *client)
{
    char byte;
    assert_false(next_byte(client, &byte));
}

/* A line without its CR LF. */
static void take_line(struct client *client, char *line, size_t bytes_max)
{
    for (size_t length = 0; length < bytes_max; length++) {
        line[length] = take_byte(client);
        if (line[length] == '\r') {
            assert_int_equal(take_byte(client), '\n');
            line[length] = '\0';
            return;
        }
        assert_int_not_equal(line[length], '\n');
    }
    fail();
}

struct head {
    int status;
    bool chunked, closes, sized, no_store;
    size_t bytes; /* of the body, where it is sized */
};

static void take_head(struct client *client, struct head *head)
{
    static const char sized[] = "Content-Length: ";
    char line[512];
    *head = (struct head){0};
    take_line(client, line, sizeof line);
    assert_int_equal(strncmp(line, "HTTP/1.1 ", 9), 0);
    head->status = (int)strtol(line + 9, NULL, 10);
    for (take_line(client, line, sizeof line); line[0] != '\0';
         take_line(client, line, sizeof line)) {
        head->chunked |= strcmp(line, "Transfer-Encoding: chunked") == 0;
        head->closes |= strcmp(line, "Connection: close") == 0;
        head->no_store |= strcmp(line, "Cache-Control: no-store") == 0;
        if (strncmp(line, sized, sizeof sized - 1) != 0)
            continue;
        head->sized = true;
        head->bytes = strtoul(line + sizeof sized - 1, NULL, 10);
    }
}

/* An answer of the usual kind, with its body. */
static void take_answer(struct client *client, int status)
{
    struct head head;
    take_head(client, &head);
    assert_int_equal(head.status, status);
    assert_true(head.sized && !head.chunked);
    for (size_t i = 0; i < head.bytes; i++)
        (void)take_byte(client);
}

static void take_stream_head(struct client *client)
{
    struct head head;
    take_head(client, &head);
    assert_int_equal(head.status, STATUS_OK);
    assert_true(head.chunked && head.no_store && !head.sized && !head.closes);
}

/* One chunk, of which no more than `bytes_max` are expected; 0: the last. The size is in the one
 * form that the server writes: no zeros before it, no extension (RFC 9112, 7.1). */
static size_t take_chunk(struct client *client, char *bytes, size_t bytes_max)
{
    char line[16], again[16];
    take_line(client, line, sizeof line);
    const size_t length = strtoul(line, NULL, 16);
    (void)snprintf(again, sizeof again, "%zx", length);
    assert_string_equal(line, again);
    assert_true(length <= bytes_max);
    for (size_t i = 0; i < length; i++)
        bytes[i] = take_byte(client);
    assert_int_equal(take_byte(client), '\r');
    assert_int_equal(take_byte(client), '\n');
    return length;
}

/* Everything up to the last chunk. */
static size_t take_stream(struct client *client, char *bytes, size_t bytes_max)
{
    size_t length = 0, more;
    while ((more = take_chunk(client, bytes + length, bytes_max - length)) > 0)
        length += more;
    return length;
}

static void assert_streams(struct client *client, const char *text)
{
    char bytes[64];
    const size_t length = take_stream(client, bytes, sizeof bytes);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(bytes, text, length);
}

/* ---- Worlds ---- */

#define STREAM_REQUEST "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
#define OTHER_REQUEST "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"

static int open_world(void **state)
{
    (void)state;
    memset(owners, 0, sizeof owners);
    owner_count = 0;
    http_world_open(&world);
    return 0;
}

static int open_hasty_world(void **state)
{
    room_us = 50000;
    return open_world(state);
}

static int close_world(void **state)
{
    (void)state;
    room_us = 0;
    ends_at_once = false;
    whole_streams = false;
    pending_bytes_max = 0;
    if (world.server != NULL)
        http_world_close(&world);
    world.server = NULL;
    return 0;
}

/* A client whose stream began, the first of this world. */
static struct client *begin(const char *request)
{
    struct client *client = connect_client();
    let_in(client, request);
    wait_for_news(&owners[0].begun);
    return client;
}

/* ---- Writing ---- */

struct writer {
    pthread_t thread;
    struct stream *stream; /* a reference */
    unsigned number;
};

static void *write_frames(void *argument)
{
    const struct writer *writer = argument;
    for (unsigned i = 0; i < FRAMES; i++) {
        char frame[FRAME_BYTES + 1];
        CHECK(snprintf(frame, sizeof frame, "%u %05u\n", writer->number, i) == FRAME_BYTES);
        CHECK(stream_write(writer->stream, frame, FRAME_BYTES));
    }
    stream_drop(writer->stream);
    return NULL;
}

static void start_writers(struct writer writers[static WRITERS], struct stream *stream,
                          void *(*run)(void *))
{
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.stream = stream, .number = i};
        stream_hold(stream);
        assert_int_equal(pthread_create(&writers[i].thread, NULL, run, &writers[i]), 0);
    }
}

static void join_writers(struct writer writers[static WRITERS])
{
    for (unsigned i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
}

static void test_frames_of_threads_come_in_order(void **state)
{
    static char bytes[WRITERS * FRAMES * FRAME_BYTES];
    struct client *client = begin(STREAM_REQUEST);
    struct writer writers[WRITERS];
    unsigned next[WRITERS] = {0};
    (void)state;
    take_stream_head(client);
    start_writers(writers, owners[0].stream, write_frames);
    join_writers(writers);
    end_stream(&owners[0]);
    assert_int_equal(take_stream(client, bytes, sizeof bytes), sizeof bytes);
    for (size_t at = 0; at < sizeof bytes; at += FRAME_BYTES) {
        char frame[FRAME_BYTES + 1];
        const unsigned number = (unsigned)(bytes[at] - '0');
        assert_true(number < WRITERS);
        (void)snprintf(frame, sizeof frame, "%u %05u\n", number, next[number]++);
        assert_memory_equal(bytes + at, frame, FRAME_BYTES);
    }
    leave(client);
}

static void test_each_write_comes_at_once(void **state)
{
    struct client *client = begin(STREAM_REQUEST);
    char bytes[16];
    (void)state;
    take_stream_head(client);
    for (unsigned i = 0; i < 100; i++) {
        write_text(&owners[0], "frame");
        assert_int_equal(take_chunk(client, bytes, sizeof bytes), 5);
    }
    assert_true(stream_write(owners[0].stream, NULL, 0)); /* no chunk: it would be the last */
    write_text(&owners[0], "end");
    end_stream(&owners[0]);
    assert_streams(client, "end");
    leave(client);
}

static void test_connection_goes_on_after_its_end(void **state)
{
    struct client *client = begin(STREAM_REQUEST);
    (void)state;
    take_stream_head(client);
    end_stream(&owners[0]);
    assert_streams(client, "");
    ask(client, OTHER_REQUEST);
    take_answer(client, STATUS_OK);
    ask(client, STREAM_REQUEST);
    take_stream_head(client);
    wait_for_news(&owners[1].begun);
    write_text(&owners[1], "again");
    end_stream(&owners[1]);
    assert_streams(client, "again");
    assert_int_equal(times(&owners[0].gone) + times(&owners[1].gone), 0);
    leave(client);
}

static void test_pipelined_requests_wait(void **state)
{
    struct client *client = begin(STREAM_REQUEST OTHER_REQUEST);
    char bytes[16];
    (void)state;
    take_stream_head(client);
    ask(client, OTHER_REQUEST "GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    write_text(&owners[0], "one");
    assert_int_equal(take_chunk(client, bytes, sizeof bytes), 3);
    write_text(&owners[0], "two");
    end_stream(&owners[0]);
    assert_streams(client, "two");
    for (unsigned i = 0; i < 3; i++)
        take_answer(client, STATUS_OK);
    assert_closed(client);
    leave(client);
}

/* What it was asked in serves the next connection, whose request comes when its head is sent. */
static void test_quiet_stream_holds_no_input(void **state)
{
    struct client *first = begin(STREAM_REQUEST), *second = connect_client();
    (void)state;
    take_stream_head(first);
    let_in(second, STREAM_REQUEST);
    take_stream_head(second);
    wait_for_news(&owners[1].begun);
    assert_ptr_equal(owners[0].head, owners[1].head);
    end_stream(&owners[0]);
    end_stream(&owners[1]);
    leave(first);
    leave(second);
}

static void test_closes_where_the_client_asks_for_it(void **state)
{
    struct client *client = begin("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    struct head head;
    (void)state;
    take_head(client, &head);
    assert_true(head.chunked && head.closes);
    write_text(&owners[0], "last");
    end_stream(&owners[0]);
    assert_streams(client, "last");
    assert_closed(client);
    leave(client);
}

static void test_old_clients_get_bare_bytes(void **state)
{
    struct client *client = begin("GET /healthz HTTP/1.0\r\n\r\n");
    static const char text[] = "onetwo";
    struct head head;
    (void)state;
    take_head(client, &head);
    assert_true(head.closes && head.no_store && !head.chunked && !head.sized);
    write_text(&owners[0], "one");
    write_text(&owners[0], "two");
    end_stream(&owners[0]);
    for (size_t i = 0; i < strlen(text); i++)
        assert_int_equal(take_byte(client), text[i]);
    assert_closed(client);
    leave(client);
}

static void test_head_gets_the_head_alone(void **state)
{
    struct client *client = begin("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)state;
    take_stream_head(client);
    assert_null(owners[0].stream);
    ask(client, OTHER_REQUEST);
    take_answer(client, STATUS_OK);
    leave(client);
}

/* The server's sockets are told of TLS as those that it accepts are. */
static void begin_tls(void)
{
    char certificate[sizeof world.directory + 16], key[sizeof world.directory + 16];
    struct explanation why;
    (void)snprintf(certificate, sizeof certificate, "%s/cert.pem", world.directory);
    (void)snprintf(key, sizeof key, "%s/key.pem", world.directory);
    tls_client_write_certificate(certificate, key);
    assert_int_equal(tls_config_load(&world.server->tls, certificate, key, &why), RESULT_OK);
    world.server->site.tls = true;
}

static struct client *connect_tls_client(void)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct client *client = connect_client();
    CHECK(fcntl(client->socket, F_SETFL, 0) == 0);
    CHECK(setsockopt(client->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    http_world_connect(&world, client->far);
    client->tls = tls_client_connect(client->socket);
    return client;
}

static void test_streams_over_tls(void **state)
{
    static char sent[100000], bytes[sizeof sent]; /* several records */
    (void)state;
    begin_tls();
    struct client *client = connect_tls_client();
    ask(client, STREAM_REQUEST);
    take_stream_head(client);
    wait_for_news(&owners[0].begun);
    write_text(&owners[0], "one");
    assert_int_equal(take_chunk(client, bytes, sizeof bytes), 3);
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)('a' + i % 26);
    assert_true(stream_write(owners[0].stream, sent, sizeof sent));
    end_stream(&owners[0]);
    assert_int_equal(take_stream(client, bytes, sizeof bytes), sizeof sent);
    assert_memory_equal(bytes, sent, sizeof sent);
    ask(client, STREAM_REQUEST);
    take_stream_head(client);
    wait_for_news(&owners[1].begun);
    leave(client);
    see_gone(&owners[1]);
}

/* ---- Clients that leave ---- */

static void *write_until_over(void *argument)
{
    const struct writer *writer = argument;
    while (stream_write(writer->stream, "frame", 5))
        (void)sched_yield();
    stream_drop(writer->stream);
    return NULL;
}

static void test_client_closes_while_writers_write(void **state)
{
    struct client *client = begin(STREAM_REQUEST);
    struct writer writers[WRITERS];
    char byte;
    (void)state;
    take_stream_head(client);
    start_writers(writers, owners[0].stream, write_until_over);
    (void)next_byte(client, &byte); /* none comes where the writers were far faster than the loop */
    leave(client);
    join_writers(writers);
    see_gone(&owners[0]);
}

static void test_client_closes_while_nobody_writes(void **state)
{
    struct client *client = begin(STREAM_REQUEST);
    (void)state;
    take_stream_head(client);
    ask(client, OTHER_REQUEST); /* it is not looked at */
    leave(client);
    see_gone(&owners[0]);
}

/* What was ended before goes out all the same. */
static void test_end_reaches_who_closes_one_side(void **state)
{
    struct client *client = connect_client();
    (void)state;
    ends_at_once = true;
    ask(client, STREAM_REQUEST);
    assert_int_equal(shutdown(client->socket, SHUT_WR), 0);
    http_world_connect(&world, client->far);
    take_stream_head(client);
    assert_streams(client, "whole");
    assert_closed(client);
    assert_int_equal(times(&owners[0].gone), 0);
    leave(client);
}

static uint64_t slow_readers(void)
{
    return atomic_load(&world.server->loops[0].counts.slow_readers);
}

static void test_client_that_falls_behind_is_ended(void **state)
{
    static const char frame[4096];
    struct client *client = begin(STREAM_REQUEST);
    size_t written = 0;
    (void)state;
    take_stream_head(client);
    while (stream_write(owners[0].stream, frame, sizeof frame))
        written += sizeof frame;
    assert_true(written >= STREAM_PENDING_BYTES_MAX);
    see_gone(&owners[0]);
    assert_int_equal(slow_readers(), 1);
    size_t received = 0;
    for (char byte; next_byte(client, &byte);)
        received++;
    assert_true(received <
                written); /* what was pending is lost, and it is more than chunks' lines */
    leave(client);
}

/* What is pending of a text that streams share is the text itself, or a copy behind other bytes:
 * the client sees no difference. */
static void test_texts_are_shared(void **state)
{
    enum {
        SHARERS = 3,
    };
    struct client *clients[SHARERS];
    struct stream_text *text = stream_text_new("id: 1\nrest\n", 11);
    (void)state;
    assert_non_null(text);
    for (unsigned i = 0; i < SHARERS; i++) {
        clients[i] = connect_client();
        let_in(clients[i], i == 2 ? "GET /healthz HTTP/1.0\r\n\r\n" : STREAM_REQUEST);
        wait_for_news(&owners[i].begun);
    }
    for (unsigned i = 0; i < SHARERS; i++) {
        write_text(&owners[i], "a ");
        assert_true(stream_share(owners[i].stream, text, i == 0 ? 0 : 6));
        assert_true(stream_share(owners[i].stream, text, 6));
        write_text(&owners[i], "b");
        assert_true(stream_share(owners[i].stream, text, 11));
        end_stream(&owners[i]);
    }
    take_stream_head(clients[0]);
    assert_streams(clients[0], "a id: 1\nrest\nrest\nb");
    take_stream_head(clients[1]);
    assert_streams(clients[1], "a rest\nrest\nb");
    for (unsigned i = 0; i < SHARERS; i++)
        leave(clients[i]);
    http_world_close(&world);
    world.server = NULL;
    assert_int_equal(atomic_load(&text->references), 1);
    stream_text_drop(text);
}

/* A stream that takes the text itself holds no copy of it, however long it is; behind it there is
 * room for so much and no more. */
static void test_a_plan_bounds_what_is_pending(void **state)
{
    static const char bytes[1 << 20];
    const int small = 8192;
    struct stream_text *text = stream_text_new(bytes, sizeof bytes);
    pending_bytes_max = 1000;
    (void)state;
    assert_non_null(text);
    struct client *client = connect_client();
    CHECK(setsockopt(client->far, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    let_in(client, STREAM_REQUEST);
    wait_for_news(&owners[0].begun);
    take_stream_head(client);
    assert_true(stream_share(owners[0].stream, text, 0));
    /* The first of these may be taken up with what goes already, and the next not. */
    assert_true(stream_write(owners[0].stream, bytes, 500));
    unsigned more = 0;
    while (stream_share(owners[0].stream, text, sizeof bytes - 500))
        more++;
    assert_in_range(more, 1, 4);
    see_gone(&owners[0]);
    assert_int_equal(slow_readers(), 1);
    leave(client);
    http_world_close(&world);
    world.server = NULL;
    assert_int_equal(atomic_load(&text->references), 1);
    stream_text_drop(text);
}

static void test_client_that_does_not_read_is_ended(void **state)
{
    static const char frame[STREAM_PENDING_BYTES_MAX];
    const int small = 8192;
    struct client *client = connect_client();
    (void)state;
    CHECK(setsockopt(client->far, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    let_in(client, STREAM_REQUEST);
    wait_for_news(&owners[0].begun);
    assert_true(stream_write(owners[0].stream, frame, sizeof frame));
    see_gone(&owners[0]);
    assert_int_equal(slow_readers(), 1);
    leave(client);
}

/* The client sees the connection close before the last chunk. */
static void assert_torn(struct client *client, size_t length_min)
{
    size_t received = 0;
    char byte, last[5] = "";
    while (next_byte(client, &byte)) {
        memmove(last, last + 1, sizeof last - 1);
        last[sizeof last - 1] = byte;
        received++;
    }
    assert_true(received >= length_min);
    assert_memory_not_equal(last, "0\r\n\r\n", sizeof last);
}

static void test_a_cut_stream_has_no_end(void **state)
{
    struct client *client = begin(STREAM_REQUEST);
    char bytes[16];
    (void)state;
    take_stream_head(client);
    write_text(&owners[0], "half");
    assert_int_equal(take_chunk(client, bytes, sizeof bytes), 4);
    assert_true(stream_cut(owners[0].stream));
    assert_false(stream_write(owners[0].stream, "x", 1));
    assert_false(stream_cut(owners[0].stream));
    assert_torn(client, 0);
    assert_int_equal(times(&owners[0].gone), 0);
    assert_int_equal(slow_readers(), 0);
    stream_drop(owners[0].stream);
    leave(client);
}

/* Room is told once what was written is with the connection, which may still be sending it. */
static void test_room_is_told_once_for_each_wait(void **state)
{
    static char bytes[STREAM_PENDING_BYTES_MAX];
    const int small = 8192;
    struct client *client = connect_client();
    (void)state;
    CHECK(setsockopt(client->far, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    let_in(client, STREAM_REQUEST);
    wait_for_news(&owners[0].begun);
    stream_await(owners[0].stream); /* nothing is pending */
    wait_for_news(&owners[0].room);
    assert_true(stream_write(owners[0].stream, bytes, sizeof bytes));
    stream_await(owners[0].stream);
    wait_for_times(&owners[0].room, 2); /* the connection has it, and cannot send it */
    assert_true(stream_write(owners[0].stream, bytes, sizeof bytes));
    stream_await(owners[0].stream);
    take_stream_head(client);
    assert_int_equal(times(&owners[0].room), 2);
    assert_int_equal(take_chunk(client, bytes, sizeof bytes), sizeof bytes);
    assert_int_equal(take_chunk(client, bytes, sizeof bytes), sizeof bytes);
    wait_for_times(&owners[0].room, 3);
    end_stream(&owners[0]);
    assert_streams(client, "");
    leave(client);
}

/* ---- Many, and a stop ---- */

static void test_stop_cuts_what_must_be_whole(void **state)
{
    (void)state;
    whole_streams = true;
    struct client *client = begin(STREAM_REQUEST);
    take_stream_head(client);
    write_text(&owners[0], "half");
    http_world_close(&world);
    world.server = NULL;
    see_gone(&owners[0]);
    assert_torn(client, 0);
    leave(client);
}

static void test_a_thousand_at_once(void **state)
{
    static struct client *clients[STREAMS_MAX];
    char bytes[16];
    (void)state;
    for (size_t i = 0; i < STREAMS_MAX; i++) {
        clients[i] = connect_client();
        let_in(clients[i], STREAM_REQUEST);
    }
    for (size_t i = 0; i < STREAMS_MAX; i++)
        take_stream_head(clients[i]);
    for (size_t i = 0; i < STREAMS_MAX; i++) {
        wait_for_news(&owners[i].begun);
        write_text(&owners[i], "wake up");
    }
    for (size_t i = 0; i < STREAMS_MAX; i++)
        assert_int_equal(take_chunk(clients[i], bytes, sizeof bytes), 7);
    for (size_t i = 0; i < STREAMS_MAX; i++)
        end_stream(&owners[i]);
    for (size_t i = 0; i < STREAMS_MAX; i++) {
        assert_streams(clients[i], "");
        leave(clients[i]);
    }
}

static void test_stop_ends_streams_in_order(void **state)
{
    static const char frame[STREAM_PENDING_BYTES_MAX];
    struct client *clients[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        clients[i] = connect_client();
        let_in(clients[i], STREAM_REQUEST OTHER_REQUEST);
        wait_for_news(&owners[i].begun);
        take_stream_head(clients[i]);
    }
    write_text(&owners[1], "news");
    assert_true(stream_write(owners[2].stream, frame, sizeof frame)); /* of which nothing is read */
    const int64_t began_us = http_clock_us();
    http_world_close(&world);
    assert_true(http_clock_us() - began_us < STOP_US);
    world.server = NULL;
    for (size_t i = 0; i < 3; i++)
        see_gone(&owners[i]);
    assert_streams(clients[0], "");
    assert_streams(clients[1], "news");
    for (size_t i = 0; i < 2; i++)
        assert_closed(clients[i]);
    for (size_t i = 0; i < 3; i++)
        leave(clients[i]);
}

static void test_none_begins_while_the_server_stops(void **state)
{
    struct client *client = connect_client();
    (void)state;
    let_in(client, OTHER_REQUEST);
    take_answer(client, STATUS_OK);
    http_quiesce(world.server);
    ask(client, STREAM_REQUEST);
    take_answer(client, STATUS_SERVICE_UNAVAILABLE);
    assert_closed(client);
    wait_for_news(&owners[0].begun);
    assert_null(owners[0].stream);
    leave(client);
}

/* Each stream here takes two descriptors, and the world some. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    const rlim_t needed = 2 * STREAMS_MAX + 256;
    if (limit.rlim_cur >= needed)
        return;
    limit.rlim_cur = needed;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_frames_of_threads_come_in_order),
        TEST(test_each_write_comes_at_once),
        TEST(test_connection_goes_on_after_its_end),
        TEST(test_pipelined_requests_wait),
        TEST(test_quiet_stream_holds_no_input),
        TEST(test_closes_where_the_client_asks_for_it),
        TEST(test_old_clients_get_bare_bytes),
        TEST(test_head_gets_the_head_alone),
        TEST(test_streams_over_tls),
        TEST(test_client_closes_while_writers_write),
        TEST(test_client_closes_while_nobody_writes),
        TEST(test_end_reaches_who_closes_one_side),
        TEST(test_client_that_falls_behind_is_ended),
        cmocka_unit_test_setup_teardown(test_client_that_does_not_read_is_ended, open_hasty_world,
                                        close_world),
        TEST(test_texts_are_shared),
        TEST(test_a_plan_bounds_what_is_pending),
        TEST(test_a_thousand_at_once),
        TEST(test_stop_ends_streams_in_order),
        TEST(test_stop_cuts_what_must_be_whole),
        TEST(test_a_cut_stream_has_no_end),
        TEST(test_room_is_told_once_for_each_wait),
        TEST(test_none_begins_while_the_server_stops),
    };
    allow_descriptors();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
