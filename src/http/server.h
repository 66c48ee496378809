/* The server's parts that exchanges share; http.h is what others see. */
#ifndef USHER_HTTP_SERVER_H
#define USHER_HTTP_SERVER_H

#include "http/http.h"
#include "http/import.h"
#include "http/limit.h"
#include "http/loop.h"
#include "http/metrics.h"
#include "http/presence.h"
#include "http/shared.h"

#include <microhttpd.h>
#include <stdatomic.h>

/* Requests of one account that are being answered at the same time. */
#define IN_FLIGHT_MAX 4

/* Keys that each table of limits remembers: as many as ask within a few seconds. 8 MB each. */
#define LIMIT_ENTRIES 262144
#define SIGN_IN_ENTRIES 65536

/* Who may ask how often. */
struct limits {
    struct limit_table accounts;  /* requests a second, and requests in flight */
    struct limit_table addresses; /* requests a second of callers without a session */
    struct limit_table sign_in_accounts, sign_in_addresses;
    struct limit_table polls;      /* of one's own queue token, at the pace that it was told */
    struct limit_table heard;      /* how often a reader of public pages is reported as heard */
    struct limit_table complaints; /* of libmicrohttpd in the log: one key */
    struct limit_rate account_rate, address_rate, sign_in_account_rate, sign_in_address_rate;
};

struct http_server {
    struct engine *engine;
    struct http_options options;
    char *time_zone;
    char *tls_certificate, *tls_key; /* PEM texts, or NULL */
    struct io_loop *loops;           /* options.io_threads of them */
    int listener;
    atomic_uint accepting; /* loops that have not been told to stop */
    char url[96];
    struct secret token_key;
    struct limits limits;
    struct shared_cache shared;
    struct metrics metrics;
    struct presence presence;
    struct importer importer;
    char request_id_prefix[9];
    atomic_uint_fast64_t request_count;
    atomic_bool draining;    /* no new connections; every answer ends its connection */
    atomic_bool stopping;    /* nothing may be suspended any more */
    atomic_size_t answering; /* exchanges whose request is there and whose answer is not gone yet */
    atomic_size_t suspended; /* exchanges that somebody else has */
    atomic_size_t connections; /* that are open */
};

bool http_draining(const struct http_server *server);

/* Microseconds of a clock that never goes back. */
int64_t http_clock_us(void);

#endif
