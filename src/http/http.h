/* The HTTP/1.1 server: sockets, connections, requests and answers as bytes, and who may have how
 * many of them. What a request means, and what its answer says, is the business of the service that
 * it is given. Knows no routes, no JSON and nothing of the box office. */
#ifndef USHER_HTTP_HTTP_H
#define USHER_HTTP_HTTP_H

#include "base/result.h"
#include "base/timestamp.h"
#include "record/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_server;
struct exchange;
struct site;

/* The service that answers the requests. Its functions are called on the I/O thread of the exchange
 * that they are given; any thread may call `wall`. After begin, receive, dispatch and resume the
 * exchange is suspended, or answered, or waits for more of its body. */
struct http_service {
    void *owner;
    timestamp_ms (*wall)(void *owner); /* the time that people's clocks show */
    size_t exchange_bytes;             /* of the struct that begins with a struct exchange */
    size_t received_bytes_max;         /* of a body in the exchange's buffer */
    void (*init)(struct exchange *exchange,
                 void *owner);                /* a request begins; nothing of it is there */
    void (*begin)(struct exchange *exchange); /* its head is there, and good */
    void (*receive)(struct exchange *exchange, const void *data, size_t length); /* of its body */
    void (*dispatch)(struct exchange *exchange);                     /* all of it is there */
    void (*resume)(struct exchange *exchange);                       /* it was given back */
    void (*refuse)(struct exchange *exchange, enum refusal refusal); /* answers so */
    void (*leave)(struct exchange *exchange);                        /* its answer goes out now */
    void (*release)(struct exchange *exchange); /* it is over, and not suspended */
};

#define BUILD_CHARACTERS_MAX 64

struct http_options {
    const char *listen;         /* "127.0.0.1:8080", "[::1]:8080"; port 0 picks one */
    const char *metrics_listen; /* the same, of the address that only tells metrics; or NULL */
    /* Sockets in the place of the two addresses (listener_borrow); 0: none. */
    int lent_socket, lent_metrics_socket;
    const char *public_url;      /* how browsers call this server: an origin; or NULL */
    const char *trusted_proxies; /* as address_list_parse takes it; or NULL */
    const char *cors_origins;    /* as origin_list_parse takes it; or NULL */
    /* Both or neither; PEM. They live as long as the server, which reads them again. */
    const char *tls_certificate_file, *tls_key_file;
    unsigned io_threads;      /* 1..64 */
    unsigned connections_max; /* open connections */
    unsigned connections_per_address;
    unsigned head_bytes_max;        /* of a request's line and headers */
    unsigned head_seconds;          /* in which they must be there */
    unsigned body_bytes_per_second; /* that a body must keep on the whole */
    unsigned idle_seconds;          /* a silent connection is closed after this */
    bool log_requests;              /* a line each */
    bool log_json;                  /* that is an object of JSON */
    const char *build; /* of the service, told with each answer: BUILD_CHARACTERS_MAX at most */
};

/* Makes a server for a service, whose clock it asks from then on, and takes its addresses, which
 * still refuse connections: wrong options and an address in use are found before there is anything
 * to serve. The service's owner must outlive the server. */
MUST_USE enum result http_open(struct http_server **server, const struct http_service *service,
                               const struct http_options *options, struct explanation *explanation);

/* Starts answering. After a failure, http_close is owed. */
MUST_USE enum result http_start(struct http_server *server, struct explanation *explanation);

/* Frees a server that was not started. */
void http_close(struct http_server *server);

/* "http://127.0.0.1:8080", or https; lives as long as the server. */
const char *http_url(const struct http_server *server);

/* Reads the certificate and its key again, for connections that come from now on; those that are
 * open keep theirs, and sessions go on being resumed. After a failure, as tls_config_load has them,
 * everything is as it was. RESULT_NOT_FOUND: the server has no certificate. One caller at a time.
 */
MUST_USE enum result http_reload(struct http_server *server, struct explanation *explanation);

/* Until when the certificate is good that new connections get; 0: there is none. Any thread. */
timestamp_ms http_certificate_end(struct http_server *server);

/* Takes log_requests and connections_per_address as they are in the options, from the next request
 * and the next connection on. Any thread. */
void http_change(struct http_server *server, const struct http_options *options);

/* How many connections there may be, and how many are open; any thread. */
size_t http_connections_max(const struct http_server *server);
size_t http_connections(const struct http_server *server);

/* Stops accepting connections; requests in flight go on. */
void http_quiesce(struct http_server *server);

/* Waits up to `wait_ms` until every request in flight is answered, then stops and frees the server.
 * False: somebody still has a suspended exchange, and nothing was freed. */
MUST_USE bool http_stop(struct http_server *server, int64_t wait_ms);

/* ---- For the service ---- */

/* Every answer ends its connection, and no new ones come. */
bool http_draining(const struct http_server *server);

/* How the outside reaches the server; lives as long as it. */
const struct site *http_site(const struct http_server *server);

/* Microseconds of a clock that never goes back. */
int64_t http_clock_us(void);

/* Counts of connections, over all threads. */
struct http_counts {
    uint64_t open, answering; /* connections; requests that are there and not answered yet */
    uint64_t accepted, turned_away, made_room;
    uint64_t slow_heads, slow_bodies, slow_readers, idle_turns;
};
void http_counts(const struct http_server *server, struct http_counts *counts);

#endif
