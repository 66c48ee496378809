/* See security_log.h. */
#include "http/security_log.h"

#include "base/check.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/server.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)

/* At their worst strangers cause a line a second of each kind, thirty megabytes a day. Changes by
 * staff come from a known account, matter one by one, and come in hundreds from a script. */
static const struct {
    const char *name;
    int64_t interval_us, burst;
} kinds[SECURITY_EVENT_COUNT] = {
    [SECURITY_SIGN_IN_REFUSED] = {"sign_in_refused", SECOND_US, 30},
    [SECURITY_FORBIDDEN] = {"forbidden", SECOND_US, 30},
    [SECURITY_CROSS_SITE] = {"cross_site", SECOND_US, 30},
    [SECURITY_STAFF_CHANGE] = {"staff_change", SECOND_US / 20, 1000},
    [SECURITY_FULL_HOUSE] = {"full_house", SECOND_US, 30},
};

#define DETAIL_BYTES 1024

void security_log_init(struct security_log *log)
{
    memset(log, 0, sizeof *log);
    for (size_t i = 0; i < SECURITY_EVENT_COUNT; i++)
        CHECK(pthread_mutex_init(&log->kinds[i].lock, NULL) == 0);
}

void security_log_release(struct security_log *log, timestamp_ms now)
{
    for (size_t i = 0; i < SECURITY_EVENT_COUNT; i++) {
        if (log->kinds[i].left_out > 0)
            log_event(LOG_WARNING, now, "security event=%s left_out=%llu", kinds[i].name,
                      (unsigned long long)log->kinds[i].left_out);
        CHECK(pthread_mutex_destroy(&log->kinds[i].lock) == 0);
    }
}

bool security_log_take(struct security_log *log, enum security_event event, int64_t now_us,
                       uint64_t *left_out)
{
    const int64_t interval_us = kinds[event].interval_us;
    CHECK(pthread_mutex_lock(&log->kinds[event].lock) == 0);
    const int64_t last_us = log->kinds[event].due_us;
    const int64_t due_us = last_us > now_us ? last_us : now_us;
    const bool good = due_us - now_us <= interval_us * (kinds[event].burst - 1);
    if (good) {
        log->kinds[event].due_us = due_us + interval_us;
        *left_out = log->kinds[event].left_out;
        log->kinds[event].left_out = 0;
    } else {
        log->kinds[event].left_out++;
    }
    CHECK(pthread_mutex_unlock(&log->kinds[event].lock) == 0);
    return good;
}

static void write_line(struct http_server *server, enum security_event event,
                       const struct address *address, uint64_t left_out, const char *detail)
{
    char address_text[ADDRESS_TEXT_BYTES] = "-", left_text[40] = "";
    if (address != NULL)
        address_format(address, address_text);
    if (left_out > 0)
        (void)snprintf(left_text, sizeof left_text, " left_out=%llu", (unsigned long long)left_out);
    log_event(event == SECURITY_STAFF_CHANGE ? LOG_INFO : LOG_WARNING, http_wall(server),
              "security event=%s address=%s%s %s", kinds[event].name, address_text, left_text,
              detail);
}

void security_tell(struct exchange *exchange, enum security_event event, const char *format, ...)
{
    struct http_server *server = exchange->server;
    uint64_t left_out;
    if (!security_log_take(&server->security, event, http_clock_us(), &left_out))
        return;
    char detail[DETAIL_BYTES];
    const int length = snprintf(detail, sizeof detail, "request=%s ", exchange->request_id);
    CHECK(length > 0 && (size_t)length < sizeof detail);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail + length, sizeof detail - (size_t)length, format, arguments);
    va_end(arguments);
    write_line(server, event, &exchange->address, left_out, detail);
}

void security_tell_full_house(struct http_server *server, const struct address *address,
                              const char *why)
{
    char detail[DETAIL_BYTES];
    uint64_t left_out;
    if (!security_log_take(&server->security, SECURITY_FULL_HOUSE, http_clock_us(), &left_out))
        return;
    (void)snprintf(detail, sizeof detail, "open=%u why=\"%s\"", atomic_load(&server->open), why);
    write_line(server, SECURITY_FULL_HOUSE, address, left_out, detail);
}
