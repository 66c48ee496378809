/* `usher serve`: the layers wired together, from the first signal mask to the last close. */
#include "app/serve.h"

#include "app/command.h"
#include "app/lent_sockets.h"
#include "app/reload.h"
#include "app/server_control.h"
#include "app/service_manager.h"
#include "base/check.h"
#include "base/log.h"
#include "engine/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* A stop takes at most 10 s: then the watchdog ends it, wherever it is. HTTP is given longer than
 * that, because the engine can't be stopped while a request may still come to it. */
#define STOP_WATCHDOG_SECONDS 9
#define STOP_ANSWER_MS 60000
#define STOP_BOOK_MS 2000

/* File descriptors besides connections: databases, readers, epoll, events. */
#define OTHER_DESCRIPTORS 256

#define UPGRADE_PERCENT_A_LINE 10

static sigset_t awaited_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    return signals;
}

/* Everything that was answered is on disk already, so ending here loses nothing. */
static void give_up(int signal)
{
    (void)signal;
    static const char message[] =
        "usher: stopped with requests that could not be answered in time\n";
    const ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(0);
}

void serve_block_signals(void)
{
    const sigset_t signals = awaited_signals();
    CHECK(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    CHECK(sigaction(SIGPIPE, &ignore, NULL) == 0); /* a client that left is an error of its write */
    CHECK(sigaction(SIGXFSZ, &ignore, NULL) == 0); /* and so is a limit on a file's size */
    const struct sigaction watchdog = {.sa_handler = give_up};
    CHECK(sigaction(SIGALRM, &watchdog, NULL) == 0);
}

/* ---- The service manager's watchdog ---- */

/* The engine is looked at this often in the time after which the manager ends us; at half of it the
 * log says that the engine stands. */
#define LOOKS_IN_WATCHDOG 4
#define LOOKS_UNTIL_TOLD 2

/* Tells the manager that the engine's thread gets on, and nothing while it does not: a timer that
 * runs says nothing of whether anybody can buy. */
struct watchdog {
    const struct service_manager *manager;
    const struct engine *engine;
    uint64_t moves; /* of the engine, when it was last told of */
    unsigned still; /* looks since then */
};

static void watchdog_look(struct watchdog *watchdog)
{
    const uint64_t moves = engine_moves(watchdog->engine);
    if (moves != watchdog->moves) {
        service_manager_tell(watchdog->manager, "WATCHDOG=1");
        watchdog->moves = moves;
        watchdog->still = 0;
        return;
    }
    if (++watchdog->still == LOOKS_UNTIL_TOLD)
        log_event(LOG_ERROR, engine_now(watchdog->engine).wall,
                  "engine_stands watchdog_ms=%" PRId64, watchdog->manager->watchdog_us / 1000);
}

/* Waits for a signal, and meanwhile looks whether the engine gets on. */
static int next_signal(struct watchdog *watchdog)
{
    const sigset_t signals = awaited_signals();
    const int64_t look_us = watchdog->manager->watchdog_us / LOOKS_IN_WATCHDOG;
    const struct timespec look = {.tv_sec = look_us / 1000000, .tv_nsec = look_us % 1000000 * 1000};
    int signal;
    do {
        signal = look_us > 0 ? sigtimedwait(&signals, NULL, &look) : sigwaitinfo(&signals, NULL);
        CHECK(signal > 0 || errno == EAGAIN || errno == EINTR);
        if (signal < 0 && errno == EAGAIN)
            watchdog_look(watchdog);
    } while (signal < 0);
    return signal;
}

/* As many connections as the setting says, or as the system lets this process have. */
static unsigned connections_possible(const struct config *config, timestamp_ms now)
{
    const rlim_t wanted = (rlim_t)config->connections + OTHER_DESCRIPTORS;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return (unsigned)config->connections;
    if (limit.rlim_cur < wanted) {
        struct rlimit raised = limit;
        raised.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    if (limit.rlim_cur >= wanted)
        return (unsigned)config->connections;
    const rlim_t left = limit.rlim_cur > 2 * OTHER_DESCRIPTORS ? limit.rlim_cur - OTHER_DESCRIPTORS
                                                               : limit.rlim_cur / 2;
    log_event(LOG_WARNING, now, "connections_lowered wanted=%lld possible=%llu why=RLIMIT_NOFILE",
              (long long)config->connections, (unsigned long long)left);
    return (unsigned)left;
}

#define IO_THREADS_MAX 64

static struct http_options http_options(const struct config *config, unsigned connections_max)
{
    return (struct http_options){
        .listen = config->listen,
        .metrics_listen = config->metrics_listen,
        .public_url = config->public_url,
        .trusted_proxies = config->trusted_proxies,
        .cors_origins = config->cors_origins,
        .tls_certificate_file = config->tls_cert,
        .tls_key_file = config->tls_key,
        .io_threads = (unsigned)box_office_threads(config->io_threads, box_office_cores() - 1,
                                                   IO_THREADS_MAX),
        .connections_max = connections_max,
        .connections_per_address = (unsigned)config->connections_per_address,
        .head_bytes_max = (unsigned)config->head_bytes,
        .head_seconds = (unsigned)config->head_seconds,
        .body_bytes_per_second = (unsigned)config->body_bytes_per_second,
        .idle_seconds = (unsigned)config->idle_seconds,
        .log_requests = config->log_requests,
        .log_json = config->log_json,
    };
}

static struct api_options api_options(const struct config *config, unsigned connections_max)
{
    return (struct api_options){
        .http = http_options(config, connections_max),
        .version = USHER_VERSION,
        .time_zone = config->time_zone,
        .currency = config->currency,
        .top_up_url = config->top_up_url,
        .return_origins = config->return_origins,
        .settings = box_office_settings(config),
        .account_requests_per_second = (unsigned)config->account_requests_per_second,
        .key_requests_per_second = (unsigned)config->key_requests_per_second,
        .address_requests_per_second = (unsigned)config->address_requests_per_second,
        .streams_max = (unsigned)config->streams,
        .account_sign_ins_per_minute = (unsigned)config->account_sign_ins_per_minute,
        .address_sign_ins_per_minute = (unsigned)config->address_sign_ins_per_minute,
    };
}

/* A server while it runs: what its parts hand on to each other. */
struct serving {
    struct box_office *office;
    const struct serve_hooks *hooks;
    struct service_manager manager;
    struct server_control control;
    struct config config; /* as it holds: SIGHUP may change it */
    unsigned connections_max;
    struct api *api;
};

/* SIGHUP; a server that has neither a file of settings nor a certificate says so. */
static void hang_up(struct serving *serving)
{
    const timestamp_ms now = engine_now(serving->office->engine).wall;
    struct config *config = &serving->config;
    service_manager_tell_reload(&serving->manager);
    if (config->file_path != NULL) {
        reload_settings(config, now);
        const struct api_options options = api_options(config, serving->connections_max);
        api_change(serving->api, &options);
        server_control_show_settings(&serving->control, config);
    }
    if (config->tls_cert != NULL || config->file_path == NULL)
        reload_certificate(api_server(serving->api), config, now);
    service_manager_tell(&serving->manager, "READY=1");
}

static void say_ready(struct serving *serving, const char *url)
{
    server_control_show_api(&serving->control, serving->api);
    printf("usher: listening on %s\n", url);
    if (serving->hooks->ready != NULL)
        serving->hooks->ready(serving->hooks->owner, url);
    if (fflush(stdout) != 0)
        log_event(LOG_WARNING, engine_now(serving->office->engine).wall, "standard_output %s",
                  strerror(errno));
    service_manager_tell(&serving->manager, "READY=1");
    service_manager_tell_status(&serving->manager, "Answers on %s", url);
}

/* Answers HTTP, which has started, until a signal comes. Scripts wait for the line on standard
 * output. */
static void serve_http(struct serving *serving)
{
    struct engine *engine = serving->office->engine;
    struct watchdog watchdog = {.manager = &serving->manager, .engine = engine};
    say_ready(serving, http_url(api_server(serving->api)));
    int signal;
    while ((signal = next_signal(&watchdog)) == SIGHUP && !serving->hooks->ends_with_terminal)
        hang_up(serving);
    log_event(LOG_INFO, engine_now(engine).wall, "stopping signal=%s", strsignal(signal));
    service_manager_tell(&serving->manager, "STOPPING=1");
    if (!serving->hooks->is_temporary) /* which it could not remove any more */
        alarm(STOP_WATCHDOG_SECONDS);
    server_control_show_stop(&serving->control);
    /* The engine goes on meanwhile: some requests in flight have more than one thing to ask. */
    http_quiesce(api_server(serving->api));
    engine_drain_passwords(engine);
    engine_drain_selfcheck(engine);
    engine_drain_changes(engine);
}

/* Tells how far an upgrade is: the log each tenth, `usher status` and the service manager each
 * percent. */
static void tell_upgrade(void *owner, const struct store_upgrade *upgrade)
{
    struct serving *serving = owner;
    server_control_show_upgrade(&serving->control, upgrade);
    service_manager_tell_status(&serving->manager, "Upgrades the tables: %u %%", upgrade->percent);
    switch (upgrade->stage) {
    case STORE_UPGRADE_BEGINS:
        log_event(LOG_INFO, wall_now(),
                  "upgrade_begins from=%u to=%u rows=%" PRIu64 " bytes_needed=%" PRIu64
                  " bytes_free=%" PRIu64 " about_seconds=%u",
                  upgrade->from, upgrade->to, upgrade->rows, upgrade->bytes_needed,
                  upgrade->bytes_free, upgrade->seconds);
        return;
    case STORE_UPGRADE_BUILDS:
        if (upgrade->percent % UPGRADE_PERCENT_A_LINE == 0 && upgrade->percent > 0)
            log_event(LOG_INFO, wall_now(), "upgrade_builds percent=%u", upgrade->percent);
        return;
    case STORE_UPGRADE_CHECKS:
        if (upgrade->percent % UPGRADE_PERCENT_A_LINE == 0)
            log_event(LOG_INFO, wall_now(), "upgrade_checks percent=%u", upgrade->percent);
        return;
    case STORE_UPGRADE_DONE:
        log_event(LOG_INFO, wall_now(), "upgrade_done to=%u rows=%" PRIu64, upgrade->to,
                  upgrade->rows);
        return;
    }
    UNREACHABLE("stage of an upgrade");
}

/* Loads the office, for which a million people take seconds, and starts to answer. */
static enum result start_answering(struct serving *serving, struct explanation *explanation)
{
    const struct store_upgrade_watch watch = {.owner = serving, .tell = tell_upgrade};
    const struct serve_hooks *hooks = serving->hooks;
    struct box_office *office = serving->office;
    service_manager_tell_status(&serving->manager, "Loads the office");
    enum result result = box_office_start(office, &serving->config, &watch, explanation);
    if (result != RESULT_OK)
        return result;
    server_control_show_engine(&serving->control, office->engine);
    if (hooks->prepare != NULL)
        result = hooks->prepare(hooks->owner, office, explanation);
    return result == RESULT_OK ? api_start(serving->api, office->engine, explanation) : result;
}

/* With the directory locked, and the control socket open. */
static enum result serve_watched(struct serving *serving, const struct lent_sockets *lent,
                                 struct explanation *explanation)
{
    serving->connections_max = connections_possible(&serving->config, wall_now());
    struct api_options options = api_options(&serving->config, serving->connections_max);
    if (lent->people != 0 && config_is_set(&serving->config, CONFIG_listen))
        log_event(LOG_WARNING, wall_now(), "listen_ignored why=\"a socket was lent\"");
    options.http.lent_socket = lent->people;
    options.http.lent_metrics_socket = lent->machines;
    enum result result = api_open(&serving->api, &options, explanation);
    if (result != RESULT_OK)
        return result;
    result = start_answering(serving, explanation);
    if (result != RESULT_OK) {
        api_close(serving->api);
        return result;
    }
    serve_http(serving);
    api_stop(serving->api, STOP_ANSWER_MS);
    return RESULT_OK;
}

/* Of the process: for days and hours (engine/calendar.h), and before it has other threads. */
static void set_time_zone(const struct config *config)
{
    CHECK(setenv("TZ", config->time_zone, 1) == 0);
    tzset();
}

enum result serve_run(const struct config *config, const char *directory,
                      const struct serve_hooks *hooks, struct explanation *explanation)
{
    struct box_office office;
    struct lent_sockets lent;
    struct serving serving = {.office = &office, .hooks = hooks, .config = *config};
    set_time_zone(config);
    enum result result = lent_sockets_find(&lent, explanation);
    if (result == RESULT_OK)
        result = box_office_lock(&office, directory, explanation);
    if (result != RESULT_OK)
        return result;
    service_manager_meet(&serving.manager);
    server_control_start(&serving.control, config, directory, wall_now());
    result = serve_watched(&serving, &lent, explanation);
    if (hooks->finish != NULL)
        hooks->finish(hooks->owner);
    server_control_stop(&serving.control);
    if (office.engine != NULL)
        box_office_close(&office, hooks->is_temporary ? 0 : STOP_BOOK_MS);
    else
        store_close(office.store);
    service_manager_leave(&serving.manager);
    return result;
}

enum command_status command_serve(int argument_count, char *const *arguments)
{
    struct config config;
    struct command_line line = {0};
    struct explanation explanation;
    enum command_status status = COMMAND_DONE;
    if (config_read(&config, &line, NULL, 0, argument_count, arguments, &explanation) !=
        RESULT_OK) {
        status = command_misused(&explanation);
    } else {
        const struct serve_hooks hooks = {0};
        serve_block_signals();
        if (serve_run(&config, config.data, &hooks, &explanation) != RESULT_OK)
            status = command_failed(&explanation);
    }
    config_release(&config);
    return status;
}
