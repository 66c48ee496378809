/* Requests: any bytes over a connection into a real server with a real engine and store, until
 * it closes the connection. Every answer is HTTP and what the API's page says an answer is; a whole
 * request gets one; nothing hangs. In pieces, requests that only read are answered as they are when
 * they come whole. When the world ends, its books hold the design's invariants.
 *
 * Inputs name things of the server's world ($buyer, $round, ...; see http_world.h). The world is
 * made anew now and then, since requests wear it out. */
#include "fuzz.h"

#include "chance.h"
#include "http/server.h"
#include "http_answer.h"
#include "http_world.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <regex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Inputs that a world lasts for, those that only read, and those that may change it. */
#define READS_MAX 2000
#define CHANGES_MAX 100

#define REQUEST_BYTES_MAX 65536
#define ANSWER_BYTES_MAX ((size_t)16 << 20)

/* An answer takes far less than a millisecond; on a busy machine, with a sanitizer, a second. */
#define ANSWER_WAIT_S 20

/* ---- The world ---- */

static struct http_world world;
static bool world_is_open;
static unsigned reads, changes;

static void close_world(void)
{
    if (world_is_open)
        http_world_close(&world);
    world_is_open = false;
}

static void open_world(void)
{
    static bool registered;
    if (!registered)
        CHECK(atexit(close_world) == 0);
    registered = true;
    if (world_is_open && reads < READS_MAX && changes < CHANGES_MAX)
        return;
    close_world();
    http_world_open(&world);
    world_is_open = true;
    reads = changes = 0;
}

static bool contains(const uint8_t *bytes, size_t length, const char *text)
{
    return memmem(bytes, length, text, strlen(text)) != NULL;
}

static bool may_change(const uint8_t *bytes, size_t length)
{
    return contains(bytes, length, "DELETE") || contains(bytes, length, "PUT") ||
           contains(bytes, length, "POST") || contains(bytes, length, "PATCH");
}

static void note_wear(const uint8_t *bytes, size_t length)
{
    changes += may_change(bytes, length) ? 1 : 0;
    reads++;
}

/* ---- The connection ---- */

/* Times that a piece's reader is given the processor before the next is sent all the same. */
#define PIECE_PATIENCE 100

struct talk {
    int connection;
    struct chance *chance;     /* of the pieces; NULL: it is sent as one */
    bool ended;                /* the server was told that nothing follows */
    struct fuzz_input request; /* what is left to send */
    uint8_t *answer;
    size_t answer_length;
    bool torn; /* the server closed before it had taken everything */
};

static void connect_to_world(struct talk *talk)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    http_world_connect(&world, ends[1]);
    talk->connection = ends[0];
}

/* Mostly a few bytes, so that a cut falls anywhere. */
static size_t piece_length(const struct talk *talk)
{
    const size_t left = fuzz_left(&talk->request);
    if (talk->chance == NULL)
        return left;
    const size_t most = chance_percent(talk->chance, 80) ? 16 : 1024;
    return 1 + chance_below(talk->chance, left < most ? left : most);
}

/* Lets the server read what was sent by itself. It need not: it may wait for its answer to be read,
 * or be slow; then the pieces come together. */
static void let_read(const struct talk *talk)
{
    int unread = 1;
    for (unsigned i = 0; i < PIECE_PATIENCE && unread > 0; i++) {
        (void)sched_yield();
        CHECK(ioctl(talk->connection, SIOCOUTQ, &unread) == 0);
    }
}

static void send_some(struct talk *talk)
{
    const ssize_t sent = send(talk->connection, talk->request.at, piece_length(talk), MSG_NOSIGNAL);
    if (talk->chance != NULL)
        let_read(talk);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        talk->torn = true;
        talk->request.at = talk->request.end;
    }
    talk->request.at += sent > 0 ? sent : 0;
}

