/* The server's life: its socket, its loops, and an end that leaves nobody unanswered. */
#include "http/server.h"

#include "base/check.h"
#include "base/log.h"
#include "http/body.h"
#include "http/listener.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A PEM file is a few kilobytes; a chain of certificates stays far below this. */
#define PEM_BYTES_MAX (256 * 1024)

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

/* Reads a whole small text file; NULL with an explanation. */
static char *read_pem(const char *path, struct explanation *explanation)
{
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : malloc(PEM_BYTES_MAX + 1);
    size_t length = 0;
    bool good = text != NULL;
    if (good) {
        length = fread(text, 1, PEM_BYTES_MAX, file);
        good = ferror(file) == 0 && length > 0 && length < PEM_BYTES_MAX;
        text[length] = '\0';
    }
    if (file != NULL && fclose(file) != 0)
        good = false;
    if (good)
        return text;
    free(text);
    (void)explain(explanation, RESULT_IO, "cannot read %s: missing, empty or too large", path);
    return NULL;
}

static struct limit_rate rate_of(unsigned count, int64_t seconds, int64_t burst_factor)
{
    return (struct limit_rate){
        .interval_us = seconds * 1000000 / count,
        .burst = burst_factor * count,
    };
}

static enum result limits_init(struct limits *limits, const struct http_options *options)
{
    limits->account_rate = rate_of(options->account_requests_per_second, 1, 2);
    limits->address_rate = rate_of(options->address_requests_per_second, 1, 2);
    limits->sign_in_account_rate = rate_of(options->account_sign_ins_per_minute, 60, 1);
    limits->sign_in_address_rate = rate_of(options->address_sign_ins_per_minute, 60, 1);
    struct {
        struct limit_table *table;
        size_t entries;
    } tables[] = {
        {&limits->accounts, LIMIT_ENTRIES},
        {&limits->addresses, LIMIT_ENTRIES},
        {&limits->sign_in_accounts, SIGN_IN_ENTRIES},
        {&limits->sign_in_addresses, SIGN_IN_ENTRIES},
        {&limits->polls, LIMIT_ENTRIES},
        {&limits->heard, LIMIT_ENTRIES},
        {&limits->complaints, 1},
    };
    enum result result = RESULT_OK;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && result == RESULT_OK; i++)
        result = limit_table_init(tables[i].table, tables[i].entries);
    return result;
}

static void limits_release(struct limits *limits)
{
    limit_table_release(&limits->accounts);
    limit_table_release(&limits->addresses);
    limit_table_release(&limits->sign_in_accounts);
    limit_table_release(&limits->sign_in_addresses);
    limit_table_release(&limits->polls);
    limit_table_release(&limits->heard);
    limit_table_release(&limits->complaints);
}

/* The connections are shared out evenly, since nothing moves one from a loop to another. */
static enum result loops_start(struct http_server *server, struct explanation *explanation)
{
    const unsigned threads = server->options.io_threads, all = server->options.connections_max;
    enum result result = RESULT_OK;
    server->loops = calloc(threads, sizeof *server->loops);
    if (server->loops == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the HTTP server");
    atomic_store(&server->accepting, threads);
    for (unsigned i = 0; i < threads && result == RESULT_OK; i++)
        result = io_loop_start(&server->loops[i], server,
                               all / threads + (i < all % threads ? 1 : 0), explanation);
    return result;
}

static enum result copy_options(struct http_server *server, const struct http_options *options,
                                struct explanation *explanation)
{
    server->options = *options;
    server->options.listen = NULL; /* the caller's */
    /* A thread that may have no connection would serve nobody. */
    if (options->io_threads > options->connections_max)
        server->options.io_threads = options->connections_max;
    server->time_zone = strdup(options->time_zone);
    if (server->time_zone == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory");
    server->options.time_zone = server->time_zone;
    if (options->tls_certificate_file == NULL)
        return RESULT_OK;
    server->tls_certificate = read_pem(options->tls_certificate_file, explanation);
    if (server->tls_certificate == NULL)
        return RESULT_IO;
    server->tls_key = read_pem(options->tls_key_file, explanation);
    return server->tls_key == NULL ? RESULT_IO : RESULT_OK;
}

/* Frees what a server holds, whether it ever ran or not. */
static void server_free(struct http_server *server)
{
    for (unsigned i = 0; server->loops != NULL && i < server->options.io_threads; i++)
        io_loop_stop(&server->loops[i]);
    free(server->loops);
    if (server->listener >= 0)
        (void)close(server->listener);
    importer_stop(&server->importer);
    presence_release(&server->presence);
    shared_cache_release(&server->shared);
    limits_release(&server->limits);
    free(server->time_zone);
    free(server->tls_certificate);
    if (server->tls_key != NULL)
        sodium_memzero(server->tls_key, strlen(server->tls_key));
    free(server->tls_key);
    free(server);
}

static enum result server_start(struct http_server *server, const struct http_options *options,
                                struct explanation *explanation)
{
    enum result result = copy_options(server, options, explanation);
    if (result == RESULT_OK && (limits_init(&server->limits, options) != RESULT_OK ||
                                presence_init(&server->presence) != RESULT_OK ||
                                importer_start(&server->importer) != RESULT_OK))
        result = explain(explanation, RESULT_NO_MEMORY, "no memory for the HTTP server");
    if (result == RESULT_OK)
        result = listener_open(options->listen, options->tls_certificate_file != NULL,
                               &server->listener, server->url, explanation);
    if (result == RESULT_OK)
        result = loops_start(server, explanation);
    return result;
}

enum result http_start(struct http_server **server, struct engine *engine,
                       const struct http_options *options, struct explanation *explanation)
{
    struct http_server *made = calloc(1, sizeof *made);
    if (made == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the HTTP server");
    made->engine = engine;
    made->listener = -1;
    made->token_key = engine_token_key(engine);
    shared_cache_init(&made->shared);
    for (size_t i = 0; i + 1 < sizeof made->request_id_prefix; i++)
        made->request_id_prefix[i] = "0123456789abcdefghijklmnopqrstuv"[randombytes_uniform(32)];
    body_start();
    json_object_seed(0); /* once, before threads read bodies */
    const enum result result = server_start(made, options, explanation);
    if (result == RESULT_OK)
        *server = made;
    else
        server_free(made);
    return result;
}

const char *http_url(const struct http_server *server)
{
    return server->url;
}

size_t http_connections(const struct http_server *server)
{
    return atomic_load(&server->connections);
}

void http_quiesce(struct http_server *server)
{
    atomic_store(&server->draining, true);
    for (unsigned i = 0; i < server->options.io_threads; i++)
        io_loop_quiesce(&server->loops[i]);
}

/* Waits until the count is zero or the deadline has passed. It looks every few milliseconds: a lock
 * around the count would be paid for by every request. */
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

void http_stop(struct http_server *server, int64_t wait_ms)
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
        return;
    }
    /* libmicrohttpd aborts the process when it is stopped with suspended connections. */
    log_event(LOG_ERROR, engine_now(server->engine).wall, "http stop=incomplete unanswered=%zu",
              atomic_load(&server->suspended));
}
