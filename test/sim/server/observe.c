/* See observe.h. */
#include "server/observe.h"

#include "disk/own_memory.h"

/* The functions that are listened to have no argument for it. */
static const struct server_observer *listener;

void observe(const struct server_observer *observer)
{
    listener = observer;
}

/* Who is told what happens now; NULL: nobody. */
static const struct server_observer *told(void)
{
    return disk_is_dead(disk_current()) ? NULL : listener;
}

/* What the batch has put down since it had `from` bytes in `count_before` records. */
static struct record_span span_from(const struct batch *batch, size_t from, size_t count_before)
{
    size_t count;
    if (batch->office == NULL)
        return (struct record_span){0};
    const struct buffer *records = office_batch(batch->office, &count);
    if (records->length == from)
        return (struct record_span){0};
    return (struct record_span){
        .data = records->data + from,
        .length = records->length - from,
        .count = count - count_before,
    };
}

static size_t batch_length(const struct batch *batch, size_t *count)
{
    *count = 0;
    return batch->office == NULL ? 0 : office_batch(batch->office, count)->length;
}

/* ---- The names are the linker's ---- */

bool __real_batch_open(struct batch *batch, enum batch_mode mode, struct moment now, uint64_t seq,
                       struct id_source *ids);
bool __wrap_batch_open(struct batch *batch, enum batch_mode mode, struct moment now, uint64_t seq,
                       struct id_source *ids);
void __real_batch_decide(struct batch *batch, struct request *request);
void __wrap_batch_decide(struct batch *batch, struct request *request);
const struct buffer *__real_batch_close(struct batch *batch, size_t *record_count);
const struct buffer *__wrap_batch_close(struct batch *batch, size_t *record_count);
void __real_batch_commit(struct batch *batch);
void __wrap_batch_commit(struct batch *batch);
enum store_outcome __real_store_settle(struct store *store, uint64_t seq, timestamp_ms house_time,
                                       const struct buffer *records, size_t record_count,
                                       struct explanation *explanation);
enum store_outcome __wrap_store_settle(struct store *store, uint64_t seq, timestamp_ms house_time,
                                       const struct buffer *records, size_t record_count,
                                       struct explanation *explanation);
enum store_outcome __real_store_append(struct store *store, uint64_t seq, timestamp_ms house_time,
                                       const struct buffer *records, size_t record_count);
enum store_outcome __wrap_store_append(struct store *store, uint64_t seq, timestamp_ms house_time,
                                       const struct buffer *records, size_t record_count);
enum result __real_store_load(struct store *store, timestamp_ms now,
                              const struct store_loader *loader, struct store_position *position,
                              struct explanation *explanation);
enum result __wrap_store_load(struct store *store, timestamp_ms now,
                              const struct store_loader *loader, struct store_position *position,
                              struct explanation *explanation);
enum result __real_office_load(struct office *office, const struct record *record,
                               struct explanation *why);
enum result __wrap_office_load(struct office *office, const struct record *record,
                               struct explanation *why);
enum result __real_office_open(struct office *office, struct moment now, uint64_t last_seq,
                               const struct house_keys *keys, struct explanation *why);
enum result __wrap_office_open(struct office *office, struct moment now, uint64_t last_seq,
                               const struct house_keys *keys, struct explanation *why);

bool __wrap_batch_open(struct batch *batch, enum batch_mode mode, struct moment now, uint64_t seq,
                       struct id_source *ids)
{
    const bool more = __real_batch_open(batch, mode, now, seq, ids);
    const struct server_observer *observer = told();
    if (observer != NULL) {
        const unsigned suspended = memory_suspend();
        observer->batch_opened(observer->owner, mode, &batch->turn, span_from(batch, 0, 0));
        memory_resume(suspended);
    }
    return more;
}

void __wrap_batch_decide(struct batch *batch, struct request *request)
{
    size_t count;
    const size_t length = batch_length(batch, &count);
    __real_batch_decide(batch, request);
    const struct server_observer *observer = told();
    if (observer != NULL) {
        const unsigned suspended = memory_suspend();
        observer->call_decided(observer->owner, request, span_from(batch, length, count));
        memory_resume(suspended);
    }
}

const struct buffer *__wrap_batch_close(struct batch *batch, size_t *record_count)
{
    size_t count;
    const size_t length = batch_length(batch, &count);
    const struct buffer *records = __real_batch_close(batch, record_count);
    const struct server_observer *observer = told();
    if (observer != NULL) {
        const unsigned suspended = memory_suspend();
        observer->batch_closed(observer->owner, span_from(batch, length, count));
        memory_resume(suspended);
    }
    return records;
}

void __wrap_batch_commit(struct batch *batch)
{
    __real_batch_commit(batch);
    const struct server_observer *observer = told();
    if (observer != NULL) {
        const unsigned suspended = memory_suspend();
        observer->batch_committed(observer->owner);
        memory_resume(suspended);
    }
}

enum store_outcome __wrap_store_append(struct store *store, uint64_t seq, timestamp_ms house_time,
                                       const struct buffer *records, size_t record_count)
{
    const enum store_outcome outcome =
        __real_store_append(store, seq, house_time, records, record_count);
    const struct server_observer *observer = told();
    if (observer != NULL) {
        const unsigned suspended = memory_suspend();
        observer->append_returned(observer->owner, seq, outcome);
        memory_resume(suspended);
    }
    return outcome;
}

enum store_outcome __wrap_store_settle(struct store *store, uint64_t seq, timestamp_ms house_time,
                                       const struct buffer *records, size_t record_count,
                                       struct explanation *explanation)
{
    const enum store_outcome outcome =
        __real_store_settle(store, seq, house_time, records, record_count, explanation);
    const struct server_observer *observer = told();
    if (observer != NULL) {
        const unsigned suspended = memory_suspend();
        observer->settle_returned(observer->owner, seq, outcome);
        memory_resume(suspended);
    }
    return outcome;
}

enum result __wrap_store_load(struct store *store, timestamp_ms now,
                              const struct store_loader *loader, struct store_position *position,
                              struct explanation *explanation)
{
    const struct server_observer *observer = told();
    if (observer != NULL && observer->load_began != NULL) {
        const unsigned suspended = memory_suspend();
        observer->load_began(observer->owner);
        memory_resume(suspended);
    }
    return __real_store_load(store, now, loader, position, explanation);
}

enum result __wrap_office_load(struct office *office, const struct record *record,
                               struct explanation *why)
{
    const struct server_observer *observer = told();
    if (observer != NULL && observer->row_loaded != NULL) {
        const unsigned suspended = memory_suspend();
        observer->row_loaded(observer->owner, record);
        memory_resume(suspended);
    }
    return __real_office_load(office, record, why);
}

/* The engine opens an office only with everything that the disk holds in it. */
enum result __wrap_office_open(struct office *office, struct moment now, uint64_t last_seq,
                               const struct house_keys *keys, struct explanation *why)
{
    const enum result result = __real_office_open(office, now, last_seq, keys, why);
    const struct server_observer *observer = told();
    if (observer != NULL && result == RESULT_OK) {
        const unsigned suspended = memory_suspend();
        observer->loaded(observer->owner, last_seq);
        memory_resume(suspended);
    }
    return result;
}
