/* See readers.h. Defines what src/engine/readers.c does, so that file is not linked. */
#include "server/readers.h"

#include "base/check.h"

/* struct readers has a line of pointers for threads, but no room for this one. Its server is the
 * only one. */
static struct {
    struct request_list requests;
    size_t length;
    struct request *read; /* history was, and it is on its way back to the engine */
} waiting;

void readers_ask(struct readers *readers, struct request *request)
{
    const bool returns = call_wants_look_up(&request->call);
    if (returns)
        inbox_lend(readers->inbox);
    if (waiting.length == READER_LINE_MAX) {
        request->call.refusal = REFUSAL_BUSY;
        request_complete(readers->counters, request);
        if (returns)
            inbox_forgo(readers->inbox);
        return;
    }
    request->next = NULL;
    if (waiting.requests.last == NULL)
        waiting.requests.first = request;
    else
        waiting.requests.last->next = request;
    waiting.requests.last = request;
    waiting.length++;
}

static enum refusal refusal_of(enum result result)
{
    if (result == RESULT_OK)
        return REFUSAL_NONE;
    return result == RESULT_NO_MEMORY ? REFUSAL_CAPACITY : REFUSAL_UNAVAILABLE;
}

static void history(struct readers *readers, struct store_reader *reader, struct request *request)
{
    request->call.refusal = refusal_of(store_reader_look_up(reader, &request->call.look_up));
    if (request->call.refusal == REFUSAL_NONE) {
        waiting.read = request;
        return;
    }
    request_complete(readers->counters, request);
    inbox_forgo(readers->inbox);
}

bool readers_look_up(struct readers *readers, struct store_reader *reader)
{
    if (waiting.read != NULL) {
        inbox_return(readers->inbox, waiting.read);
        waiting.read = NULL;
        return true;
    }
    struct request *request = waiting.requests.first;
    if (request == NULL)
        return false;
    waiting.requests.first = request->next;
    if (waiting.requests.first == NULL)
        waiting.requests.last = NULL;
    waiting.length--;
    struct call *call = &request->call;
    if (call_wants_look_up(call)) {
        history(readers, reader, request);
        return true;
    }
    if (call->verb == VERB_RESERVATION_HISTORY) {
        const enum result result =
            store_reader_history(reader, call->in.reservation.reservation_id, &call->out.history);
        call->refusal = result == RESULT_NOT_FOUND ? REFUSAL_NOT_FOUND : refusal_of(result);
        request_complete(readers->counters, request);
        return true;
    }
    if (call->verb == VERB_PLAN_GET) {
        const enum result result =
            store_reader_plan(reader, call->in.plan.plan_id, &call->out.drawn_plan);
        call->refusal = result == RESULT_NOT_FOUND ? REFUSAL_NOT_FOUND : refusal_of(result);
        request_complete(readers->counters, request);
        return true;
    }
    if (call->verb == VERB_SALES_BREAK_DOWN) {
        const enum result result =
            store_reader_sales(reader, &call->in.sales_break_down, &call->out.breakdown);
        call->refusal = result == RESULT_NOT_FOUND ? REFUSAL_NOT_FOUND : refusal_of(result);
        request_complete(readers->counters, request);
        return true;
    }
    if (call->verb == VERB_CHANGES) {
        struct change_page *page = &call->out.changes;
        call->refusal = refusal_of(store_reader_changes(reader, &call->in.changes, page));
        if (call->refusal == REFUSAL_NONE && page->gone)
            call->refusal = REFUSAL_CHANGES_GONE;
        request_complete(readers->counters, request);
        return true;
    }
    call->refusal = refusal_of(store_reader_list(reader, &call->in.list, &call->out.page));
    request_complete(readers->counters, request);
    return true;
}

void readers_forget(void)
{
    waiting.requests = (struct request_list){0};
    waiting.length = 0;
    waiting.read = NULL;
}

/* ---- The threads that src/engine/engine.c would start; here nobody starts an engine so ---- */

enum result readers_start(struct readers *readers, size_t count, struct store *store,
                          struct inbox *inbox, struct counters *counters,
                          struct explanation *explanation)
{
    (void)readers;
    (void)count;
    (void)store;
    (void)inbox;
    (void)counters;
    return explain(explanation, RESULT_NO_MEMORY, "the simulator has no threads");
}

void readers_stop(struct readers *readers)
{
    (void)readers;
}
