/* See readers.h. */
#include "engine/readers.h"

#include "base/check.h"
#include "base/thread.h"

static enum refusal refusal_of(enum result result)
{
    switch (result) {
    case RESULT_OK:
        return REFUSAL_NONE;
    case RESULT_NO_MEMORY:
        return REFUSAL_CAPACITY;
    default:
        return REFUSAL_UNAVAILABLE;
    }
}

static void look_up(const struct reader *reader, struct request *request)
{
    struct readers *readers = reader->readers;
    struct call *call = &request->call;
    call->refusal = refusal_of(store_reader_history(reader->store_reader, &call->history));
    if (call->refusal == REFUSAL_NONE) {
        inbox_return(readers->inbox, request);
        return;
    }
    request_complete(readers->counters, request);
    inbox_forgo(readers->inbox);
}

static void list(const struct reader *reader, struct request *request)
{
    struct call *call = &request->call;
    call->refusal =
        refusal_of(store_reader_list(reader->store_reader, &call->in.list, &call->out.page));
    request_complete(reader->readers->counters, request);
}

static void *reader_run(void *argument)
{
    const struct reader *reader = argument;
    struct request *request;
    while ((request = line_next(&reader->readers->line)) != NULL) {
        if (call_wants_history(&request->call))
            look_up(reader, request);
        else
            list(reader, request);
    }
    return NULL;
}

void readers_ask(struct readers *readers, struct request *request)
{
    const bool returns = call_wants_history(&request->call);
    if (returns)
        inbox_lend(readers->inbox);
    if (line_join(&readers->line, request) == RESULT_OK)
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
    if (line_init(&readers->line, READER_LINE_MAX) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the readers' line");
    for (size_t i = 0; i < count; i++) {
        struct reader *reader = &readers->each[i];
        reader->readers = readers;
        enum result result = store_reader_open(store, &reader->store_reader, explanation);
        if (result != RESULT_OK)
            return result;
        readers->opened++;
        result = thread_start(&reader->thread, "usher-reader", reader_run, reader);
        if (result != RESULT_OK)
            return explain(explanation, result, "no thread for a reader");
        readers->started++;
    }
    return RESULT_OK;
}

void readers_stop(struct readers *readers)
{
    if (readers->line.places == NULL)
        return;
    line_close(&readers->line);
    for (size_t i = 0; i < readers->started; i++)
        thread_join(readers->each[i].thread);
    for (size_t i = 0; i < readers->opened; i++)
        store_reader_close(readers->each[i].store_reader);
    line_release(&readers->line);
}
