/* See loop.h. */
#include "http/loop.h"

#include "base/check.h"
#include "base/thread.h"
#include "http/acceptor.h"
#include "http/connection.h"
#include "http/exchange.h"
#include "http/server.h"
#include "http/stream.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Sockets looked at in one turn; the others are ready in the next. */
#define EVENTS_MAX 256

/* Deadlines that one turn works off. */
#define DUE_MAX 256

/* After the last answer a client has this long to read it and close. */
#define END_US 10000000

/* How often a loop looks whether a body comes in, or an answer goes out, at its rate. A phone that
 * changes from one network to the next is silent for some seconds. */
#define RATE_PERIOD_US 10000000

enum io_loop_sleep {
    AWAKE,
    SLEEPING,
};

/* ---- Waking ---- */

void io_loop_wake(struct io_loop *loop)
{
    if (atomic_exchange(&loop->sleep, AWAKE) != SLEEPING)
        return;
    const uint64_t one = 1;
    ssize_t written;
    do
        written = write(loop->wake, &one, sizeof one);
    while (written < 0 && errno == EINTR);
    CHECK(written == sizeof one); /* its count takes 2^64 - 2 of these */
}

void io_loop_finish(struct io_loop *loop, struct exchange *exchange)
{
    struct exchange *latest = atomic_load_explicit(&loop->finished, memory_order_relaxed);
    do
        exchange->next = latest;
    while (!atomic_compare_exchange_weak(&loop->finished, &latest, exchange));
    /* Only the first of a stack needs to look: the loop checks for an empty one after it has
     * announced its sleep, and both sides are sequentially consistent. */
    if (latest == NULL)
        io_loop_wake(loop);
}

void io_loop_hand(struct io_loop *loop, struct connection *connection)
{
    struct connection *latest = atomic_load_explicit(&loop->arrived, memory_order_relaxed);
    do
        connection->next = latest;
    while (!atomic_compare_exchange_weak(&loop->arrived, &latest, connection));
    if (latest == NULL)
        io_loop_wake(loop);
}

void io_loop_tell(struct io_loop *loop, struct stream *stream)
{
    struct stream *latest = atomic_load_explicit(&loop->told, memory_order_relaxed);
    do
        stream->next = latest;
    while (!atomic_compare_exchange_weak(&loop->told, &latest, stream));
    if (latest == NULL)
        io_loop_wake(loop);
}

static bool has_news(struct io_loop *loop)
{
    return atomic_load(&loop->finished) != NULL || atomic_load(&loop->arrived) != NULL ||
           atomic_load(&loop->told) != NULL || atomic_load(&loop->stop) ||
           atomic_load(&loop->quiesce);
}

/* How long nothing will be due; -1: for ever. */
static int idle_ms(const struct io_loop *loop)
{
    int64_t due_us = deadlines_next_us(&loop->deadlines);
    const int64_t retry_us = acceptor_retry_us(loop);
    if (loop->next_turn != NULL)
        return 0;
    due_us = retry_us < due_us ? retry_us : due_us;
    if (due_us == INT64_MAX)
        return -1;
    const int64_t left_us = due_us - http_clock_us();
    if (left_us <= 0)
        return 0;
    return left_us / 1000 < INT_MAX - 1 ? (int)(left_us / 1000) + 1 : INT_MAX;
}

/* Waits until a socket is ready, something is due or somebody wakes it. Returns how many events
 * there are. */
static int wait_for_events(struct io_loop *loop, struct epoll_event events[static EVENTS_MAX])
{
    int wait_ms = idle_ms(loop), count;
    atomic_store(&loop->sleep, SLEEPING);
    if (has_news(loop))
        wait_ms = 0;
    count = epoll_wait(loop->epoll, events, EVENTS_MAX, wait_ms);
    CHECK(count >= 0 || errno == EINTR);
    atomic_store(&loop->sleep, AWAKE);
    return count;
}

/* ---- Working ---- */

