/* See acceptor.h. */
#include "http/acceptor.h"

#include "base/check.h"
#include "http/receive.h"
#include "http/server.h"
#include "http/tls.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* Connections accepted in one turn; those that ask meanwhile are not kept waiting for a crowd. */
#define ACCEPTS_MAX 64

/* A head that came this recently may be on its way. */
#define HEAD_GRACE_US 1000000

/* Slow bodies that are looked at to find one that may go. */
#define BODIES_LOOKED_AT_MAX 16

/* The loop looks again after this when there was no room, descriptor or memory. */
#define RETRY_US 100000

static struct io_loop *first_loop(const struct http_server *server)
{
    return &server->loops[0];
}

/* ---- Watching ---- */

/* Events of a listener are level-triggered, so those that are not watched wait in its backlog. */
static bool watch(struct http_server *server, int operation, uint32_t events)
{
    for (size_t i = 0; i < LISTENERS_MAX; i++) {
        struct listener *listener = &server->listeners[i];
        struct epoll_event event = {.events = events, .data.ptr = listener};
        if (listener->socket >= 0 &&
            epoll_ctl(first_loop(server)->epoll, operation, listener->socket, &event) != 0)
            return false;
    }
    return true;
}

enum result acceptor_start(struct http_server *server, struct explanation *explanation)
{
    if (watch(server, EPOLL_CTL_ADD, EPOLLIN))
        return RESULT_OK;
    return explain(explanation, RESULT_IO, "cannot watch for connections: %s", strerror(errno));
}

const struct listener *acceptor_listener(const struct http_server *server, const void *owner)
{
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        if (owner == &server->listeners[i])
            return &server->listeners[i];
    return NULL;
}

/* ---- Room ---- */

static bool is_full(const struct http_server *server)
{
    return atomic_load(&server->open) >= server->options.connections_max;
}

static void wake_others(const struct http_server *server)
{
    for (unsigned i = 1; i < server->options.io_threads; i++)
        io_loop_wake(&server->loops[i]);
}

/* Accepts no more until there is room, and has every loop make some. */
static void crowd(struct http_server *server, const char *why)
{
    security_tell_full_house(server, NULL, why);
    CHECK(watch(server, EPOLL_CTL_MOD, 0));
    atomic_store(&server->retry_us, 0);
    atomic_store(&server->places_wanted, 1);
    atomic_store(&server->crowded, true);
    wake_others(server);
}

int64_t acceptor_retry_us(const struct io_loop *loop)
{
    const struct http_server *server = loop->server;
    return loop == first_loop(server) && atomic_load(&server->crowded) && !server->accepting_stopped
               ? atomic_load(&server->retry_us)
               : INT64_MAX;
}

/* The connection that goes first where all places are taken: the oldest with an incomplete head,
 * else one whose body is below its rate, else the one that is idle the longest. A connection that
 * waits for its answer never goes. NULL: none may go. */
static struct connection *least_deserving(struct io_loop *loop)
{
    struct deadlines *deadlines = &loop->deadlines;
    struct deadline *head = deadline_first(deadlines, WAITS_FOR_HEAD);
    const int64_t old_us = deadlines->duration_us[WAITS_FOR_HEAD] - HEAD_GRACE_US;
    if (head != NULL && head->due_us - old_us <= loop->now_us)
        return (struct connection *)head;
    struct deadline *body = deadline_first(deadlines, WAITS_FOR_BODY);
    for (unsigned i = 0; i < BODIES_LOOKED_AT_MAX && body != NULL; i++) {
        if (!receive_keeps_rate((struct connection *)body))
            return (struct connection *)body;
        body = deadline_next(deadlines, body);
    }
    return (struct connection *)deadline_first(deadlines, WAITS_FOR_REQUEST);
}

/* Closes one connection for a client that waits: the first loop that has one to spare does. */
static void close_for_room(struct io_loop *loop)
{
    struct http_server *server = loop->server;
    struct connection *connection = least_deserving(loop);
    int wanted = 1;
    if (connection == NULL || !atomic_compare_exchange_strong(&server->places_wanted, &wanted, 0))
        return;
    atomic_fetch_add_explicit(&loop->counts.made_room, 1, memory_order_relaxed);
    connection_close(connection);
}

void acceptor_turn(struct io_loop *loop)
{
    struct http_server *server = loop->server;
    if (!atomic_load_explicit(&server->crowded, memory_order_relaxed))
        return;
    const bool first = loop == first_loop(server);
    if (first && (atomic_load(&server->retry_us) > loop->now_us || server->accepting_stopped))
        return;
    close_for_room(loop);
    if (!first)
        return;
    if (is_full(server)) {
        /* Nothing more is wanted: a loop that took on to close one may be about to. */
        atomic_store(&server->retry_us, loop->now_us + RETRY_US);
        wake_others(server);
        return;
    }
    atomic_store(&server->crowded, false);
    CHECK(watch(server, EPOLL_CTL_MOD, EPOLLIN));
}

