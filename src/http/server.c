/* The server's life: its socket, its loops, and an end that leaves nobody unanswered. */
#include "http/server.h"

#include "base/check.h"
#include "base/log.h"
#include "http/tls.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How long a stop waits for answers that are made, but that their clients are slow to take. */
#define SEND_GRACE_US 2000000

bool http_draining(const struct http_server *server)
{
    return atomic_load_explicit(&server->draining, memory_order_relaxed);
}

int64_t http_clock_us(void)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

timestamp_ms http_wall(const struct http_server *server)
{
    return server->service.wall(server->service.owner);
}

const struct site *http_site(const struct http_server *server)
{
    return &server->site;
}

static enum result loops_start(struct http_server *server, struct explanation *explanation)
{
    const unsigned threads = server->options.io_threads;
    enum result result = RESULT_OK;
    server->loops = calloc(threads, sizeof *server->loops);
    if (server->loops == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the HTTP server");
    /* The first accepts, and gives connections to the others, so it starts last. */
    for (unsigned i = threads; i-- > 0 && result == RESULT_OK;)
        result = io_loop_start(&server->loops[i], server, explanation);
    return result;
}

/* Tells browsers to believe an answer's type, to tell no other site which page of ours a link was
 * on, and, where the operator names an https origin, to use https for a year. Subdomains are left
 * out: they may be others'. Pages see by the build that theirs is old. */
static void write_constant_lines(struct http_server *server)
{
    const struct site *site = &server->site;
    const bool https = site->has_public_origin && site->public_origin.secure;
    const int length = snprintf(server->constant_lines, sizeof server->constant_lines,
                                "X-Content-Type-Options: nosniff\r\n"
                                "Referrer-Policy: same-origin\r\n"
                                "X-Usher-Build: %.*s\r\n%s",
                                BUILD_CHARACTERS_MAX, server->options.build,
                                https ? "Strict-Transport-Security: max-age=31536000\r\n" : "");
    CHECK(length > 0 && (size_t)length < sizeof server->constant_lines);
    server->constant_lines_length = (size_t)length;
}

static enum result copy_options(struct http_server *server, const struct http_options *options,
                                struct explanation *explanation)
{
    server->options = *options;
    http_change(server, options);
    /* These texts are the caller's; `site` and the listeners keep what they need of them. */
    server->options.listen = server->options.metrics_listen = NULL;
    server->options.public_url = server->options.trusted_proxies = NULL;
    server->options.cors_origins = NULL;
    const enum result result = site_init(&server->site, options, explanation);
    if (result != RESULT_OK)
        return result;
    write_constant_lines(server);
    server->options.build = NULL;
    /* A thread that may have no connection would serve nobody. */
    if (options->io_threads > options->connections_max)
        server->options.io_threads = options->connections_max;
    if (options->tls_certificate_file == NULL)
        return RESULT_OK;
    return tls_config_load(&server->tls, options->tls_certificate_file, options->tls_key_file,
                           explanation);
}

/* Frees what a server holds, whether it ever ran or not. */
static void server_free(struct http_server *server)
{
    for (unsigned i = 0; server->loops != NULL && i < server->options.io_threads; i++)
        io_loop_stop(&server->loops[i]);
    free(server->loops);
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        if (server->listeners[i].socket >= 0)
            (void)close(server->listeners[i].socket);
    limit_table_release(&server->connections);
    security_log_release(&server->security, http_wall(server));
    tls_config_drop(server->tls);
    CHECK(pthread_mutex_destroy(&server->tls_lock) == 0);
    free(server);
}

/* The address for metrics, if there is one, speaks plain HTTP: it stays inside the house. */
static enum result bind_listeners(struct http_server *server, const struct http_options *options,
                                  struct explanation *explanation)
{
    struct listener *const people = &server->listeners[0], *const machines = &server->listeners[1];
    const bool tls = server->site.tls;
    enum result result = options->lent_socket > 0
                             ? listener_borrow(people, options->lent_socket, tls, explanation)
                             : listener_bind(people, options->listen, tls, explanation);
    if (result != RESULT_OK)
        return result;
    if (options->lent_metrics_socket > 0)
        result = listener_borrow(machines, options->lent_metrics_socket, false, explanation);
    else if (options->metrics_listen != NULL)
        result = listener_bind(machines, options->metrics_listen, false, explanation);
    return result;
}

static enum result listen_all(const struct http_server *server, struct explanation *explanation)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; i < LISTENERS_MAX && result == RESULT_OK; i++)
        if (server->listeners[i].socket >= 0)
            result = listener_listen(&server->listeners[i], explanation);
    return result;
}

