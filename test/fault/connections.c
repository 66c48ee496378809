/* A server whose sockets fail under a seed (socket_faults.h), and clients that send requests in any
 * pieces, one behind the other, and go at any byte. What arrives whole is right, in order, and not
 * there twice; what was charged is what was answered; every connection ends; no thread works for
 * nothing; a stop works, also in the middle.
 *
 * `connections [FIRST [COUNT]]` runs so many worlds, a seed each. */
#include "base/check.h"
#include "chance.h"
#include "http/server.h"
#include "http_answer.h"
#include "http_world.h"
#include "socket_faults.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Fewer of an account at once than it may have in flight. */
#define CLIENTS_AT_ONCE 3
#define CLIENTS 40 /* of a world */
#define REQUESTS_MAX 8
#define ASKED_BYTES_MAX 8192
#define HEARD_BYTES_MAX ((size_t)256 << 10)

/* Without any progress in it the server hangs; where the system seems to have no descriptors, it
 * looks again ten times a second. */
#define PATIENCE_MS 20000

enum kind {
    KIND_POINTS,
    KIND_CONCERTS,
    KIND_HEAD,
    KIND_CHARGE,
    KIND_CHARGE_CHUNKED,
    KIND_CHARGE_EXPECTING,
    KIND_NOWHERE,
    KIND_NOWHERE_CHUNKED,
    KIND_BROKEN,
    KINDS,
};

static const struct {
    const char *text; /* %1$s: a token, %2$s: an id of the request's own */
    int status;
    bool charges, last;
} kinds[KINDS] = {
#define TOP " HTTP/1.1\r\nHost: u\r\nAuthorization: Bearer %1$s\r\nX-Request-Id: %2$s\r\n"
#define JSON "Content-Type: application/json\r\n"
    [KIND_POINTS] = {"GET /v1/points" TOP "\r\n", 200, false, false},
    [KIND_CONCERTS] = {"\r\nGET /v1/concerts?limit=5" TOP "\r\n", 200, false, false},
    [KIND_HEAD] = {"HEAD /v1/concerts" TOP "\r\n", 200, false, false},
    [KIND_CHARGE] = {"POST /v1/points/charges" TOP JSON
                     "Content-Length: 41\r\n\r\n{\"amount\":1,\"reference\":\"%2$s\"}  ",
                     201, true, false},
    [KIND_CHARGE_CHUNKED] = {"POST /v1/points/charges" TOP JSON "Transfer-Encoding: chunked\r\n\r\n"
                             "C;a=\"b\"\r\n{\"amount\":1,\r\n1b\r\n\"reference\":\"%2$s\"}\r\n"
                             "0\r\nX: y\r\n\r\n",
                             201, true, false},
    [KIND_CHARGE_EXPECTING] = {"POST /v1/points/charges" TOP JSON
                               "Expect: 100-continue\r\nContent-Length: 41\r\n\r\n"
                               "{\"amount\":1,\"reference\":\"%2$s\"}  ",
                               201, true, false},
    [KIND_NOWHERE] = {"POST /v1/nowhere" TOP JSON "Content-Length: 12\r\n\r\n{\"amount\":1}", 404,
                      false, false},
    [KIND_NOWHERE_CHUNKED] = {"POST /v1/nowhere" TOP JSON
                              "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                              404, false, true},
    [KIND_BROKEN] = {"GET /v1/points" TOP "Content-Length : 5\r\n\r\n", 400, false, true},
};

#define ID_CHARACTERS 12

struct client {
    int socket;               /* -1: it is not there */
    struct socket_fate *fate; /* of the server's; NULL: over TCP it is not known */
    enum kind asks[REQUESTS_MAX];
    char ids[REQUESTS_MAX][ID_CHARACTERS + 1];
    size_t ends[REQUESTS_MAX]; /* of each request, in what is asked */
    size_t count, answered;    /* requests */
    char asked[ASKED_BYTES_MAX];
    size_t asked_bytes, sent, heard_bytes;
    size_t leaves_at; /* having sent so many bytes; more than there are: it stays */
    bool half_closes, ended;
    /* As it began: connections that the server closed for others, and wants of memory. */
    uint64_t made_room, memory_refused;
    char *heard;
};

struct trial {
    struct http_world world;
    struct chance chance;
    struct client clients[CLIENTS_AT_ONCE];
    struct socket_fate fates[CLIENTS + 1]; /* the last: of who asks for the balance */
    unsigned connected, requests, answers, pieces;
    uint64_t charged_least, charged_most; /* answered so; sent whole */
};

static uint64_t made_room(const struct trial *trial)
{
    return atomic_load(&trial->world.server->loops[0].counts.made_room);
}

static int64_t now_ms(void)
{
    return http_clock_us() / 1000;
}

/* ---- What is asked ---- */

static void ask_one(struct trial *trial, struct client *client, enum kind kind)
{
    const size_t i = client->count++;
    char *at = client->asked + client->asked_bytes;
    const size_t room = sizeof client->asked - client->asked_bytes;
    client->asks[i] = kind;
    (void)snprintf(client->ids[i], sizeof client->ids[i], "request-%04u", trial->requests++);
    const int length =
        snprintf(at, room, kinds[kind].text, trial->world.buyer.token, client->ids[i]);
    CHECK(length > 0 && (size_t)length < room);
    client->asked_bytes += (size_t)length;
    client->ends[i] = client->asked_bytes;
}

static void ask(struct trial *trial, struct client *client)
{
    const size_t count = 1 + chance_below(&trial->chance, REQUESTS_MAX);
    while (client->count < count) {
        enum kind kind = (enum kind)chance_below(&trial->chance, KINDS);
        if (kinds[kind].last && client->count + 1 < count)
            kind = KIND_CHARGE; /* what ends a connection stands at its end */
        ask_one(trial, client, kind);
    }
    const bool leaves = chance_percent(&trial->chance, 30);
    client->leaves_at = leaves ? chance_below(&trial->chance, client->asked_bytes + 1) : SIZE_MAX;
    client->half_closes = chance_percent(&trial->chance, 50);
}

/* ---- Connecting ---- */

static void connect_pair(struct trial *trial, struct client *client)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    client->socket = ends[0];
    client->fate = &trial->fates[trial->connected];
    socket_faults_follow(ends[1], client->fate);
    http_world_connect(&trial->world, ends[1]);
}

