/* See batch.h. */
#include "engine/batch.h"

#include "base/check.h"

/* What a call that puts rows is refused. */
static enum refusal barred(enum batch_mode mode)
{
    switch (mode) {
    case BATCH_SELLING:
        return REFUSAL_NONE;
    case BATCH_LAGGING:
        return REFUSAL_BUSY;
    case BATCH_FROZEN:
        return REFUSAL_READ_ONLY;
    case BATCH_CLOSED:
        return REFUSAL_UNAVAILABLE;
    }
    UNREACHABLE("batch mode");
}

static bool writes(const struct batch *batch)
{
    return batch->mode == BATCH_SELLING || batch->mode == BATCH_LAGGING;
}

bool batch_open(struct batch *batch, enum batch_mode mode, struct moment now, uint64_t seq,
                struct id_source *ids)
{
    CHECK(mode == BATCH_CLOSED || batch->office != NULL);
    batch->mode = mode;
    batch->turn = (struct turn){.now = now, .seq = seq, .ids = ids, .barred = barred(mode)};
    batch->decided = (struct request_list){0};
    batch->request_count = 0;
    return writes(batch) && office_tick(batch->office, &batch->turn);
}

bool batch_full(const struct batch *batch)
{
    size_t record_count;
    return batch->request_count >= ENGINE_BATCH_MAX ||
           (writes(batch) &&
            office_batch(batch->office, &record_count)->length >= BATCH_RECORDS_BYTES);
}

void batch_decide(struct batch *batch, struct request *request)
{
    const bool decides = batch->turn.barred == REFUSAL_NONE ||
                         (batch->mode != BATCH_CLOSED && verb_reads(request->call.verb));
    if (decides)
        office_call(batch->office, &batch->turn, &request->call);
    else
        request->call.refusal = batch->turn.barred;

    request->next = NULL;
    if (batch->decided.last == NULL)
        batch->decided.first = request;
    else
        batch->decided.last->next = request;
    batch->decided.last = request;
    batch->request_count++;
}

const struct buffer *batch_close(struct batch *batch, size_t *record_count)
{
    *record_count = 0;
    if (!writes(batch))
        return NULL;
    office_settle(batch->office, &batch->turn);
    for (struct request *request = batch->decided.first; request != NULL; request = request->next)
        office_show_settled(batch->office, &request->call);
    const struct buffer *records = office_batch(batch->office, record_count);
    return *record_count == 0 ? NULL : records;
}

void batch_commit(struct batch *batch)
{
    if (writes(batch))
        office_batch_clear(batch->office);
}

void batch_abandon(struct batch *batch, enum refusal refusal)
{
    for (struct request *request = batch->decided.first; request != NULL; request = request->next)
        request->call.refusal = refusal;
}
