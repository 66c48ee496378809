/* The server's parts that exchanges share; http.h is what others see. */
#ifndef USHER_HTTP_SERVER_H
#define USHER_HTTP_SERVER_H

#include "http/acceptor.h"
#include "http/answer_cache.h"
#include "http/http.h"
#include "http/loop.h"
#include "http/rate_limit.h"
#include "http/security_log.h"
#include "http/site.h"

#include <stdatomic.h>

/* Addresses whose connections are counted: as many as have some within a few seconds. 8 MB. */
#define CONNECTION_ADDRESSES 262144

/* Where HTTP is answered, and where only metrics, health and readiness are. */
#define LISTENERS_MAX 2

/* The longest of them have 50 characters beside the build. */
#define CONSTANT_LINES_BYTES 256

struct http_server {
    struct http_service service;
    struct http_options options;
    struct site site;
    pthread_mutex_t tls_lock;
    struct tls_config *tls; /* NULL: none; a reload puts another in its place, under the lock */
    struct io_loop *loops;  /* options.io_threads of them */
    struct listener listeners[LISTENERS_MAX];

    /* Of the options, and may change (http_change). */
    atomic_bool log_requests;
    atomic_uint connections_per_address;

    atomic_uint open;         /* connections of all loops */
    atomic_bool crowded;      /* somebody waits for a place: loops make room */
    atomic_int places_wanted; /* 1: a loop is to close one for a client that waits */
    bool accepting_stopped;   /* the first loop's */
    atomic_int_fast64_t
        retry_us; /* the first loop's: when it looks for descriptors again; 0: at once */
    atomic_uint_fast64_t
        turned_away; /* connections that an address had too many of, or without memory */

    struct limit_table connections; /* open, by address */
    struct security_log security;
    char request_id_prefix[9];
    char constant_lines[CONSTANT_LINES_BYTES]; /* of the head of every answer */
    size_t constant_lines_length;
    atomic_uint_fast64_t request_count;
    atomic_bool draining;    /* no new connections; every answer ends its connection */
    atomic_bool stopping;    /* nothing may be suspended any more */
    atomic_size_t answering; /* exchanges whose request is there and whose answer is not gone yet,
                                and streams */
    atomic_size_t suspended; /* exchanges that other threads have */
};

/* The time on the service's clock. */
timestamp_ms http_wall(const struct http_server *server);

#endif