/* False: that was all. */
static bool receive_some(struct talk *talk)
{
    CHECK(talk->answer_length < ANSWER_BYTES_MAX);
    const ssize_t got = recv(talk->connection, talk->answer + talk->answer_length,
                             ANSWER_BYTES_MAX - talk->answer_length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    talk->torn |= got < 0;
    talk->answer_length += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Sends everything, tells the server that nothing follows, and reads until it closes. */
static void converse(struct talk *talk)
{
    const int64_t deadline_us = http_clock_us() + INT64_C(1000000) * ANSWER_WAIT_S;
    bool open = true;
    while (open) {
        if (fuzz_left(&talk->request) > 0)
            send_some(talk);
        const bool sending = fuzz_left(&talk->request) > 0;
        if (!sending && !talk->ended)
            (void)shutdown(talk->connection, SHUT_WR); /* fails where the server was faster */
        talk->ended |= !sending;
        struct pollfd ready = {.fd = talk->connection, .events = POLLIN | (sending ? POLLOUT : 0)};
        const int count = poll(&ready, 1, ANSWER_WAIT_S * 1000);
        CHECK(count >= 0 || errno == EINTR);
        CHECK(http_clock_us() < deadline_us); /* else it hangs */
        if (count > 0 && (ready.revents & ~POLLOUT) != 0)
            open = receive_some(talk);
    }
    (void)close(talk->connection);
}

/* ---- What is asked ---- */

/* A request without a body that is good HTTP to anybody and ends where the input ends. */
static bool is_whole_request(const uint8_t *bytes, size_t length)
{
    static regex_t form;
    static bool compiled;
    char text[2048];
    if (!compiled)
        CHECK(regcomp(&form,
                      "^(GET|HEAD|POST|PATCH|DELETE) /[!-~]* HTTP/1[.]1\r\n"
                      "Host: [a-z]+\r\n([A-Z][A-Za-z-]*: [!-~][ -~]*\r\n)*\r\n$",
                      REG_EXTENDED | REG_NOSUB) == 0);
    compiled = true;
    if (length < 4 || length >= sizeof text || memcmp(bytes + length - 4, "\r\n\r\n", 4) != 0 ||
        memchr(bytes, '\0', length) != NULL)
        return false;
    memcpy(text, bytes, length);
    text[length] = '\0';
    return strstr(text, "\r\n\r\n") == text + length - 4 && strcasestr(text, "content-") == NULL &&
           strcasestr(text, "transfer-") == NULL && strcasestr(text, "expect") == NULL &&
           regexec(&form, text, 0, NULL, 0) == 0;
}

/* One's own queue token may be read at a pace only, so that the second answer is another. */
static bool is_repeatable(const uint8_t *bytes, size_t length)
{
    return !may_change(bytes, length) && !contains(bytes, length, "tokens");
}

/* Sends the request, as one or in pieces, and checks what is answered. Returns whether all of that
 * came. */
static bool ask(const uint8_t *request, size_t length, struct chance *chance,
                struct answer_summary *summary)
{
    static uint8_t *answer;
    if (answer == NULL)
        CHECK((answer = malloc(ANSWER_BYTES_MAX)) != NULL);
    struct talk talk = {
        .chance = chance,
        .request = {.at = request, .end = request + length},
        .answer = answer,
    };
    connect_to_world(&talk);
    converse(&talk);
    const size_t count = check_answers(answer, talk.answer_length,
                                       contains(request, length, "HEAD"), talk.torn, summary);
    CHECK(count == 1 || talk.torn || !is_whole_request(request, length));
    note_wear(request, length);
    return !talk.torn;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t request[REQUEST_BYTES_MAX];
    static struct answer_summary whole, split;
    struct chance chance = {.state = size};
    open_world();
    const size_t length = http_world_expand(&world, data, size, request, sizeof request);
    for (size_t i = 0; i < size; i++)
        chance.state = chance.state * 31 + data[i];
    if (!is_repeatable(request, length)) {
        (void)ask(request, length, chance_percent(&chance, 50) ? &chance : NULL, &whole);
        return 0;
    }
    if (ask(request, length, NULL, &whole) && ask(request, length, &chance, &split) &&
        (whole.length != split.length || memcmp(whole.text, split.text, whole.length) != 0)) {
        fprintf(stderr, "whole:\n%.*sin pieces:\n%.*s", (int)whole.length, whole.text,
                (int)split.length, split.text);
        CHECK(false);
    }
    return 0;
}
