/* The server's parts that exchanges share; http.h is what others see. */
#ifndef USHER_HTTP_SERVER_H
#define USHER_HTTP_SERVER_H

#include "http/acceptor.h"
#include "http/answer_cache.h"
#include "http/http.h"
#include "http/import.h"
#include "http/loop.h"
#include "http/metrics.h"
#include "http/presence.h"
#include "http/rate_limit.h"
#include "http/security_log.h"
#include "http/sign_in_limit.h"
#include "http/site.h"

#include <stdatomic.h>

/* Requests of one account that are being answered at the same time. */
#define IN_FLIGHT_MAX 4

/* Keys that each table of limits remembers: as many as ask within a few seconds. 8 MB each. */
#define LIMIT_ENTRIES 262144

/* Addresses that may have passwords in line: far more than the line is long. */
#define PASSWORD_LINE_ENTRIES 4096

/* Where HTTP is answered, and where only metrics, health and readiness are. */
#define LISTENERS_MAX 2

/* Who may ask how often. */
struct limits {
    struct limit_table accounts;  /* requests a second, and requests in flight */
    struct limit_table addresses; /* requests a second of callers without a session */
    struct sign_in_limit sign_ins;
    struct limit_table password_lines; /* passwords of an address in line */
    struct limit_table polls;          /* of one's own queue token, at the pace that it was told */
    struct limit_table heard;          /* how often a reader of public pages is reported as heard */
    struct limit_table connections;    /* open, by address */
    struct limit_rate account_rate, address_rate;
};

struct http_server {
    struct engine *engine;
    struct http_options options;
    struct site site;
    char *time_zone;
    pthread_mutex_t tls_lock;
    struct tls_config *tls; /* NULL: none; a reload puts another in its place, under the lock */
    struct io_loop *loops;  /* options.io_threads of them */
    struct listener listeners[LISTENERS_MAX];

    atomic_uint open;         /* connections of all loops */
    atomic_bool crowded;      /* somebody waits for a place: loops make room */
    atomic_int places_wanted; /* 1: a loop is to close one for who waits */
    bool accepting_stopped;   /* the first loop's */
    atomic_int_fast64_t
        retry_us; /* the first loop's: when it looks for descriptors again; 0: at once */
    atomic_uint_fast64_t
        turned_away; /* connections that an address had too many of, or without memory */

    struct secret token_key;
    struct limits limits;
    struct security_log security;
    struct answer_cache answer_cache;
    struct metrics metrics;
    struct presence presence;
    struct importer importer;
    char request_id_prefix[9];
    atomic_uint_fast64_t request_count;
    atomic_bool draining;    /* no new connections; every answer ends its connection */
    atomic_bool stopping;    /* nothing may be suspended any more */
    atomic_size_t answering; /* exchanges whose request is there and whose answer is not gone yet,
                                and streams */
    atomic_size_t suspended; /* exchanges that somebody else has */
};

bool http_draining(const struct http_server *server);

/* Microseconds of a clock that never goes back. */
int64_t http_clock_us(void);

#endif