static enum result server_open(struct http_server *server, const struct http_options *options,
                               struct explanation *explanation)
{
    const enum result result = copy_options(server, options, explanation);
    if (result != RESULT_OK)
        return result;
    if (limit_table_init(&server->connections, CONNECTION_ADDRESSES) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the HTTP server");
    return bind_listeners(server, options, explanation);
}

enum result http_open(struct http_server **server, const struct http_service *service,
                      const struct http_options *options, struct explanation *explanation)
{
    if (sodium_init() < 0)
        return explain(explanation, RESULT_IO, "the system gives no random numbers");
    struct http_server *made = calloc(1, sizeof *made);
    if (made == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the HTTP server");
    made->service = *service;
    made->listeners[0].socket = -1;
    made->listeners[1] = (struct listener){.socket = -1, .operations_only = true};
    CHECK(pthread_mutex_init(&made->tls_lock, NULL) == 0);
    security_log_init(&made->security);
    for (size_t i = 0; i + 1 < sizeof made->request_id_prefix; i++)
        made->request_id_prefix[i] = "0123456789abcdefghijklmnopqrstuv"[randombytes_uniform(32)];
    const enum result result = server_open(made, options, explanation);
    if (result == RESULT_OK)
        *server = made;
    else
        server_free(made);
    return result;
}

enum result http_start(struct http_server *server, struct explanation *explanation)
{
    enum result result = listen_all(server, explanation);
    if (result == RESULT_OK)
        result = loops_start(server, explanation);
    if (result == RESULT_OK && server->listeners[1].socket >= 0)
        log_event(LOG_INFO, http_wall(server), "metrics listening=%s", server->listeners[1].url);
    return result;
}

void http_close(struct http_server *server)
{
    server_free(server);
}

const char *http_url(const struct http_server *server)
{
    return server->listeners[0].url;
}

enum result http_reload(struct http_server *server, struct explanation *explanation)
{
    if (!server->site.tls)
        return explain(explanation, RESULT_NOT_FOUND,
                       "there is no certificate: no tls-cert is set");
    struct tls_config *loaded = NULL, *const replaced = server->tls; /* nobody else replaces it */
    const enum result result =
        tls_config_reload(&loaded, replaced, server->options.tls_certificate_file,
                          server->options.tls_key_file, explanation);
    if (result != RESULT_OK)
        return result;
    CHECK(pthread_mutex_lock(&server->tls_lock) == 0);
    server->tls = loaded;
    CHECK(pthread_mutex_unlock(&server->tls_lock) == 0);
    tls_config_drop(replaced);
    return RESULT_OK;
}

timestamp_ms http_certificate_end(struct http_server *server)
{
    CHECK(pthread_mutex_lock(&server->tls_lock) == 0);
    const timestamp_ms end = server->tls == NULL ? 0 : tls_config_end(server->tls);
    CHECK(pthread_mutex_unlock(&server->tls_lock) == 0);
    return end;
}

size_t http_connections_max(const struct http_server *server)
{
    return server->options.connections_max;
}

void http_change(struct http_server *server, const struct http_options *options)
{
    atomic_store_explicit(&server->log_requests, options->log_requests, memory_order_relaxed);
    atomic_store_explicit(&server->connections_per_address, options->connections_per_address,
                          memory_order_relaxed);
}

size_t http_connections(const struct http_server *server)
{
    return atomic_load(&server->open);
}

static uint64_t relaxed_count(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void http_counts(const struct http_server *server, struct http_counts *counts)
{
    *counts = (struct http_counts){
        .open = atomic_load_explicit(&server->open, memory_order_relaxed),
        .answering = atomic_load_explicit(&server->answering, memory_order_relaxed),
        .turned_away = relaxed_count(&server->turned_away),
    };
    for (unsigned i = 0; i < server->options.io_threads; i++) {
        const struct io_counts *loop = &server->loops[i].counts;
        counts->accepted += relaxed_count(&loop->accepted);
        counts->made_room += relaxed_count(&loop->made_room);
        counts->slow_heads += relaxed_count(&loop->slow_heads);
        counts->slow_bodies += relaxed_count(&loop->slow_bodies);
        counts->slow_readers += relaxed_count(&loop->slow_readers);
        counts->idle_turns += relaxed_count(&loop->idle_turns);
    }
}

void http_quiesce(struct http_server *server)
{
    atomic_store(&server->draining, true);
    for (unsigned i = 0; i < server->options.io_threads; i++)
        io_loop_quiesce(&server->loops[i]);
}

/* Waits until the count is zero or the deadline has passed. It looks every few milliseconds: with a
 * lock around the count every request would pay. */
static bool wait_for_none(const atomic_size_t *count, int64_t deadline_us)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    while (atomic_load(count) > 0) {
        if (http_clock_us() >= deadline_us)
            return false;
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

bool http_stop(struct http_server *server, int64_t wait_ms)
{
    const int64_t deadline_us = http_clock_us() + wait_ms * 1000;
    if (!http_draining(server))
        http_quiesce(server);
    (void)wait_for_none(&server->suspended, deadline_us);
    const int64_t sent_us = http_clock_us() + SEND_GRACE_US;
    (void)wait_for_none(&server->answering, sent_us < deadline_us ? sent_us : deadline_us);
    /* Connections that are still open may yet ask; from here they are answered at once. */
    atomic_store(&server->stopping, true);
    if (wait_for_none(&server->suspended, deadline_us)) {
        server_free(server);
        return true;
    }
    /* A thread that has a suspended exchange would give it back to a loop that is gone. */
    log_event(LOG_ERROR, http_wall(server), "http stop=incomplete unanswered=%zu",
              atomic_load(&server->suspended));
    return false;
}
