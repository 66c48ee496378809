/* One request and its answer. An exchange lives on the I/O thread of its connection; while it is
 * suspended it belongs to whoever works for it (the engine, a password worker, the importer), who
 * gives it back with exchange_resume. A handler is a chain of steps: each either answers or hands
 * work out and names the step that follows; every step runs on the I/O thread. */
#ifndef USHER_HTTP_EXCHANGE_H
#define USHER_HTTP_EXCHANGE_H

#include "base/buffer.h"
#include "engine/engine.h"
#include "http/body.h"
#include "http/credentials.h"
#include "http/request_head.h"
#include "http/router.h"
#include "http/sign_in_limit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_server;
struct io_loop;
struct connection;
struct exchange;
struct cached_answer;
struct stream;
struct sockaddr;

typedef void exchange_step(struct exchange *exchange);

enum exchange_phase {
    EXCHANGE_RECEIVING, /* the body is coming in */
    EXCHANGE_RUNNING,   /* a step is being taken */
    EXCHANGE_SUSPENDED, /* somebody else has it */
};

#define REQUEST_ID_MAX 64

#define BODY_BYTES_MAX ((size_t)64 << 10)

/* An answer's line and headers: with the longest request id, a location and two cookies they take
 * two thirds of this. */
#define ANSWER_HEAD_BYTES_MAX 2048

/* What is to be sent. Its body is `cached`, or what stands in the exchange's `out`. */
struct answer {
    int status;                   /* 0: not answered yet */
    struct cached_answer *cached; /* a reference, or NULL */
    bool bodiless;                /* 204 and 304 */
    bool last;                    /* the connection ends with it */
    bool unsized;                 /* a stream's: only its end tells its length */
    struct stream *stream;        /* the connection's reference, until it takes it; or NULL */
    bool failed;                  /* there was no memory for its body: it can't be sent */
    size_t head_length;
    char head[ANSWER_HEAD_BYTES_MAX]; /* its line and headers, each with its CR LF */
};

struct exchange {
    struct http_server *server;
    struct io_loop *loop;
    struct exchange *next; /* the loop's, of those that are finished or spare */
    struct connection *connection;
    const struct sockaddr *peer;     /* the connection's other end */
    const struct request_head *head; /* the connection's */
    const struct route *route;       /* NULL: no such path */
    struct path_match path;
    enum exchange_phase phase;
    exchange_step *next_step; /* after EXCHANGE_SUSPENDED */
    int64_t began_us;
    struct address address; /* whose request it is; every limit by address goes by it */
    char request_id[REQUEST_ID_MAX + 1];

    bool signed_in; /* the token's MAC is good; whether the session lives is the office's to say */
    struct session_token token;
    uint64_t account_key; /* in the tables of limits; set when signed in */
    struct sign_in_try sign_in_try;
    bool in_flight;       /* counted against the account */
    bool operations_only; /* came to the address for metrics */
    bool answering;       /* counted as one that a stop waits for */

    uint64_t received_bytes; /* of the body */
    uint64_t declared_bytes; /* UINT64_MAX: chunked, the end is not known */
    bool body_pending;       /* part of it is still to come */
    struct allocation *allocations;
    struct idempotency_request *idempotency; /* NULL: no key, or none that counts here */
    bool importing;                          /* holds one of the importer's places */
    struct import *import;
    void *work; /* the handler's own, from exchange_allocate */

    struct json_writer writer; /* on `out` */
    enum refusal refusal;      /* that the answer tells; REFUSAL_NONE: it is none */
    bool called;               /* `request.call` holds a call to release */

    /* From here on nothing is cleared for a request that does not need it, and the buffers keep
     * their memory for the next one. */
    struct answer answer;
    struct buffer received, out;
    struct body body; /* the parsed form of `received` */
    struct request request;
    struct password_job password;
};

/* ---- For the connection ---- */

/* A new exchange of the loop's thread. NULL: no memory. */
struct exchange *exchange_new(struct io_loop *loop);

/* Its answer is sent, or nobody is there to take it. Not suspended. */
void exchange_free(struct exchange *exchange);

/* Frees the exchanges that the loop keeps for its next requests. */
void exchange_free_spares(struct io_loop *loop);

/* The moments of a request, in order: its head is there; some of its body (`length` > 0); all of
 * it. After each the exchange is suspended, or answered, or waits for more of the body. */
void exchange_begin(struct exchange *exchange);
void exchange_receive(struct exchange *exchange, const void *data, size_t length);
void exchange_dispatch(struct exchange *exchange);

/* Takes the next step of an exchange that was resumed. Afterwards it is as after those above. */
void exchange_continue(struct exchange *exchange);

/* Its answer goes out now: counts it, and lets the account ask again. */
void exchange_leave(struct exchange *exchange);

bool exchange_answered(const struct exchange *exchange);

/* The most bytes that the route takes as a body. */
size_t exchange_body_bytes_max(const struct exchange *exchange);

/* ---- For handlers ---- */

/* Memory that lives as long as the exchange; zeroed. NULL: no memory. */
void *exchange_allocate(struct exchange *exchange, size_t bytes);

/* Who asks, as the office takes it. */
void exchange_credentials(const struct exchange *exchange, struct credentials *credentials);

/* A fresh call of this verb with the caller's credentials; the one before is released. */
struct call *exchange_call(struct exchange *exchange, enum verb verb);

/* Hands the call to the engine. `next` runs when it was decided, or could not be handed over:
 * either way call->refusal says how it went. */
void exchange_submit(struct exchange *exchange, exchange_step *next);

/* Hashes a password into exchange->password.hash, or verifies it against a hash ("": there is none,
 * and the answer is false after the usual time). `next` finds exchange->password.good. When the
 * workers' line, or the address's share of it, is full, the exchange is answered instead. */
void exchange_hash_password(struct exchange *exchange, const char *password, exchange_step *next);
void exchange_verify_password(struct exchange *exchange, const char *password, const char *hash,
                              exchange_step *next);

/* Suspends the exchange: from here it belongs to whoever calls exchange_resume, once. False: the
 * server is stopping, and the exchange was answered. */
MUST_USE bool exchange_suspend(struct exchange *exchange, exchange_step *next);
void exchange_resume(struct exchange *exchange);

/* A value of the query string; NULL: absent, or empty. */
const char *exchange_parameter(const struct exchange *exchange, const char *name);

#endif
