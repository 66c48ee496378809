/* When a request may be answered, and with what: after its batch is durable, with what was decided
 * then; or, when the batch may be lost, with that. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- The table: open addressing by address, deletion by shifting back ---- */

static size_t home_of(const struct tracking *tracking, const struct request *request)
{
    return (size_t)(((uintptr_t)request >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) &
           (tracking->capacity - 1);
}

static struct tracked *find(const struct tracking *tracking, const struct request *request)
{
    if (tracking->capacity == 0)
        return NULL;
    for (size_t at = home_of(tracking, request);; at = (at + 1) & (tracking->capacity - 1)) {
        if (tracking->places[at].request == request)
            return &tracking->places[at];
        if (tracking->places[at].request == NULL)
            return NULL;
    }
}

static struct tracked *place(struct tracking *tracking, const struct request *request)
{
    size_t at = home_of(tracking, request);
    while (tracking->places[at].request != NULL && tracking->places[at].request != request)
        at = (at + 1) & (tracking->capacity - 1);
    if (tracking->places[at].request == NULL)
        tracking->count++;
    tracking->places[at].request = request;
    return &tracking->places[at];
}

static void make_room(struct tracking *tracking)
{
    if (2 * (tracking->count + 1) <= tracking->capacity)
        return;
    struct tracking old = *tracking;
    tracking->capacity = old.capacity == 0 ? 256 : 2 * old.capacity;
    tracking->places = own_allocate(tracking->capacity * sizeof *tracking->places);
    tracking->count = 0;
    for (size_t i = 0; i < old.capacity; i++)
        if (old.places[i].request != NULL)
            *place(tracking, old.places[i].request) = old.places[i];
    own_free(old.places);
}

static void take_out(struct tracking *tracking, struct tracked *tracked)
{
    const size_t mask = tracking->capacity - 1;
    size_t hole = (size_t)(tracked - tracking->places);
    for (size_t at = (hole + 1) & mask; tracking->places[at].request != NULL;
         at = (at + 1) & mask) {
        const size_t home = home_of(tracking, tracking->places[at].request);
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            tracking->places[hole] = tracking->places[at];
            hole = at;
        }
    }
    tracking->places[hole].request = NULL;
    tracking->count--;
}

/* ---- Stages ---- */

void request_decided(struct oracle *oracle, const struct request *request)
{
    struct tracking *tracking = &oracle->tracking;
    make_room(tracking);
    struct tracked *tracked = place(tracking, request);
    *tracked = (struct tracked){
        .request = request,
        .stage = STAGE_DECIDED,
        .expected = request->call.refusal,
        .created = request->call.created,
        .replayed = request->call.replayed,
        .looked_up = call_wants_look_up(&request->call) || call_wants_list(&request->call),
    };
    tracking->batch = grown(tracking->batch, tracking->batch_count, &tracking->batch_capacity,
                            sizeof(const struct request *));
    tracking->batch[tracking->batch_count++] = request;
}

static void all_become(struct oracle *oracle, enum request_stage stage, enum refusal refusal)
{
    struct tracking *tracking = &oracle->tracking;
    for (size_t i = 0; i < tracking->batch_count; i++) {
        struct tracked *tracked = find(tracking, tracking->batch[i]);
        if (tracked == NULL || tracked->stage != STAGE_DECIDED)
            continue;
        tracked->stage = stage;
        if (stage == STAGE_ABANDONED)
            tracked->expected = refusal;
    }
    tracking->batch_count = 0;
}

void requests_committed(struct oracle *oracle)
{
    all_become(oracle, STAGE_ANSWERABLE, REFUSAL_NONE);
}

void requests_abandoned(struct oracle *oracle, enum refusal refusal)
{
    all_become(oracle, STAGE_ABANDONED, refusal);
}