static void connect_tcp(struct trial *trial, struct client *client)
{
    const char *url = http_url(trial->world.server), *port = strrchr(url, ':');
    CHECK(port != NULL);
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    client->fate = NULL;
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(client->socket >= 0);
    CHECK(connect(client->socket, (const struct sockaddr *)&address, sizeof address) == 0);
    CHECK(fcntl(client->socket, F_SETFL, O_NONBLOCK) == 0);
}

static void client_begin(struct trial *trial, struct client *client)
{
    char *heard = client->heard;
    *client = (struct client){.heard = heard,
                              .made_room = made_room(trial),
                              .memory_refused = socket_faults_memory_count()};
    ask(trial, client);
    if (chance_percent(&trial->chance, 75))
        connect_pair(trial, client);
    else
        connect_tcp(trial, client);
    trial->connected++;
}

/* ---- What is heard ---- */

struct heard {
    int status;
    bool closes;
    char id[ID_CHARACTERS + 1];
    size_t length;
};

static const char *value_of(const char *head, size_t length, const char *name)
{
    const char *found = memmem(head, length, name, strlen(name));
    return found == NULL ? NULL : found + strlen(name);
}

/* One answer at the front; false: it is not whole. */
static bool take_answer(const char *bytes, size_t length, bool headless, struct heard *heard)
{
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    *heard = (struct heard){.status = 0};
    if (end == NULL)
        return false;
    heard->length = (size_t)(end - bytes) + 4;
    CHECK(memcmp(bytes, "HTTP/1.1 ", 9) == 0);
    heard->status = (int)strtol(bytes + 9, NULL, 10);
    if (heard->status < 200)
        return true;
    heard->closes = value_of(bytes, heard->length, "\r\nConnection: close\r\n") != NULL;
    const char *id = value_of(bytes, heard->length, "\r\nX-Request-Id: ");
    CHECK(id != NULL);
    memcpy(heard->id, id, ID_CHARACTERS);
    const char *body = value_of(bytes, heard->length, "\r\nContent-Length: ");
    CHECK(body != NULL);
    if (!headless)
        heard->length += strtoull(body, NULL, 10);
    return heard->length <= length;
}

static bool lacked_memory(const struct client *client)
{
    return socket_faults_memory_count() != client->memory_refused;
}

/* A final answer to the next request. Any may be refused for want of memory, or because clients
 * that left have as much in flight as their account may; before it is whole, for its head, and for
 * being cut off. */
static void check_answer(const struct client *client, const struct heard *heard)
{
    const enum kind kind = client->asks[client->answered];
    const bool whole = client->sent >= client->ends[client->answered];
    const bool cut_off = !whole && client->ended && heard->status == 400;
    const bool full = heard->status == 429 || (heard->status == 503 && lacked_memory(client));
    CHECK(heard->status == kinds[kind].status || full || cut_off);
    CHECK(whole || heard->status >= 400);
    /* A head that is refused may not have told its id. */
    CHECK(heard->status == 400 || strcmp(heard->id, client->ids[client->answered]) == 0);
    CHECK(!kinds[kind].last || heard->closes);
    /* Bodies that are refused and need not be read to their end are not. */
    CHECK(!heard->closes || kinds[kind].last || full || cut_off);
}

