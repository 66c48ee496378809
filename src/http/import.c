/* See import.h. Pieces on their way to the thread and back; what a body means is in round_plan.c.
 */
#include "http/import.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/problem.h"
#include "http/round_plan.h"
#include "http/server.h"

#include <stdlib.h>

/* A body's piece is handed over when it has as many bytes: reading it takes about a millisecond,
 * beside which waking a thread twice is little. A body that the route would take of anybody is one
 * piece. */
#define PIECE_BYTES ((size_t)256 << 10)
_Static_assert(PIECE_BYTES > BODY_BYTES_MAX,
               "who sends little is asked for no place before its end");

struct import {
    struct exchange *exchange;
    struct round_plan plan;
    bool whole; /* the piece is the last */
};

/* ---- The thread ---- */

static void read_piece(void *owner, size_t thread, void *job)
{
    (void)owner;
    (void)thread;
    struct import *import = job;
    struct exchange *exchange = import->exchange;
    struct buffer *piece = &exchange->received;
    round_plan_feed(&import->plan, piece->data, piece->length);
    buffer_clear(piece);
    if (import->whole) {
        round_plan_end(&import->plan);
        buffer_release(piece);
    }
    exchange_resume(exchange);
}

enum result importer_start(struct importer *importer)
{
    const struct worker_plan plan = {
        .name = "usher-import",
        .threads = 1,
        .bound = IMPORTS_MAX,
        .work = read_piece,
        .owner = importer,
    };
    atomic_init(&importer->taken, 0);
    return workers_start(&importer->workers, &plan);
}

void importer_stop(struct importer *importer)
{
    workers_stop(&importer->workers);
}

/* Takes one of the IMPORTS_MAX places; false: all are taken. */
static bool importer_enter(struct importer *importer)
{
    size_t taken = atomic_load(&importer->taken);
    while (taken < IMPORTS_MAX)
        if (atomic_compare_exchange_weak(&importer->taken, &taken, taken + 1))
            return true;
    return false;
}

void importer_leave(struct importer *importer)
{
    CHECK(atomic_fetch_sub(&importer->taken, 1) > 0);
}

/* ---- Who may ---- */

static bool take_place(struct exchange *exchange)
{
    if (!exchange->importing)
        exchange->importing = importer_enter(&exchange->server->importer);
    if (!exchange->importing)
        problem_answer(exchange, REFUSAL_BUSY);
    return exchange->importing;
}

static void admit_organizer(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    if (exchange->request.call.record->as.user.role != USER_ROLE_ORGANIZER)
        problem_answer(exchange, REFUSAL_FORBIDDEN);
    else
        (void)take_place(exchange);
}

void import_admit(struct exchange *exchange)
{
    (void)exchange_call(exchange, VERB_USER_GET);
    exchange_submit(exchange, admit_organizer);
}

/* ---- The body ---- */

/* False: no memory, and the exchange was answered. */
static bool begin_import(struct exchange *exchange)
{
    if (exchange->import != NULL)
        return true;
    exchange->import = calloc(1, sizeof *exchange->import);
    if (exchange->import == NULL) {
        problem_answer(exchange, REFUSAL_CAPACITY);
        return false;
    }
    exchange->import->exchange = exchange;
    round_plan_init(&exchange->import->plan, &exchange->body);
    return true;
}

void import_release(struct import *import)
{
    round_plan_release(&import->plan);
    free(import);
}

static void hand_to_importer(struct exchange *exchange, exchange_step *next)
{
    /* The line is as long as there are places, and whoever has one waits in it once. */
    CHECK(exchange->importing);
    if (exchange_suspend(exchange, next))
        CHECK(workers_ask(&exchange->server->importer.workers, exchange->import) == RESULT_OK);
}

/* The piece was read, and there is room for the next. */
static void receive_on(struct exchange *exchange)
{
    CHECK(exchange->phase == EXCHANGE_RECEIVING);
}

void import_receive(struct exchange *exchange, const void *data, size_t length)
{
    struct buffer *piece = &exchange->received;
    CHECK(exchange->phase == EXCHANGE_RECEIVING);
    /* What comes after a fault that ends the reading is passed over: the answer follows the body.
     */
    if (!begin_import(exchange) || exchange->import->plan.refusal != REFUSAL_NONE)
        return;
    if (buffer_reserve(piece, length) != RESULT_OK) {
        problem_answer(exchange, REFUSAL_CAPACITY);
        return;
    }
    buffer_append(piece, data, length);
    if (piece->length >= PIECE_BYTES)
        hand_to_importer(exchange, receive_on);
}

static void answer_or_handle(struct exchange *exchange)
{
    const enum refusal refusal = exchange->import->plan.refusal;
    if (refusal == REFUSAL_NONE)
        exchange->route->handler(exchange);
    else
        problem_body(exchange, refusal);
}

void import_finish(struct exchange *exchange)
{
    if (!begin_import(exchange) || !take_place(exchange))
        return;
    exchange->import->whole = true;
    hand_to_importer(exchange, answer_or_handle);
}

const struct round_plan *import_plan(const struct exchange *exchange)
{
    CHECK(exchange->import != NULL && exchange->import->whole);
    return &exchange->import->plan;
}
