/* See status_wrong.h. */
#include "app/status_wrong.h"

#include "base/process.h"

#include <stdarg.h>
#include <stdio.h>

/* A bookkeeper that keeps up is some two seconds behind; after half a minute it does not. */
#define LAG_MS_MAX 30000

/* Let's Encrypt renews thirty days before the end: what is later was not renewed. */
#define CERTIFICATE_DAYS_MIN 14

/* Of descriptors and of connections, in hundredths of what there may be. */
#define NEARLY_ALL 90

__attribute__((format(printf, 2, 3))) static void say(struct status_wrong *wrong,
                                                      const char *format, ...)
{
    va_list arguments;
    if (wrong->count == STATUS_WRONG_MAX)
        return;
    va_start(arguments, format);
    (void)vsnprintf(wrong->sentences[wrong->count++], STATUS_WRONG_BYTES, format, arguments);
    va_end(arguments);
}

static void look_at_state(const struct status_subject *subject, struct status_wrong *wrong)
{
    switch (engine_state(subject->engine)) {
    case ENGINE_READY:
    case ENGINE_DRAINING:
        return;
    case ENGINE_DEGRADED:
        say(wrong, "the disk takes no writes: people see 503; free space, or look at the disk");
        return;
    case ENGINE_LOADING:
        say(wrong, "an append failed, and the office is loaded again: look at the disk");
        return;
    }
}

static void look_at_books(const struct engine *engine, struct status_wrong *wrong)
{
    struct engine_counts counts;
    engine_counts(engine, &counts);
    if (counts.unbooked_ms > LAG_MS_MAX)
        say(wrong, "the tables are %lld s behind the journal: the disk or the processor is short",
            (long long)(counts.unbooked_ms / SECOND_MS));
    if (counts.unbooked > STORE_UNBOOKED_MAX / 2)
        say(wrong, "%zu rows wait for the tables; past %d writes are refused", counts.unbooked,
            STORE_UNBOOKED_MAX);
    if (counts.failed_appends > 0)
        say(wrong, "%llu appends failed since the start: look at the log, and at the disk",
            (unsigned long long)counts.failed_appends);
}

static void look_at_server(struct http_server *server, timestamp_ms wall,
                           struct status_wrong *wrong)
{
    const timestamp_ms end = http_certificate_end(server);
    const size_t open = http_connections(server), most = http_connections_max(server);
    if (end != 0 && end <= wall)
        say(wrong, "the certificate is over: put a new one in its place, and send SIGHUP");
    else if (end != 0 && end - wall < CERTIFICATE_DAYS_MIN * DAY_MS)
        say(wrong, "the certificate is good for %lld days more: renew it, and send SIGHUP",
            (long long)((end - wall) / DAY_MS));
    if (open * 100 >= most * NEARLY_ALL)
        say(wrong, "%zu of %zu connections are taken: raise the setting connections", open, most);
}

static void look_at_process(struct status_wrong *wrong)
{
    struct process_use use;
    process_use(&use);
    if (use.descriptors * 100 >= use.descriptors_max * NEARLY_ALL)
        say(wrong, "%zu of %zu descriptors are taken: raise the limit of the system (nofile)",
            use.descriptors, use.descriptors_max);
}

void status_find_wrong(const struct status_subject *subject, struct status_wrong *wrong)
{
    wrong->count = 0;
    look_at_state(subject, wrong);
    if (engine_shown_offset(subject->engine) != 0)
        say(wrong, "the clock was set while the server ran: see whether it is right now");
    look_at_books(subject->engine, wrong);
    if (subject->api != NULL)
        look_at_server(api_server(subject->api), engine_now(subject->engine).wall, wrong);
    look_at_process(wrong);
}