/* Nobody will be answered: the process died. */
void requests_forgotten(struct oracle *oracle)
{
    struct tracking *tracking = &oracle->tracking;
    if (tracking->count > 0)
        memset(tracking->places, 0, tracking->capacity * sizeof *tracking->places);
    tracking->count = tracking->batch_count = 0;
}

void requests_release(struct oracle *oracle)
{
    own_free(oracle->tracking.places);
    own_free(oracle->tracking.batch);
}

/* ---- The answer ---- */

/* What a reader that cannot look says, and what a full line does; nothing was done. */
static bool reader_failed(const struct tracked *tracked, enum refusal refusal)
{
    return tracked->looked_up && (refusal == REFUSAL_UNAVAILABLE || refusal == REFUSAL_BUSY ||
                                  refusal == REFUSAL_CAPACITY);
}

static void judge_answer(struct oracle *oracle, const struct tracked *tracked,
                         const struct call *call)
{
    if (tracked->stage == STAGE_DECIDED) {
        object_to(oracle, 10, "%s was answered before its batch was durable",
                  verb_name(call->verb));
    } else if (reader_failed(tracked, call->refusal)) {
        cover(oracle, COVERAGE_ENGINE, STATE_READER_FAILED, call->refusal);
    } else if (call->verb == VERB_RESERVATION_HISTORY && tracked->looked_up &&
               call->refusal == REFUSAL_NOT_FOUND) {
        view_no_history(oracle, call);
    } else if (call->verb == VERB_PLAN_GET && tracked->looked_up &&
               call->refusal == REFUSAL_NOT_FOUND) {
        view_no_plan(oracle, call);
    } else if (call->verb == VERB_SALES_BREAK_DOWN && tracked->looked_up &&
               call->refusal == REFUSAL_NOT_FOUND) {
        view_no_breakdown(oracle, call);
    } else if (call->refusal == REFUSAL_CHANGES_GONE && tracked->looked_up) {
        changes_judge_gone(oracle, &call->in.changes);
    } else if (call->refusal != tracked->expected) {
        object_to(oracle, tracked->stage == STAGE_ABANDONED ? 10 : 0,
                  "%s was answered %s, where %s was decided", verb_name(call->verb),
                  call->refusal == REFUSAL_NONE ? "as done" : refusal_schema(call->refusal)->name,
                  tracked->expected == REFUSAL_NONE ? "done"
                                                    : refusal_schema(tracked->expected)->name);
    } else if (call->refusal == REFUSAL_NONE &&
               (call->created != tracked->created || call->replayed != tracked->replayed)) {
        object_to(oracle, 0, "%s was answered otherwise than decided", verb_name(call->verb));
    } else if (call_wants_look_up(call)) {
        object_to(oracle, 0, "%s was answered before it was decided", verb_name(call->verb));
    } else if (call->verb == VERB_RESERVATION_HISTORY && call->refusal == REFUSAL_NONE &&
               !oracle->in_limbo) {
        view_history(oracle, call);
    } else if (call->verb == VERB_PLAN_GET && call->refusal == REFUSAL_NONE && !oracle->in_limbo) {
        view_plan(oracle, call);
    } else if (call->verb == VERB_SALES_BREAK_DOWN && call->refusal == REFUSAL_NONE &&
               !oracle->in_limbo) {
        view_breakdown(oracle, call);
    } else if (call->verb == VERB_CHANGES && call->refusal == REFUSAL_NONE && !oracle->in_limbo) {
        changes_judge(oracle, &call->in.changes, &call->out.changes);
    } else if (call_wants_list(call) && !oracle->in_limbo) {
        view_page(oracle, call);
    }
}

void request_answered(struct oracle *oracle, const struct request *request)
{
    struct tracked *tracked = find(&oracle->tracking, request);
    if (tracked == NULL) {
        object_to(oracle, 10, "%s was answered and never decided", verb_name(request->call.verb));
        return;
    }
    judge_answer(oracle, tracked, &request->call);
    take_out(&oracle->tracking, tracked);
}
