/* See loop.h. */
#include "http/loop.h"

#include "base/check.h"
#include "base/log.h"
#include "base/thread.h"
#include "http/exchange.h"
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
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
        exchange->next = latest;
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
        struct exchange *before = latest->next;
        latest->next = first;
        first = latest;
        latest = before;
    }
    while (first != NULL) {
        struct exchange *next = first->next;
        first->given_back = true;
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
    unsigned before, open = open_connections(loop);
    if (atomic_exchange(&loop->quiesce, false))
        stop_accepting(loop);
    resume_finished(loop);
    do {
        before = open;
        CHECK(MHD_run(loop->daemon) == MHD_YES);
        open = open_connections(loop);
        /* Where connections were closed it may accept again, but begins to with its next run. */
    } while (open < before);
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

/* ---- What libmicrohttpd asks of us ---- */

/* libmicrohttpd's complaints: one line each, and few of them, since clients cause most. */
static void log_complaint(void *owner, const char *format, va_list arguments)
{
    static const struct limit_rate rate = {.interval_us = 1000000, .burst = 10};
    struct http_server *server = owner;
    struct limit_table *complaints = &server->limits.complaints;
    int64_t wait_us;
    if (!limit_take(complaints, limit_key_id(complaints, ID_NONE), &rate, http_clock_us(),
                    &wait_us))
        return;
    char text[512];
    (void)vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\r\n")] = '\0';
    log_event(LOG_WARNING, engine_now(server->engine).wall, "http complaint=\"%s\"", text);
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* Percent-decoding in place, of a whole path or of one parameter. %00 and broken escapes stay as
 * they are: these are C strings on their way through libmicrohttpd, and must not end early. So does
 * %2F in a path, where it is not a separator (RFC 3986, 2.2). */
static size_t unescape(void *owner, struct MHD_Connection *connection, char *text)
{
    (void)owner;
    (void)connection;
    const bool path = text[0] == '/';
    size_t written = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        const int high = text[i] == '%' ? hex_value(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hex_value(text[i + 2]);
        const int character = low < 0 ? 0 : high * 16 + low;
        if (character > 0 && !(path && character == '/')) {
            text[written++] = (char)character;
            i += 2;
        } else {
            text[written++] = text[i];
        }
    }
    text[written] = '\0';
    return written;
}

/* ---- Life ---- */

static struct MHD_Daemon *daemon_start(struct io_loop *loop, int listener, unsigned connections_max)
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
    return MHD_start_daemon(
        flags, 0, NULL, NULL, exchange_access, loop, MHD_OPTION_EXTERNAL_LOGGER, log_complaint,
        loop->server, MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_UNESCAPE_CALLBACK, unescape,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, loop, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_CONNECTION_LIMIT, connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
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

enum result io_loop_start(struct io_loop *loop, struct http_server *server,
                          unsigned connections_max, struct explanation *explanation)
{
    *loop = (struct io_loop){.server = server,
                             .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                             .epoll = epoll_create1(EPOLL_CLOEXEC)};
    const bool watchful = loop->wake >= 0 && loop->epoll >= 0;
    const int listener = watchful ? fcntl(server->listener, F_DUPFD_CLOEXEC, 0) : -1;
    if (listener < 0)
        return explain(explanation, RESULT_IO, "no descriptors for an I/O thread: %s",
                       strerror(errno));
    /* The descriptor is libmicrohttpd's from here, which closes it also when it cannot start. */
    loop->daemon = daemon_start(loop, listener, connections_max);
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
    exchange_free_spares(loop);
    close_if_open(loop->epoll);
    close_if_open(loop->wake);
}
