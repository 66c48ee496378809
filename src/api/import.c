/* See import.h. Pieces on their way to the thread and back; what a body means is in round_plan.c.
 */
#include "api/import.h"

#include "api/plan_check.h"
#include "api/plan_text.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/round_plan.h"
#include "api/seat_sheet.h"
#include "api/service.h"
#include "base/check.h"

#include <stdlib.h>

/* A body's piece is handed over when it has as many bytes: reading it takes about a millisecond,
 * beside which waking a thread twice is little. A body that the route would take of anybody is one
 * piece. */
#define PIECE_BYTES ((size_t)256 << 10)
_Static_assert(PIECE_BYTES > BODY_BYTES_MAX,
               "who sends little is asked for no place before its end");

struct import {
    struct enquiry *enquiry;
    struct round_plan plan;
    bool is_sheet; /* the body is CSV, and the plan is made of */
    struct seat_sheet sheet;
    bool whole;              /* the piece is the last */
    struct stored_text text; /* of a plan that is to be stored */
    struct plan_check check; /* of one that is to be checked */

    /* Where the body names a stored plan. */
    const struct buffer *stored_text; /* NULL: it was not read yet */
    struct round_plan stored;
    enquiry_step *after_stored;
};

/* ---- The thread ---- */

/* The body of a plan that was read as one has what is kept as its `plan`. */
static void read_stored_text(struct import *import)
{
    static const char before[] = "{\"name\":\"stored\",\"plan\":", after[] = "}";
    struct round_plan *stored = &import->stored;
    round_plan_init(stored, &import->enquiry->body, BODY_OF_stored_plan);
    round_plan_feed(stored, (const uint8_t *)before, sizeof before - 1);
    round_plan_feed(stored, import->stored_text->data, import->stored_text->length);
    round_plan_feed(stored, (const uint8_t *)after, sizeof after - 1);
    round_plan_end(stored);
    if (stored->refusal == REFUSAL_NONE)
        round_plan_take_prices(stored, &import->plan);
}

static void write_stored_text(struct import *import)
{
    struct round_plan *plan = &import->plan;
    const struct body_path path = {.key = "plan"};
    const enum result result = stored_text_init(&import->text, plan->seats, plan->seat_count);
    if (result == RESULT_FULL)
        body_error_at(plan->body, &path, RULE_PLAN_TOO_LARGE);
    if (result != RESULT_OK)
        plan->refusal = result == RESULT_FULL ? REFUSAL_INVALID_FIELD : REFUSAL_CAPACITY;
}

/* The body is there. */
static void finish_plan(struct import *import)
{
    struct round_plan *plan = &import->plan;
    if (import->is_sheet)
        seat_sheet_end(&import->sheet);
    else
        round_plan_end(plan);
    if (plan->refusal != REFUSAL_NONE)
        return;
    if (plan->form == BODY_OF_stored_plan)
        write_stored_text(import);
    else if (plan->form == BODY_OF_plan_check && plan_check_init(&import->check, plan) != RESULT_OK)
        plan->refusal = REFUSAL_CAPACITY;
}