static bool adopt(struct io_loop *loop, struct connection *connection)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    struct connection *first = loop->connections;
    connection->previous = first == NULL ? connection : first->previous;
    connection->following = first == NULL ? connection : first;
    connection->previous->following = connection->following->previous = connection;
    loop->connections = connection;
    atomic_fetch_add_explicit(&loop->counts.accepted, 1, memory_order_relaxed);
    connection_start(connection, loop);
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, connection->transport.socket, &event) == 0;
}

static void adopt_arrived(struct io_loop *loop)
{
    struct connection *arrived = atomic_exchange(&loop->arrived, NULL);
    while (arrived != NULL) {
        struct connection *next = arrived->next;
        if (!adopt(loop, arrived))
            connection_close(arrived);
        loop->moved = true;
        arrived = next;
    }
}

/* The first to be finished is the first to be answered. */
static void resume_finished(struct io_loop *loop)
{
    struct exchange *latest = atomic_exchange(&loop->finished, NULL), *first = NULL;
    while (latest != NULL) {
        struct exchange *before = latest->next;
        latest->next = first;
        first = latest;
        latest = before;
    }
    while (first != NULL) {
        struct exchange *next = first->next;
        connection_resume(first->connection);
        loop->moved = true;
        first = next;
    }
}

/* Once heard, a stream may be told again; then it stands in the next list. */
static void hear_streams(struct io_loop *loop)
{
    struct stream *stream = atomic_exchange(&loop->told, NULL);
    while (stream != NULL) {
        struct stream *next = stream->next;
        struct connection *connection = stream_heard(stream);
        if (connection != NULL)
            connection_go_on(connection);
        stream_drop(stream);
        loop->moved = true;
        stream = next;
    }
}

static void quiesce(struct io_loop *loop)
{
    struct connection *connection = loop->connections;
    if (loop == loop->server->loops)
        acceptor_stop(loop->server);
    if (connection == NULL)
        return;
    do {
        connection_end_stream(connection);
        connection = connection->following;
    } while (connection != loop->connections);
}

/* Those that were put off in the turn before. Returns how many. */
static int go_on_with_rest(struct io_loop *loop)
{
    struct connection *connection = loop->next_turn;
    int count = 0;
    loop->next_turn = NULL;
    while (connection != NULL) {
        struct connection *next = connection->next;
        connection->waits_turn = false;
        if (connection->state == CONNECTION_CLOSED) {
            connection->next = loop->closed;
            loop->closed = connection;
        } else {
            connection_go_on(connection);
        }
        connection = next;
        count++;
    }
    return count;
}

static void work_off_due(struct io_loop *loop)
{
    struct deadline *due;
    for (unsigned count = 0;
         count < DUE_MAX && (due = deadline_due(&loop->deadlines, loop->now_us)) != NULL; count++)
        connection_due((struct connection *)due);
}

static void free_closed(struct io_loop *loop)
{
    while (loop->closed != NULL) {
        struct connection *next = loop->closed->next;
        free(loop->closed);
        loop->closed = next;
    }
}

/* Returns how many of the events were sockets'. */
static int look_at_events(struct io_loop *loop, const struct epoll_event *events, int count)
{
    const struct http_server *server = loop->server;
    int sockets = 0;
    for (int i = 0; i < count; i++) {
        void *owner = events[i].data.ptr;
        if (owner == &loop->wake)
            continue;
        sockets++;
        const struct listener *listener = acceptor_listener(server, owner);
        if (listener != NULL)
            acceptor_accept(loop, listener);
        else
            connection_ready(owner, events[i].events);
    }
    return sockets;
}

static void take_turn(struct io_loop *loop, const struct epoll_event *events, int count)
{
    loop->now_us = http_clock_us();
    loop->moved = false;
    http_date_set(&loop->date, http_wall(loop->server));
    if (atomic_exchange(&loop->quiesce, false))
        quiesce(loop);
    const int worked = go_on_with_rest(loop) + look_at_events(loop, events, count);
    resume_finished(loop);
    hear_streams(loop);
    adopt_arrived(loop);
    work_off_due(loop);
    acceptor_turn(loop);
    free_closed(loop);
    if (worked > 0 && !loop->moved)
        atomic_fetch_add_explicit(&loop->counts.idle_turns, 1, memory_order_relaxed);
}

