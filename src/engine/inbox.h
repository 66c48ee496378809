/* The engine's inbox: many threads put requests in, the engine's thread takes them out in the order
 * of their arrival. Bounded, without locks, and a sleeping engine is woken only when it sleeps. */
#ifndef USHER_ENGINE_INBOX_H
#define USHER_ENGINE_INBOX_H

#include "base/result.h"
#include "engine/engine.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

#define CACHE_LINE_BYTES 64

struct inbox {
    /* Newest first; the thread that puts a request in writes its `next`. */
    alignas(CACHE_LINE_BYTES) _Atomic(struct request *) newest;
    /* Admitted and not yet taken, those out for a look-up included; the top bit: closed. */
    atomic_uint length;
    alignas(CACHE_LINE_BYTES) atomic_uint sleep;      /* enum inbox_sleep; a futex */
    alignas(CACHE_LINE_BYTES) struct request *oldest; /* taken off in order; the engine's alone */
    unsigned bound;
};

/* `bound`: 1..2^30. */
void inbox_init(struct inbox *inbox, unsigned bound);

/* Any thread. RESULT_FULL: full or closed. */
MUST_USE enum result inbox_put(struct inbox *inbox, struct request *request);

/* From now on inbox_put answers RESULT_FULL. Any thread. */
void inbox_close(struct inbox *inbox);
bool inbox_closed(const struct inbox *inbox);

/* Requests that were put in and not taken yet, and those that were lent. Any thread. */
size_t inbox_length(const struct inbox *inbox);

/* Wakes the engine, or keeps it from sleeping once. Any thread. */
void inbox_wake(struct inbox *inbox);

/* ---- The engine's thread ---- */

/* The next request, or NULL. */
struct request *inbox_next(struct inbox *inbox);

/* Sleeps until something is put in, somebody wakes it, or `wait_ms` have passed. May return early.
 */
void inbox_wait(struct inbox *inbox, int64_t wait_ms);

/* True when it is closed and nothing will ever come out of it again. */
bool inbox_finished(const struct inbox *inbox);

/* ---- Requests that leave for a look-up ---- */

/* A taken request will come back: it holds its place until inbox_return or inbox_forgo. */
void inbox_lend(struct inbox *inbox);

/* Puts a lent request back, also past the bound and after closing. Any thread. */
void inbox_return(struct inbox *inbox, struct request *request);

/* A lent request was answered elsewhere. Any thread. */
void inbox_forgo(struct inbox *inbox);

#endif
