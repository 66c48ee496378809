/* See readers.h. */
#include "engine/readers.h"

#include "base/check.h"

static enum refusal refusal_of(enum result result)
{
    if (result == RESULT_OK)
        return REFUSAL_NONE;
    if (result == RESULT_NOT_FOUND)
        return REFUSAL_NOT_FOUND;
    if (result == RESULT_FULL)
        return REFUSAL_TOO_MANY_PARTS;
    return result == RESULT_NO_MEMORY ? REFUSAL_CAPACITY : REFUSAL_UNAVAILABLE;
}

static void look_up(struct readers *readers, struct store_reader *reader, struct request *request)
{
    struct call *call = &request->call;
    call->refusal = refusal_of(store_reader_look_up(reader, &call->look_up));
    if (call->refusal == REFUSAL_NONE) {
        inbox_return(readers->inbox, request);
        return;
    }
    request_complete(readers->counters, request);
    inbox_forgo(readers->inbox);
}

static void list(struct readers *readers, struct store_reader *reader, struct request *request)
{
    struct call *call = &request->call;
    call->refusal = refusal_of(store_reader_list(reader, &call->in.list, &call->out.page));
    request_complete(readers->counters, request);
}

static void read_changes(struct readers *readers, struct store_reader *reader,
                         struct request *request)
{
    struct call *call = &request->call;
    struct change_page *page = &call->out.changes;
    call->refusal = refusal_of(store_reader_changes(reader, &call->in.changes, page));
    if (call->refusal == REFUSAL_NONE && page->gone)
        call->refusal = REFUSAL_CHANGES_GONE;
    request_complete(readers->counters, request);
}

static void read_history(struct readers *readers, struct store_reader *reader,
                         struct request *request)
{
    struct call *call = &request->call;
    call->refusal = refusal_of(
        store_reader_history(reader, call->in.reservation.reservation_id, &call->out.history));
    request_complete(readers->counters, request);
}

static void read_sales(struct readers *readers, struct store_reader *reader,
                       struct request *request)
{
    struct call *call = &request->call;
    call->refusal =
        refusal_of(store_reader_sales(reader, &call->in.sales_break_down, &call->out.breakdown));
    request_complete(readers->counters, request);
}

static void read_plan(struct readers *readers, struct store_reader *reader, struct request *request)
{
    struct call *call = &request->call;
    call->refusal =
        refusal_of(store_reader_plan(reader, call->in.plan.plan_id, &call->out.drawn_plan));
    request_complete(readers->counters, request);
}

static void do_request(void *owner, size_t thread, void *job)
{
    struct readers *readers = owner;
    struct request *request = job;
    struct store_reader *reader = readers->each[thread];
    if (call_wants_look_up(&request->call))
        look_up(readers, reader, request);
    else if (verb_answers(request->call.verb) == ANSWERS_CHANGES)
        read_changes(readers, reader, request);
    else if (verb_answers(request->call.verb) == ANSWERS_HISTORY)
        read_history(readers, reader, request);
    else if (verb_answers(request->call.verb) == ANSWERS_BREAKDOWN)
        read_sales(readers, reader, request);
    else if (verb_answers(request->call.verb) == ANSWERS_DRAWN_PLAN)
        read_plan(readers, reader, request);
    else
        list(readers, reader, request);
}

void readers_ask(struct readers *readers, struct request *request)
{
    const bool returns = call_wants_look_up(&request->call);
    if (returns)
        inbox_lend(readers->inbox);
    if (workers_ask(&readers->workers, request) == RESULT_OK)
        return;
    request->call.refusal = REFUSAL_BUSY;
    request_complete(readers->counters, request);
    if (returns)
        inbox_forgo(readers->inbox);
}

enum result readers_start(struct readers *readers, size_t count, struct store *store,
                          struct inbox *inbox, struct counters *counters,
                          struct explanation *explanation)
{
    CHECK(count >= 1 && count <= READER_THREADS_MAX);
    *readers = (struct readers){.inbox = inbox, .counters = counters};
    for (; readers->opened < count; readers->opened++) {
        const enum result result =
            store_reader_open(store, &readers->each[readers->opened], explanation);
        if (result != RESULT_OK)
            return result;
    }
    const struct worker_plan plan = {
        .name = "usher-reader",
        .threads = count,
        .bound = READER_LINE_MAX,
        .work = do_request,
        .owner = readers,
    };
    const enum result result = workers_start(&readers->workers, &plan);
    if (result != RESULT_OK)
        return explain(explanation, result, "no memory or no thread for the readers");
    return RESULT_OK;
}

void readers_stop(struct readers *readers)
{
    workers_stop(&readers->workers);
    for (size_t i = 0; i < readers->opened; i++)
        store_reader_close(readers->each[i]);
    readers->opened = 0;
}
