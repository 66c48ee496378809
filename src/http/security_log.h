/* Security events for the operator: one line of the log an event, and no more lines than a log can
 * take. An event that is left out is counted, and the next of its kind that is written, or the end
 * of the server, says how many. */
#ifndef USHER_HTTP_SECURITY_LOG_H
#define USHER_HTTP_SECURITY_LOG_H

#include "base/address.h"
#include "base/timestamp.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct exchange;
struct http_server;

enum security_event {
    SECURITY_SIGN_IN_REFUSED,
    SECURITY_FORBIDDEN,
    SECURITY_CROSS_SITE,
    SECURITY_STAFF_CHANGE,
    SECURITY_FULL_HOUSE,
    SECURITY_EVENT_COUNT
};

struct security_log {
    struct {
        pthread_mutex_t lock;
        int64_t due_us; /* as limit_entry has it */
        uint64_t left_out;
    } kinds[SECURITY_EVENT_COUNT];
};

void security_log_init(struct security_log *log);

/* Writes what was left out and never told, and ends it. */
void security_log_release(struct security_log *log, timestamp_ms now);

/* Whether an event at `now_us` is written; then `*left_out` is how many of its kind were not since
 * the last. Any thread. */
bool security_log_take(struct security_log *log, enum security_event event, int64_t now_us,
                       uint64_t *left_out);

/* Writes an event of this request, if there is room for one: its name, address and request id, then
 * the detail, in printf form, whose parts from outside the caller has escaped. */
void security_tell(struct exchange *exchange, enum security_event event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Connections have run out: the server's (no address: NULL), or those that the address may have. */
void security_tell_full_house(struct http_server *server, const struct address *address,
                              const char *why);

#endif
