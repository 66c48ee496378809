/* One request as the API sees it: its route, who asks, what the body says, what is asked of the
 * engine, and the answer as JSON. It lives and is suspended with its exchange, which it begins
 * with. A handler is a chain of steps: each either answers or hands work out and names the step
 * that follows; every step runs on the exchange's I/O thread. */
#ifndef USHER_API_ENQUIRY_H
#define USHER_API_ENQUIRY_H

#include "api/credentials.h"
#include "api/router.h"
#include "api/sign_in_limit.h"
#include "engine/engine.h"
#include "http/exchange.h"
#include "json/value.h"

#include <stdbool.h>
#include <stdint.h>

struct api;
struct enquiry;
struct http_service;
struct idempotency_request;
struct import;
struct limit_table;

typedef void enquiry_step(struct enquiry *enquiry);

#define BODY_BYTES_MAX ((size_t)64 << 10)

struct enquiry {
    struct exchange exchange; /* first: HTTP makes the two as one */
    struct api *api;
    const struct route *route; /* NULL: no such path */
    struct path_match path;
    enquiry_step *next_step; /* after it was suspended */

    bool signed_in; /* the token's MAC is good; whether the session lives is the office's to say */
    bool with_key;  /* or an API key's MAC, and the token is the key's */
    struct session_token token;
    uint64_t account_key; /* in the tables of limits; set when signed in */
    struct sign_in_try sign_in_try;
    struct limit_table
        *counted_in;  /* as one of the account's, until it is answered; NULL: nowhere */
    bool sees_drafts; /* the office said so (draft.h) */

    struct idempotency_request *idempotency; /* NULL: no key, or none that counts here */
    bool sends_sheet;                        /* its body is CSV */
    bool importing;                          /* holds one of the importer's places */
    struct import *import;
    void *work;         /* the handler's own, from exchange_allocate */
    const char *reason; /* why somebody asks, in their words; NULL: it is not said */

    struct json_writer writer; /* on the exchange's `out` */
    enum refusal refusal;      /* that the answer tells; REFUSAL_NONE: it is none */
    bool called;               /* `request.call` holds a call to release */

    /* These are not cleared with the rest: body_init, enquiry_call, and a password's steps do it.
     */
    struct body body; /* the parsed form of what was received */
    struct request request;
    struct password_job password;
};

/* Sets the functions that http.h asks of the API, but for the clock. */
void enquiry_serve(struct http_service *service);

/* ---- For handlers ---- */

/* The caller's credentials, as the office takes them. */
void enquiry_credentials(const struct enquiry *enquiry, struct credentials *credentials);

/* A fresh call of this verb with the caller's credentials; the one before is released. */
struct call *enquiry_call(struct enquiry *enquiry, enum verb verb);

/* Hands the call to the engine. `next` runs when it was decided, or could not be handed over:
 * either way call->refusal says how it went. */
void enquiry_submit(struct enquiry *enquiry, enquiry_step *next);

/* Hashes a password into enquiry->password.hash, or verifies it against a hash ("": there is none,
 * and the answer is false after the usual time). `next` finds enquiry->password.good. When the
 * workers' line, or the address's share of it, is full, the enquiry is answered instead. */
void enquiry_hash_password(struct enquiry *enquiry, const char *password, enquiry_step *next);
void enquiry_verify_password(struct enquiry *enquiry, const char *password, const char *hash,
                             enquiry_step *next);

/* As exchange_suspend and exchange_resume have it; `next` is the step that follows. */
MUST_USE bool enquiry_suspend(struct enquiry *enquiry, enquiry_step *next);
void enquiry_resume(struct enquiry *enquiry);

/* Counts the request among the caller's of this table until it is answered, of which there may be
 * `max`. False: there are, and the enquiry was answered. */
MUST_USE bool enquiry_count_in(struct enquiry *enquiry, struct limit_table *table, uint32_t max);

/* From here on the request waits for something to happen, which takes no turn from others: it is
 * one of the caller's long polls, and none of those in flight. False: there are LONG_POLLS_MAX, and
 * the enquiry was answered. */
MUST_USE bool enquiry_become_long_poll(struct enquiry *enquiry);

/* A step: what was to be handed over found its line full, or the server is stopping. */
void enquiry_answer_busy(struct enquiry *enquiry);

bool enquiry_answered(const struct enquiry *enquiry);

#endif
