/* `usher serve`: the layers wired together, from the first signal mask to the last close. */
#include "app/serve.h"

#include "app/command.h"
#include "app/server_control.h"
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

static int next_signal(void)
{
    const sigset_t signals = awaited_signals();
    int signal = 0;
    while (sigwait(&signals, &signal) != 0)
        continue; /* interrupted */
    return signal;
}

static void reload_certificate(struct http_server *server, const struct config *config,
                               timestamp_ms now)
{
    struct explanation explanation;
    if (http_reload(server, &explanation) == RESULT_OK)
        log_event(LOG_INFO, now, "reloaded tls-cert=%s tls-key=%s", config->tls_cert,
                  config->tls_key);
    else
        log_event(LOG_WARNING, now, "not_reloaded why=\"%s\"", explanation.text);
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

static struct http_options http_options(const struct config *config, timestamp_ms now)
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
        .connections_max = connections_possible(config, now),
        .connections_per_address = (unsigned)config->connections_per_address,
        .head_bytes_max = (unsigned)config->head_bytes,
        .head_seconds = (unsigned)config->head_seconds,
        .body_bytes_per_second = (unsigned)config->body_bytes_per_second,
        .idle_seconds = (unsigned)config->idle_seconds,
        .log_requests = config->log_requests,
        .log_json = config->log_json,
    };
}

static struct api_options api_options(const struct config *config, timestamp_ms now)
{
    return (struct api_options){
        .http = http_options(config, now),
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

/* Answers HTTP, which has started, until a signal comes. Scripts wait for the line on standard
 * output. */
static void serve_http(struct api *api, struct box_office *office, const struct config *config,
                       const struct serve_hooks *hooks, struct server_control *control)
{
    struct http_server *server = api_server(api);
    server_control_show_api(control, api);
    printf("usher: listening on %s\n", http_url(server));
    if (hooks->ready != NULL)
        hooks->ready(hooks->owner, http_url(server));
    if (fflush(stdout) != 0)
        log_event(LOG_WARNING, engine_now(office->engine).wall, "standard_output %s",
                  strerror(errno));

    int signal;
    while ((signal = next_signal()) == SIGHUP && !hooks->ends_with_terminal)
        reload_certificate(server, config, engine_now(office->engine).wall);
    log_event(LOG_INFO, engine_now(office->engine).wall, "stopping signal=%s", strsignal(signal));
    if (!hooks->is_temporary) /* which it could not remove any more */
        alarm(STOP_WATCHDOG_SECONDS);
    server_control_show_stop(control);
    /* The engine goes on meanwhile: some requests in flight have more than one thing to ask. */
    http_quiesce(server);
    engine_drain_passwords(office->engine);
    engine_drain_selfcheck(office->engine);
    engine_drain_changes(office->engine);
}

/* Tells how far an upgrade is: the log each tenth, `usher status` each percent. */
static void tell_upgrade(void *owner, const struct store_upgrade *upgrade)
{
    struct server_control *control = owner;
    server_control_show_upgrade(control, upgrade);
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
static enum result start_answering(struct api *api, struct box_office *office,
                                   const struct config *config, const struct serve_hooks *hooks,
                                   struct server_control *control, struct explanation *explanation)
{
    const struct store_upgrade_watch watch = {.owner = control, .tell = tell_upgrade};
    enum result result = box_office_start(office, config, &watch, explanation);
    if (result != RESULT_OK)
        return result;
    server_control_show_engine(control, office->engine);
    if (hooks->prepare != NULL)
        result = hooks->prepare(hooks->owner, office, explanation);
    return result == RESULT_OK ? api_start(api, office->engine, explanation) : result;
}

/* With the directory locked, and the control socket open. */
static enum result serve_watched(struct box_office *office, const struct config *config,
                                 const struct serve_hooks *hooks, struct server_control *control,
                                 struct explanation *explanation)
{
    const struct api_options options = api_options(config, wall_now());
    struct api *api;
    enum result result = api_open(&api, &options, explanation);
    if (result != RESULT_OK)
        return result;
    result = start_answering(api, office, config, hooks, control, explanation);
    if (result != RESULT_OK) {
        api_close(api);
        return result;
    }
    serve_http(api, office, config, hooks, control);
    api_stop(api, STOP_ANSWER_MS);
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
    struct server_control control;
    set_time_zone(config);
    enum result result = box_office_lock(&office, directory, explanation);
    if (result != RESULT_OK)
        return result;
    server_control_start(&control, config, directory, wall_now());
    result = serve_watched(&office, config, hooks, &control, explanation);
    if (hooks->finish != NULL)
        hooks->finish(hooks->owner);
    server_control_stop(&control);
    if (office.engine != NULL)
        box_office_close(&office, hooks->is_temporary ? 0 : STOP_BOOK_MS);
    else
        store_close(office.store);
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
