/* See import.h. The thread and its line; what a body means is in round_plan.c. */
#include "http/import.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/handlers.h"
#include "http/problem.h"
#include "http/round_plan.h"
#include "http/server.h"
#include "http/show.h"

#include <malloc.h>
#include <stdlib.h>

/* ---- The thread ---- */

static void read_import(void *owner, size_t thread, void *job)
{
    (void)owner;
    (void)thread;
    struct import *import = job;
    struct exchange *exchange = import->exchange;
    const bool large = exchange->received.length > BODY_BYTES_MAX;
    round_plan_read(import, &exchange->body, &exchange->received);
    if (large)
        (void)malloc_trim(0); /* nothing else here takes as much; the system has it back */
    exchange_resume(exchange);
}

enum result importer_start(struct importer *importer)
{
    const struct worker_plan plan = {
        .name = "usher-import",
        .threads = 1,
        .bound = IMPORTS_MAX,
        .work = read_import,
        .owner = importer,
    };
    atomic_init(&importer->taken, 0);
    return workers_start(&importer->workers, &plan);
}

void importer_stop(struct importer *importer)
{
    workers_stop(&importer->workers);
}

bool importer_enter(struct importer *importer)
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

void import_release(struct import *import)
{
    free(import->seats);
    free(import->texts);
    free(import);
}

/* ---- The exchange's steps ---- */

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

static void answer_round(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct call *call = &exchange->request.call;
    const struct concert_round *round = &call->record->as.concert_round;
    int64_t available = round->total_seat_cnt;
    const struct round_snapshot *now =
        call->replayed ? engine_round(exchange->server->engine, round->id) : NULL;
    if (call->replayed)
        available = now == NULL ? 0 : now->available;
    if (now != NULL)
        engine_round_release(now);
    show_round(answer_begin(exchange), round, available);
    answer_created(exchange, "/v1/rounds", record_schema(RECORD_KIND_CONCERT_ROUND)->prefix,
                   round->id);
}

static void import_read(struct exchange *exchange)
{
    const struct import *import = exchange->import;
    if (import->refusal != REFUSAL_NONE) {
        problem_body(exchange, import->refusal);
        return;
    }
    struct call *call = exchange_call(exchange, VERB_ROUND_CREATE);
    call->in.round.concert_id = exchange->path.id;
    call->in.round.start_time = import->start_time;
    call->in.round.seats = import->seats;
    call->in.round.seat_count = import->seat_count;
    exchange_submit(exchange, answer_round);
}

void post_rounds(struct exchange *exchange)
{
    if (!take_place(exchange))
        return;
    exchange->import = calloc(1, sizeof *exchange->import);
    if (exchange->import == NULL) {
        problem_answer(exchange, REFUSAL_CAPACITY);
        return;
    }
    exchange->import->exchange = exchange;
    /* The line is as long as there are places. */
    if (exchange_suspend(exchange, import_read))
        CHECK(workers_ask(&exchange->server->importer.workers, exchange->import) == RESULT_OK);
}
