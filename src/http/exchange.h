/* One request and its answer, as bytes. An exchange lives on the I/O thread of its connection;
 * while it is suspended it belongs to the thread that works for it, which gives it back with
 * exchange_resume. What the request means is the service's business (http.h), whose own struct
 * begins with this one. */
#ifndef USHER_HTTP_EXCHANGE_H
#define USHER_HTTP_EXCHANGE_H

#include "base/address.h"
#include "base/buffer.h"
#include "base/result.h"
#include "http/request_head.h"

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

enum exchange_phase {
    EXCHANGE_RECEIVING, /* the body is coming in */
    EXCHANGE_RUNNING,   /* a step is being taken */
    EXCHANGE_SUSPENDED, /* another thread has it */
};

#define REQUEST_ID_MAX 64

/* An answer's line and headers: with the longest request id, a location and two cookies they take
 * two thirds of this. */
#define ANSWER_HEAD_BYTES_MAX 2048

/* The answer that is to be sent. Its body is `cached`, or the exchange's `out`.
 */
struct answer {
    int status;                       /* 0: not answered yet */
    struct cached_answer *cached;     /* a reference, or NULL */
    const struct coded_answer *coded; /* the form of `cached` that is sent, or NULL: as it is */
    bool bodiless;                    /* 204 and 304 */
    bool last;                        /* the connection ends with it */
    bool unsized;                     /* a stream's: only its end tells its length */
    struct stream *stream;            /* the connection's reference, until it takes it; or NULL */
    bool failed;                      /* there was no memory for its body: it can't be sent */
    size_t head_length;               /* of its line and headers, in the exchange's `answer_head` */
};

struct exchange {
    struct http_server *server;
    struct io_loop *loop;
    struct exchange *next; /* the loop's, of those that are finished or spare */
    struct connection *connection;
    const struct sockaddr *peer;     /* the connection's other end */
    const struct request_head *head; /* the connection's */
    enum exchange_phase phase;
    int64_t began_us;
    struct address address; /* whose request it is; every limit by address goes by it */
    char request_id[REQUEST_ID_MAX + 1];
    bool operations_only; /* came to the address for metrics */
    bool answering;       /* counted as one that a stop waits for */

    uint64_t received_bytes; /* of the body */
    uint64_t declared_bytes; /* UINT64_MAX: chunked, the end is not known */
    uint64_t body_bytes_max; /* that the service takes; 0 until it says so */
    bool body_pending;       /* part of it is still to come */
    bool replayed;           /* the answer is that of an earlier request under the same key */
    struct allocation *allocations;
    struct answer answer;

    /* From here on nothing is cleared for the next request: the buffers are emptied and keep their
     * memory, and of the head only what was written is sent. */
    struct buffer received, out; /* of the body, as the service keeps it; and the answer's body */
    char answer_head[ANSWER_HEAD_BYTES_MAX]; /* each line with its CR LF */
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

/* Answers that the request is refused. */
void exchange_refuse(struct exchange *exchange, enum refusal refusal);

/* ---- For the service ---- */

/* Memory that lives as long as the exchange; zeroed. NULL: no memory. */
void *exchange_allocate(struct exchange *exchange, size_t bytes);

/* Suspends the exchange: from here it belongs to the thread that will call exchange_resume, once.
 * False: the server is stopping, and the exchange was answered. */
MUST_USE bool exchange_suspend(struct exchange *exchange);
void exchange_resume(struct exchange *exchange);

/* A value of the query string; NULL: absent, or empty. */
const char *exchange_parameter(const struct exchange *exchange, const char *name);

/* Whether a text may be a request's id: 1..64 of A-Za-z0-9._- */
bool request_id_well_formed(const char *text);

#endif