static void read_piece(void *owner, size_t thread, void *job)
{
    (void)owner;
    (void)thread;
    struct import *import = job;
    struct enquiry *enquiry = import->enquiry;
    struct buffer *piece = &enquiry->exchange.received;
    if (import->stored_text != NULL) {
        read_stored_text(import);
        enquiry_resume(enquiry);
        return;
    }
    if (piece->length > 0 && import->is_sheet) /* an empty body never had a buffer */
        seat_sheet_feed(&import->sheet, piece->data, piece->length);
    else if (piece->length > 0)
        round_plan_feed(&import->plan, piece->data, piece->length);
    buffer_clear(piece);
    if (import->whole) {
        finish_plan(import);
        buffer_release(piece);
    }
    enquiry_resume(enquiry);
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

static bool take_place(struct enquiry *enquiry)
{
    if (!enquiry->importing)
        enquiry->importing = importer_enter(&enquiry->api->importer);
    if (!enquiry->importing)
        problem_answer(enquiry, REFUSAL_BUSY);
    return enquiry->importing;
}

static void admit_allowed(struct enquiry *enquiry)
{
    if (!problem_of_call(enquiry))
        (void)take_place(enquiry);
}

void import_admit(struct enquiry *enquiry)
{
    (void)enquiry_call(enquiry, VERB_ROUND_IMPORT);
    enquiry_submit(enquiry, admit_allowed);
}

/* ---- The body ---- */

/* A sheet has seats alone, so the query says when the round begins; JSON says it itself. False: the
 * enquiry was answered. */
static bool read_start(struct enquiry *enquiry, timestamp_ms *start_time)
{
    *start_time = 0;
    if (!enquiry->route->may_be_sheet)
        return true;
    if (!query_time(enquiry, "startTime", start_time))
        return false;
    if (enquiry->sends_sheet == (*start_time != 0))
        return true;
    const struct breach missing = {.rule = RULE_MISSING};
    const struct breach alone = {.rule = RULE_ALONE, .words = "goes with text/csv alone"};
    problem_parameter(enquiry, "startTime", enquiry->sends_sheet ? &missing : &alone);
    return false;
}

/* False: the enquiry was answered. */
static bool begin_import(struct enquiry *enquiry)
{
    timestamp_ms start_time;
    if (enquiry->import != NULL)
        return true;
    if (!read_start(enquiry, &start_time))
        return false;
    struct import *import = enquiry->import = calloc(1, sizeof *import);
    if (import == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return false;
    }
    import->enquiry = enquiry;
    round_plan_init(&import->plan, &enquiry->body, enquiry->route->body);
    import->plan.start_time = start_time;
    import->is_sheet = enquiry->sends_sheet;
    seat_sheet_init(&import->sheet, &import->plan);
    return true;
}

void import_release(struct import *import)
{
    round_plan_release(&import->plan);
    if (import->stored_text != NULL)
        round_plan_release(&import->stored);
    stored_text_release(&import->text);
    plan_check_release(&import->check);
    free(import);
}

static void hand_to_importer(struct enquiry *enquiry, enquiry_step *next)
{
    /* The line has a place for each import in progress, and each waits in it once at most. */
    CHECK(enquiry->importing);
    if (enquiry_suspend(enquiry, next))
        CHECK(workers_ask(&enquiry->api->importer.workers, enquiry->import) == RESULT_OK);
}

/* The piece was read, and there is room for the next. */
static void receive_on(struct enquiry *enquiry)
{
    CHECK(enquiry->exchange.phase == EXCHANGE_RECEIVING);
}

void import_receive(struct enquiry *enquiry, const void *data, size_t length)
{
    struct buffer *piece = &enquiry->exchange.received;
    CHECK(enquiry->exchange.phase == EXCHANGE_RECEIVING);
    /* Bytes after a fault that ended the reading are passed over: the answer follows the body. */
    if (!begin_import(enquiry) || enquiry->import->plan.refusal != REFUSAL_NONE)
        return;
    if (buffer_reserve(piece, length) != RESULT_OK) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return;
    }
    buffer_append(piece, data, length);
    if (piece->length >= PIECE_BYTES)
        hand_to_importer(enquiry, receive_on);
}

static void answer_or_handle(struct enquiry *enquiry)
{
    const enum refusal refusal = enquiry->import->plan.refusal;
    if (refusal == REFUSAL_NONE)
        enquiry->route->handler(enquiry);
    else
        problem_body(enquiry, refusal);
}

void import_finish(struct enquiry *enquiry)
{
    if (!begin_import(enquiry) || !take_place(enquiry))
        return;
    enquiry->import->whole = true;
    hand_to_importer(enquiry, answer_or_handle);
}

const struct round_plan *import_asked(const struct enquiry *enquiry)
{
    CHECK(enquiry->import != NULL && enquiry->import->whole);
    return &enquiry->import->plan;
}

const struct round_plan *import_plan(const struct enquiry *enquiry)
{
    const struct import *import = enquiry->import;
    CHECK(import != NULL && import->whole);
    return import->stored_text == NULL ? &import->plan : &import->stored;
}

const struct stored_text *import_text(const struct enquiry *enquiry)
{
    CHECK(enquiry->import != NULL && enquiry->import->text.pieces != NULL);
    return &enquiry->import->text;
}

const struct plan_check *import_check(const struct enquiry *enquiry)
{
    CHECK(enquiry->import != NULL && enquiry->import->check.findings != NULL);
    return &enquiry->import->check;
}

static void answer_or_go_on(struct enquiry *enquiry)
{
    const enum refusal refusal = enquiry->import->stored.refusal;
    if (refusal == REFUSAL_NONE)
        enquiry->import->after_stored(enquiry);
    else
        problem_body(enquiry, refusal);
}

void import_stored(struct enquiry *enquiry, const struct buffer *text, enquiry_step *next)
{
    enquiry->import->stored_text = text;
    enquiry->import->after_stored = next;
    hand_to_importer(enquiry, answer_or_go_on);
}
