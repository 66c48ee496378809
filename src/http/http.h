/* The HTTP server: api.md over HTTP/1.1. Knows routes, JSON and sessions' wire form; no rules,
 * no SQL. */
#ifndef USHER_HTTP_HTTP_H
#define USHER_HTTP_HTTP_H

#include "base/result.h"
#include "engine/engine.h"

struct http_server;

struct http_options {
    const char *listen;          /* "127.0.0.1:8080", "[::1]:8080"; port 0 picks one */
    const char *metrics_listen;  /* the same, of the address that only tells metrics; or NULL */
    const char *public_url;      /* how browsers call this server: an origin; or NULL */
    const char *trusted_proxies; /* as address_list_parse takes it; or NULL */
    /* Both or neither; PEM. They live as long as the server, which reads them again. */
    const char *tls_certificate_file, *tls_key_file;
    const char *time_zone;           /* told by GET /v1/settings: an IANA name */
    struct office_settings settings; /* told by GET /v1/settings and /v1/queue */
    unsigned io_threads;             /* 1..64 */
    unsigned connections_max;        /* open connections */
    unsigned connections_per_address;
    unsigned head_bytes_max;        /* of a request's line and headers */
    unsigned head_seconds;          /* in which they must be there */
    unsigned body_bytes_per_second; /* that a body must keep on the whole */
    unsigned idle_seconds;          /* a silent connection is closed after this */
    /* Requests a second, sustained; twice as many in a burst. */
    unsigned account_requests_per_second, address_requests_per_second;
    unsigned account_sign_ins_per_minute, address_sign_ins_per_minute;
    bool log_requests; /* a line each */
};

/* Makes a server and takes its addresses, which refuse connections yet: what is wrong with the
 * options, and an address that somebody else has, is found before there is an engine. */
MUST_USE enum result http_open(struct http_server **server, const struct http_options *options,
                               struct explanation *explanation);

/* Starts answering. The engine must outlive the server. After a failure, http_close is owed. */
MUST_USE enum result http_start(struct http_server *server, struct engine *engine,
                                struct explanation *explanation);

/* Frees a server that was not started. */
void http_close(struct http_server *server);

/* "http://127.0.0.1:8080", or https; lives as long as the server. */
const char *http_url(const struct http_server *server);

/* Reads the certificate and its key again, for connections that come from now on; those that are
 * open keep theirs, and sessions go on being resumed. After a failure, as tls_config_load has them,
 * everything is as it was. RESULT_NOT_FOUND: the server has no certificate. One caller at a time.
 */
MUST_USE enum result http_reload(struct http_server *server, struct explanation *explanation);

/* How many are open; any thread. */
size_t http_connections(const struct http_server *server);

/* Stops accepting connections; requests in flight go on. */
void http_quiesce(struct http_server *server);

/* Waits up to `wait_ms` until every request in flight is answered, then stops and frees the server.
 */
void http_stop(struct http_server *server, int64_t wait_ms);

#endif
