/* See loop.h. */
#include "http/loop.h"

#include "base/check.h"
#include "base/log.h"
#include "engine/thread.h"
#include "http/exchange.h"
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum io_loop_sleep {
    AWAKE,
    SLEEPING,
};

/* ---- Waking ---- */

static void wake(struct io_loop *loop)
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
        exchange->next_finished = latest;
    while (!atomic_compare_exchange_weak(&loop->finished, &latest, exchange));
    /* Only the first of a stack needs to look: the loop checks for an empty one after it has
     * announced its sleep, and both sides are sequentially consistent. */
    if (latest == NULL)
        wake(loop);
}

/* How long nothing of libmicrohttpd's will be due; -1: for ever. */
static int idle_ms(const struct io_loop *loop)
{
    MHD_UNSIGNED_LONG_LONG due_ms;
    if (MHD_get_timeout(loop->daemon, &due_ms) != MHD_YES)
        return -1;
    return due_ms < INT_MAX ? (int)due_ms : INT_MAX;
}

/* Sleeps until a socket is ready, something is due or somebody wakes it. */
static void wait_for_work(struct io_loop *loop)
{
    const int wait_ms = idle_ms(loop);
    if (wait_ms == 0)
        return;
    atomic_store(&loop->sleep, SLEEPING);
    if (atomic_load(&loop->finished) == NULL && !atomic_load(&loop->stop) &&
        !atomic_load(&loop->quiesce)) {
        struct epoll_event events[2];
        const int count = epoll_wait(loop->epoll, events, 2, wait_ms);
        CHECK(count >= 0 || errno == EINTR);
    }
    atomic_store(&loop->sleep, AWAKE);
}

/* ---- Working ---- */

/* The first to be finished is the first to be answered. */
static void resume_finished(struct io_loop *loop)
{
    struct exchange *latest = atomic_exchange(&loop->finished, NULL), *first = NULL;
    while (latest != NULL) {
        struct exchange *before = latest->next_finished;
        latest->next_finished = first;
        first = latest;
        latest = before;
    }
    while (first != NULL) {
        struct exchange *next = first->next_finished;
        MHD_resume_connection(first->connection);
        first = next;
    }
}

static void stop_accepting(struct io_loop *loop)
{
    const int listener = MHD_quiesce_daemon(loop->daemon);
    if (listener >= 0)
        (void)close(listener);
    /* The last one to leave the door shuts it: whoever still connects is refused at once. */
    if (atomic_fetch_sub(&loop->server->accepting, 1) == 1)
        (void)shutdown(loop->server->listener, SHUT_RD);
}

static unsigned open_connections(const struct io_loop *loop)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    CHECK(info != NULL);
    return info->num_connections;
}

static void work(struct io_loop *loop)
{
    unsigned before;
    if (atomic_exchange(&loop->quiesce, false))
        stop_accepting(loop);
    resume_finished(loop);
    do {
        before = open_connections(loop);
        CHECK(MHD_run(loop->daemon) == MHD_YES);
        /* Where connections were closed it may accept again, but begins to with its next run. */
    } while (open_connections(loop) < before);
}

static void *io_loop_run(void *argument)
{
    struct io_loop *loop = argument;
    while (!atomic_load(&loop->stop)) {
        wait_for_work(loop);
        work(loop);
    }
    work(loop); /* for what was finished just before */
    return NULL;
}

/* ---- Life ---- */

static struct MHD_Daemon *daemon_start(struct io_loop *loop, unsigned connections_max)
{
    const struct http_server *server = loop->server;
    const struct http_options *options = &server->options;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem more[3];
    size_t count = 0;
    if (server->tls_certificate != NULL) {
        flags |= MHD_USE_TLS;
        more[count++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, server->tls_certificate};
        more[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, server->tls_key};
    }
    more[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    /* The logger comes first: it is told of what is wrong with the options that follow. */
    return MHD_start_daemon(flags, 0, NULL, NULL, exchange_access, loop, MHD_OPTION_EXTERNAL_LOGGER,
                            server_log_complaint, loop->server, MHD_OPTION_LISTEN_SOCKET,
                            loop->listener, MHD_OPTION_UNESCAPE_CALLBACK, server_unescape, NULL,
                            MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, loop,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT,
                            connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)options->connection_memory_bytes, MHD_OPTION_CONNECTION_TIMEOUT,
                            options->idle_seconds, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static bool watch(struct io_loop *loop)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL)
        return false;
    struct epoll_event ready = {.events = EPOLLIN};
    /* Edge-triggered: each write to it is an event of its own, so it need not be read. */
    struct epoll_event woken = {.events = EPOLLIN | EPOLLET};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, info->epoll_fd, &ready) == 0 &&
           epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &woken) == 0;
}

enum result io_loop_start(struct io_loop *loop, struct http_server *server, int listener,
                          unsigned connections_max, struct explanation *explanation)
{
    *loop = (struct io_loop){.server = server,
                             .listener = fcntl(listener, F_DUPFD_CLOEXEC, 0),
                             .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                             .epoll = epoll_create1(EPOLL_CLOEXEC)};
    if (loop->listener < 0 || loop->wake < 0 || loop->epoll < 0)
        return explain(explanation, RESULT_IO, "no descriptors for an I/O thread: %s",
                       strerror(errno));
    loop->daemon = daemon_start(loop, connections_max);
    loop->listener = -1; /* libmicrohttpd's now, which closes it also when it cannot start */
    if (loop->daemon == NULL)
        return explain(
            explanation, RESULT_IO,
            server->tls_certificate != NULL
                ? "cannot start the HTTPS server; are certificate and key good PEM files?"
                : "cannot start the HTTP server");
    if (!watch(loop))
        return explain(explanation, RESULT_IO, "cannot watch the HTTP server's sockets: %s",
                       strerror(errno));
    if (thread_start(&loop->thread, "usher-io", io_loop_run, loop) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no thread for HTTP");
    loop->started = true;
    return RESULT_OK;
}

void io_loop_quiesce(struct io_loop *loop)
{
    atomic_store(&loop->quiesce, true);
    wake(loop);
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
        wake(loop);
        thread_join(loop->thread);
    }
    if (loop->daemon != NULL)
        MHD_stop_daemon(loop->daemon);
    close_if_open(loop->listener);
    close_if_open(loop->epoll);
    close_if_open(loop->wake);
}