/* The answers that are there whole are those to the first requests, in order. Returns whether the
 * last of them says that it is the last. */
static bool check_heard(struct trial *trial, struct client *client)
{
    size_t at = 0;
    bool closed = false;
    for (client->answered = 0; at < client->heard_bytes;) {
        struct heard heard;
        CHECK(client->answered < client->count && !closed); /* else it was answered twice */
        const bool headless = client->asks[client->answered] == KIND_HEAD;
        if (!take_answer(client->heard + at, client->heard_bytes - at, headless, &heard))
            return false;
        at += heard.length;
        if (heard.status < 200) {
            CHECK(client->asks[client->answered] == KIND_CHARGE_EXPECTING);
            continue;
        }
        check_answer(client, &heard);
        closed = heard.closes;
        trial->charged_least += heard.status == 201 ? 1 : 0;
        trial->answers++;
        client->answered++;
    }
    return closed;
}

/* Whether faults may have ended it: one did, an interim answer did not go out at once, there was no
 * memory, or room was made where there seemed to be no descriptors. Of those over TCP it is not
 * known. */
static bool is_excused(const struct trial *trial, const struct client *client)
{
    const struct socket_fate *fate = client->fate;
    return fate == NULL || atomic_load(&fate->reset) || made_room(trial) != client->made_room ||
           lacked_memory(client) ||
           (atomic_load(&fate->held_up) &&
            memmem(client->asked, client->asked_bytes, "Expect", 6) != NULL);
}

/* It ended, by whichever side. `left`: by the client, before it had heard everything. */
static void client_end(struct trial *trial, struct client *client, bool left)
{
    struct answer_summary summary;
    const bool closed = check_heard(trial, client);
    for (size_t i = 0; i < client->count; i++)
        if (kinds[client->asks[i]].charges && client->sent >= client->ends[i])
            trial->charged_most++;
    (void)check_answers((const uint8_t *)client->heard, client->heard_bytes, true, true, &summary);
    CHECK(left || closed || client->answered == client->count || is_excused(trial, client));
    (void)close(client->socket);
    client->socket = -1;
}

static bool has_all(const struct client *client)
{
    size_t at = 0, count = 0;
    struct heard heard;
    while (at < client->heard_bytes && count < client->count &&
           take_answer(client->heard + at, client->heard_bytes - at,
                       client->asks[count] == KIND_HEAD, &heard)) {
        at += heard.length;
        count += heard.status >= 200 ? 1 : 0;
    }
    return count == client->count;
}

/* ---- Clients ---- */

/* True: something was sent, or it was told that nothing follows. */
static bool send_some(struct trial *trial, struct client *client)
{
    const size_t end =
        client->leaves_at < client->asked_bytes ? client->leaves_at : client->asked_bytes;
    const size_t left = end - client->sent;
    if (left == 0 && client->half_closes && !client->ended) {
        client->ended = true;
        trial->pieces++;
        (void)shutdown(client->socket, SHUT_WR); /* fails where the server was faster */
        return true;
    }
    if (left == 0)
        return false;
    const size_t most = chance_percent(&trial->chance, 60) ? 40 : left;
    const size_t piece = 1 + chance_below(&trial->chance, left < most ? left : most);
    /* By a call that is not in the faults' hands: they are the server's. */
    const ssize_t sent =
        sendto(client->socket, client->asked + client->sent, piece, MSG_NOSIGNAL, NULL, 0);
    client->sent += sent > 0 ? (size_t)sent : 0;
    trial->pieces++;
    return sent > 0;
}

/* Returns what read did. */
static ssize_t hear_some(struct trial *trial, struct client *client)
{
    const size_t room = HEARD_BYTES_MAX - client->heard_bytes;
    CHECK(room > 0);
    const size_t most = chance_percent(&trial->chance, 50) ? room : 1 + room % 200;
    const ssize_t got = read(client->socket, client->heard + client->heard_bytes, most);
    client->heard_bytes += got > 0 ? (size_t)got : 0;
    return got;
}

/* True: something happened. */
static bool client_act(struct trial *trial, struct client *client)
{
    const bool sent = send_some(trial, client);
    if (client->sent == client->leaves_at) {
        client_end(trial, client, true);
        return true;
    }
    const ssize_t got = hear_some(trial, client);
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        client_end(trial, client, false);
        return true;
    }
    if (has_all(client) && !client->half_closes) {
        client_end(trial, client, false);
        return true;
    }
    return sent || got > 0;
}

