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
#include "http/router.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_server;
struct io_loop;
struct exchange;

typedef void exchange_step(struct exchange *exchange);

enum exchange_phase {
    EXCHANGE_RECEIVING, /* the body is coming in */
    EXCHANGE_RUNNING,   /* a step is being taken */
    EXCHANGE_SUSPENDED, /* somebody else has it */
};

/* The headers that matter; they live in the connection's memory. NULL: not sent. */
struct request_headers {
    const char *authorization, *cookie, *content_type, *content_length, *transfer_encoding, *expect,
        *if_none_match, *request_id, *host, *idempotency_key;
    bool ambiguous; /* one of those that may come only once came twice */
};

#define REQUEST_ID_MAX 64

#define BODY_BYTES_MAX ((size_t)64 << 10)

struct exchange {
    struct http_server *server;
    struct io_loop *loop;
    struct exchange *next; /* the loop's, of those that are finished or spare */
    struct MHD_Connection *connection;
    const struct route *route; /* NULL: no such path */
    struct path_match path;
    struct request_headers headers;
    enum exchange_phase phase;
    exchange_step *next_step; /* after EXCHANGE_SUSPENDED */
    bool given_back;          /* suspended still, but nobody else has it any more */
    int64_t began_us;
    char request_id[REQUEST_ID_MAX + 1];

    bool signed_in; /* the token's MAC is good; whether the session lives is the office's to say */
    struct session_token token;
    uint64_t account_key; /* in the tables of limits; set when signed in */
    bool in_flight;       /* counted against the account */
    bool answering;       /* counted as one that a stop waits for */

    uint64_t received_bytes;  /* of the body */
    uint64_t discarded_bytes; /* of them, those that came after a refusal */
    uint64_t declared_bytes;  /* UINT64_MAX: chunked, the end is not known */
    bool expects_continue;    /* the client waits before it sends the body */
    bool body_pending;        /* part of it is still to come */
    struct allocation *allocations;
    struct idempotency_request *idempotency; /* NULL: no key, or none that counts here */
    bool importing;                          /* holds one of the importer's places */
    struct import *import;
    void *work; /* the handler's own, from exchange_allocate */

    struct json_writer writer; /* on `out` */
    int status;
    struct MHD_Response *response; /* NULL: not answered yet */

    bool called; /* `request.call` holds a call to release */

    /* From here on nothing is cleared for a request that does not need it, and the buffers keep
     * their memory for the next one. */
    struct buffer received, out;
    struct body body; /* the parsed form of `received` */
    struct request request;
    struct password_job password;
};

/* libmicrohttpd's access handler; `owner` is the loop. */
enum MHD_Result exchange_access(void *owner, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload_data,
                                size_t *upload_data_size, void **context);

/* libmicrohttpd's notice that an exchange is over, however it ended. */
void exchange_completed(void *owner, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode reason);

/* Frees the exchanges that the loop keeps for its next requests. */
void exchange_free_spares(struct io_loop *loop);

/* The most bytes that the route takes as a body. */
size_t exchange_body_bytes_max(const struct exchange *exchange);

/* ---- For handlers ---- */

/* Memory that lives as long as the exchange; zeroed. NULL: no memory. */
void *exchange_allocate(struct exchange *exchange, size_t bytes);

/* A copy of an e-mail address in the form in which addresses are compared. NULL: no memory. */
const char *exchange_fold_email(struct exchange *exchange, const char *email);

/* Who asks, as the office takes it. */
void exchange_credentials(const struct exchange *exchange, struct credentials *credentials);

/* A fresh call of this verb with the caller's credentials; the one before is released. */
struct call *exchange_call(struct exchange *exchange, enum verb verb);

/* Hands the call to the engine. `next` runs when it was decided, or could not be handed over:
 * either way call->refusal says how it went. */
void exchange_submit(struct exchange *exchange, exchange_step *next);

/* Hashes a password into exchange->password.hash, or verifies it against a hash ("": there is none,
 * and the answer is false after the usual time). `next` finds exchange->password.good. When the
 * workers' line is full, the exchange is answered instead. */
void exchange_hash_password(struct exchange *exchange, const char *password, exchange_step *next);
void exchange_verify_password(struct exchange *exchange, const char *password, const char *hash,
                              exchange_step *next);

/* Suspends the exchange: from here it belongs to whoever calls exchange_resume, once. False: the
 * server is stopping, and the exchange was answered. */
MUST_USE bool exchange_suspend(struct exchange *exchange, exchange_step *next);
void exchange_resume(struct exchange *exchange);

/* A value of the query string; NULL: absent. `*length` may differ from strlen. */
const char *exchange_parameter(const struct exchange *exchange, const char *name, size_t *length);

#endif