static void *io_loop_run(void *argument)
{
    struct io_loop *loop = argument;
    struct epoll_event events[EVENTS_MAX];
    while (!atomic_load(&loop->stop)) {
        const int count = wait_for_events(loop, events);
        take_turn(loop, events, count);
    }
    take_turn(loop, events, 0); /* for what was finished just before */
    return NULL;
}

/* ---- For connections ---- */

void io_loop_go_on(struct io_loop *loop, struct connection *connection)
{
    if (connection->waits_turn)
        return;
    connection->waits_turn = true;
    connection->next = loop->next_turn;
    loop->next_turn = connection;
}

bool io_loop_watch_writing(struct io_loop *loop, struct connection *connection)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = connection};
    connection->watches_writing =
        epoll_ctl(loop->epoll, EPOLL_CTL_MOD, connection->transport.socket, &event) == 0;
    return connection->watches_writing;
}

void io_loop_forget(struct io_loop *loop, struct connection *connection)
{
    connection->previous->following = connection->following;
    connection->following->previous = connection->previous;
    if (loop->connections == connection)
        loop->connections = connection->following == connection ? NULL : connection->following;
    acceptor_left(loop, connection);
    if (connection->waits_turn)
        return; /* the turn that finds it there frees it */
    connection->next = loop->closed;
    loop->closed = connection;
}

/* ---- Life ---- */

static bool watch_wake(struct io_loop *loop)
{
    /* Edge-triggered: each write to it is an event of its own, so it need not be read. */
    struct epoll_event woken = {.events = EPOLLIN | EPOLLET, .data.ptr = &loop->wake};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &woken) == 0;
}

enum result io_loop_start(struct io_loop *loop, struct http_server *server,
                          struct explanation *explanation)
{
    const struct http_options *options = &server->options;
    const int64_t second_us = 1000000;
    const int64_t duration_us[WAITS_KINDS] = {
        [WAITS_FOR_HEAD] = options->head_seconds * second_us,
        [WAITS_FOR_REQUEST] = options->idle_seconds * second_us,
        [WAITS_FOR_BODY] = RATE_PERIOD_US,
        [WAITS_FOR_ROOM] = RATE_PERIOD_US,
        [WAITS_FOR_END] = END_US,
    };
    *loop = (struct io_loop){.server = server,
                             .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                             .epoll = epoll_create1(EPOLL_CLOEXEC),
                             .inputs.head_bytes = options->head_bytes_max};
    deadlines_init(&loop->deadlines, duration_us);
    if (loop->wake < 0 || loop->epoll < 0 || !watch_wake(loop))
        return explain(explanation, RESULT_IO, "no descriptors for an I/O thread: %s",
                       strerror(errno));
    if (loop == server->loops && acceptor_start(server, explanation) != RESULT_OK)
        return RESULT_IO;
    if (thread_start(&loop->thread, "usher-io", io_loop_run, loop) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no thread for HTTP");
    loop->started = true;
    return RESULT_OK;
}

void io_loop_quiesce(struct io_loop *loop)
{
    atomic_store(&loop->quiesce, true);
    io_loop_wake(loop);
}

static void close_if_open(int descriptor)
{
    if (descriptor >= 0)
        (void)close(descriptor);
}

void io_loop_stop(struct io_loop *loop)
{
    if (loop->server == NULL)
        return;
    if (loop->started) {
        atomic_store(&loop->stop, true);
        io_loop_wake(loop);
        thread_join(loop->thread);
    }
    adopt_arrived(loop);
    while (loop->connections != NULL)
        connection_stop(loop->connections);
    (void)go_on_with_rest(loop);
    free_closed(loop);
    hear_streams(loop); /* nobody tells a loop of a stream that is over */
    exchange_free_spares(loop);
    input_spares_release(&loop->inputs);
    close_if_open(loop->epoll);
    close_if_open(loop->wake);
}