void acceptor_left(struct io_loop *loop, const struct connection *connection)
{
    struct http_server *server = loop->server;
    if (connection->address_key != 0)
        limit_leave(&server->connections, connection->address_key);
    atomic_fetch_sub(&loop->open, 1);
    atomic_fetch_sub(&server->open, 1);
    if (!atomic_load(&server->crowded))
        return;
    atomic_store(&server->retry_us, 0);
    io_loop_wake(first_loop(server));
}

/* ---- Letting in ---- */

static struct io_loop *emptiest_loop(const struct http_server *server)
{
    struct io_loop *emptiest = first_loop(server);
    for (unsigned i = 1; i < server->options.io_threads; i++)
        if (atomic_load(&server->loops[i].open) < atomic_load(&emptiest->open))
            emptiest = &server->loops[i];
    return emptiest;
}

/* Whether the address may have one more; a trusted proxy speaks for many. A socket of another
 * family is a test's. */
static bool enter_by_address(struct http_server *server, struct connection *connection)
{
    const sa_family_t family = connection->peer.any.sa_family;
    if (family != AF_INET && family != AF_INET6)
        return true;
    const struct address peer = address_of_socket(&connection->peer.any);
    if (address_list_has(&server->site.trusted_proxies, &peer))
        return true;
    struct limit_table *table = &server->connections;
    const uint64_t key = limit_key_address(table, &peer);
    if (!limit_enter(table, key,
                     atomic_load_explicit(&server->connections_per_address, memory_order_relaxed),
                     http_clock_us())) {
        security_tell_full_house(server, &peer, "connections-per-address");
        return false;
    }
    connection->address_key = key;
    return true;
}

static bool begin_tls(struct http_server *server, struct connection *connection)
{
    if (!server->site.tls || connection->operations_only)
        return true;
    CHECK(pthread_mutex_lock(&server->tls_lock) == 0);
    connection->transport.tls = tls_session_new(server->tls, connection->transport.socket);
    CHECK(pthread_mutex_unlock(&server->tls_lock) == 0);
    return connection->transport.tls != NULL;
}

void acceptor_admit(struct http_server *server, int socket, const union socket_address *peer,
                    bool operations_only)
{
    struct connection *connection = connection_new(socket, peer);
    if (connection == NULL)
        return;
    connection->operations_only = operations_only;
    struct io_loop *loop = emptiest_loop(server);
    if (enter_by_address(server, connection) && begin_tls(server, connection)) {
        atomic_fetch_add(&server->open, 1);
        atomic_fetch_add(&loop->open, 1);
        io_loop_hand(loop, connection);
        return;
    }
    if (connection->address_key != 0)
        limit_leave(&server->connections, connection->address_key);
    atomic_fetch_add_explicit(&server->turned_away, 1, memory_order_relaxed);
    connection_drop(connection);
}

/* False: nobody else waits, or the system has no place. */
static bool accept_one(struct io_loop *loop, const struct listener *listener)
{
    struct http_server *server = loop->server;
    union socket_address peer;
    socklen_t length = sizeof peer;
    const int socket = accept4(listener->socket, &peer.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
        acceptor_admit(server, socket, &peer, listener->operations_only);
        loop->moved = true;
        return true;
    }
    switch (errno) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        crowd(server, strerror(errno));
        atomic_store(&server->retry_us, loop->now_us + RETRY_US);
        return false;
    default:
        return true; /* that one left before it was let in (accept(2), "Error handling") */
    }
}

void acceptor_accept(struct io_loop *loop, const struct listener *listener)
{
    struct http_server *server = loop->server;
    if (server->accepting_stopped)
        return;
    if (is_full(server)) {
        crowd(server, "the setting connections");
        return;
    }
    /* The next turn's event tells whether another client waits when the last place is taken. */
    for (unsigned i = 0; i < ACCEPTS_MAX && !is_full(server); i++)
        if (!accept_one(loop, listener))
            return;
}

/* Clients that connected before the stop are answered; those that still connect are refused at
 * once. Where the socket is lent, whoever waits is the next server's. */
void acceptor_stop(struct http_server *server)
{
    CHECK(watch(server, EPOLL_CTL_MOD, 0));
    atomic_store(&server->crowded, false);
    server->accepting_stopped = true;
    for (size_t i = 0; i < LISTENERS_MAX; i++) {
        const struct listener *listener = &server->listeners[i];
        if (listener->socket < 0 || listener->lent)
            continue;
        for (unsigned waiting = 0; waiting < LISTENER_BACKLOG && !is_full(server); waiting++)
            if (!accept_one(first_loop(server), listener))
                break;
        (void)shutdown(listener->socket, SHUT_RD);
    }
}