static void wait_for_any(const struct trial *trial, int64_t deadline_ms)
{
    struct pollfd ready[CLIENTS_AT_ONCE];
    for (size_t i = 0; i < CLIENTS_AT_ONCE; i++)
        ready[i] = (struct pollfd){.fd = trial->clients[i].socket, .events = POLLIN};
    CHECK(now_ms() < deadline_ms); /* else it hangs */
    CHECK(poll(ready, CLIENTS_AT_ONCE, (int)(deadline_ms - now_ms())) >= 0 || errno == EINTR);
}

/* Has so many clients ask, some at a time. `stops`: those that are there in the end are left so. */
static void run_clients(struct trial *trial, bool stops)
{
    int64_t deadline_ms = now_ms() + PATIENCE_MS;
    for (;;) {
        bool acted = false, open = false;
        for (size_t i = 0; i < CLIENTS_AT_ONCE; i++) {
            struct client *client = &trial->clients[i];
            if (client->socket < 0 && trial->connected < CLIENTS)
                client_begin(trial, client);
            if (client->socket < 0)
                continue;
            open = true;
            acted |= client_act(trial, client);
        }
        if (!open || (stops && trial->connected == CLIENTS))
            return;
        if (acted)
            deadline_ms = now_ms() + PATIENCE_MS;
        else
            wait_for_any(trial, deadline_ms);
    }
}

/* ---- The end ---- */

static void wait_for_no_connection(const struct trial *trial)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    const int64_t deadline_ms = now_ms() + PATIENCE_MS;
    while (http_connections(trial->world.server) > 0) {
        CHECK(now_ms() < deadline_ms);
        (void)nanosleep(&pause, NULL);
    }
}

/* The balance, asked without faults. */
static uint64_t balance(struct trial *trial)
{
    struct client client = {.heard = trial->clients[0].heard, .leaves_at = SIZE_MAX};
    int64_t deadline_ms = now_ms() + PATIENCE_MS;
    ask_one(trial, &client, KIND_POINTS);
    connect_pair(trial, &client);
    while (!has_all(&client)) {
        CHECK(now_ms() < deadline_ms);
        (void)send_some(trial, &client);
        struct pollfd ready = {.fd = client.socket, .events = POLLIN};
        CHECK(poll(&ready, 1, client.sent < client.asked_bytes ? 0 : PATIENCE_MS) >= 0);
        (void)hear_some(trial, &client);
    }
    const char *found = value_of(client.heard, client.heard_bytes, "\"balance\":");
    CHECK(found != NULL);
    (void)close(client.socket);
    return strtoull(found, NULL, 10);
}

/* A turn from which nothing came was made by a fault, or by a piece of a request that came while
 * the one before was being worked on. */
static void check_idle_turns(const struct trial *trial)
{
    const uint64_t turns = atomic_load(&trial->world.server->loops[0].counts.idle_turns);
    CHECK(turns <= trial->pieces + socket_faults_count());
}

static void drop_clients(struct trial *trial)
{
    for (size_t i = 0; i < CLIENTS_AT_ONCE; i++) {
        if (trial->clients[i].socket >= 0)
            (void)close(trial->clients[i].socket);
        free(trial->clients[i].heard);
    }
}

static void run_world(struct trial *trial, uint64_t seed)
{
    memset(trial, 0, sizeof *trial);
    trial->chance.state = seed;
    for (size_t i = 0; i < CLIENTS_AT_ONCE; i++) {
        trial->clients[i].socket = -1;
        CHECK((trial->clients[i].heard = malloc(HEARD_BYTES_MAX)) != NULL);
    }
    http_world_open(&trial->world);
    const uint64_t before = balance(trial);
    wait_for_no_connection(trial);
    const bool stops = chance_percent(&trial->chance, 30);
    socket_faults_begin(seed, chance_percent(&trial->chance, 40));
    run_clients(trial, stops);
    if (!stops)
        wait_for_no_connection(trial);
    socket_faults_end();
    check_idle_turns(trial);
    if (!stops) {
        const uint64_t charged = balance(trial) - before;
        CHECK(charged >= trial->charged_least && charged <= trial->charged_most);
    }
    http_world_close(&trial->world);
    drop_clients(trial);
    const uint64_t wants = socket_faults_memory_count();
    printf("ok - seed %" PRIu64 ": %u requests, %u answers, %" PRIu64 " faults, %" PRIu64
           " of memory%s\n",
           seed, trial->requests, trial->answers, socket_faults_count(), wants,
           stops ? ", stopped" : "");
}

int main(int argument_count, char **arguments)
{
    static struct trial trial;
    const uint64_t first = argument_count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
    const uint64_t count = argument_count > 2 ? strtoull(arguments[2], NULL, 10) : 40;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (uint64_t i = 0; i < count; i++)
        run_world(&trial, first + i);
    printf("1..%" PRIu64 "\n", count);
    return count > 0 ? 0 : 1; /* no world is no success */
}
