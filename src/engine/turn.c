/* One turn of the engine's thread: from the inbox through a batch and the journal to the answers.
 */
#include "engine/machine.h"

#include "base/log.h"

/* The queue's public state depends on the time too, so it is published again after this long even
 * when nothing happens. */
#define IDLE_MS SECOND_MS

#define NANOSECONDS_A_MICROSECOND 1000

/* Appends between two prunings: each costs a statement, and leaves no more rows than this. */
#define PRUNE_EVERY 32

static bool ready(const struct engine *engine)
{
    return atomic_load(&engine->state) == ENGINE_READY;
}

void turn_look_at_clocks(struct engine *engine, struct moment now)
{
    struct shown_clock *clock = &engine->shown_clock;
    if (!shown_clock_look(clock, now))
        return;
    atomic_store(&engine->shown_offset_ms, clock->offset_ms);
    if (clock->offset_ms == 0)
        log_event(LOG_INFO, now.wall, "clock_right offset_ms=%lld",
                  (long long)(now.wall - now.house));
    else
        log_event(LOG_WARNING, now.wall, "clock_wrong offset_ms=%lld wall=%s",
                  (long long)clock->offset_ms, clock->offset_ms < 0 ? "behind" : "ahead");
}

/* ---- A batch ---- */

enum store_outcome turn_write_down(struct engine *engine)
{
    struct batch *batch = &engine->batch;
    size_t record_count;
    const struct buffer *records = batch_close(batch, &record_count);
    if (records != NULL) {
        const uint64_t started = engine->appended_at = monotonic_nanoseconds();
        const enum store_outcome outcome = store_append(
            engine->store, batch->turn.seq, batch->turn.now.house, records, record_count);
        if (outcome != STORE_DONE) {
            counter_add(&engine->counters.failed_appends, 1);
            return outcome;
        }
        latency_count(&engine->counters.appends,
                      (int64_t)(monotonic_nanoseconds() - started) / NANOSECONDS_A_MICROSECOND);
    }
    turn_publish(engine, batch->turn.now);
    return STORE_DONE;
}

static void count_append(struct engine *engine, size_t record_count)
{
    struct batch *batch = &engine->batch;
    counter_add(&engine->counters.batches, 1);
    counter_add(&engine->counters.records, record_count);
    counters_add_tally(&engine->counters, office_tally(batch->office));
    atomic_store(&engine->seq, batch->turn.seq);
    if (++engine->unpruned >= PRUNE_EVERY) {
        store_prune(engine->store);
        engine->unpruned = 0;
    }
}

void turn_publish(struct engine *engine, struct moment now)
{
    struct batch *batch = &engine->batch;
    size_t record_count;
    const struct buffer *records = office_batch(batch->office, &record_count);
    if (record_count > 0)
        count_append(engine, record_count);
    office_drop_finished(batch->office, store_booked_seq(engine->store));
    snapshots_publish(&engine->snapshots, batch->office, now, &engine->shown_clock);
    if (record_count > 0)
        feed_publish(&engine->feed, batch->turn.seq, batch->turn.now.house, records, record_count);
    batch_commit(batch);
}

void turn_answer(struct engine *engine)
{
    struct request *next = engine->batch.decided.first;
    counter_add(&engine->counters.requests, engine->batch.request_count);
    while (next != NULL) {
        struct request *request = next;
        next = request->next; /* completed, it is its owner's again */
        request->shown_clock = engine->shown_clock;
        if (call_wants_look_up(&request->call) || call_wants_list(&request->call))
            readers_ask(&engine->readers, request);
        else
            request_complete(&engine->counters, request);
    }
}

static enum batch_mode mode_now(const struct engine *engine)
{
    if (engine->batch.office == NULL)
        return BATCH_CLOSED;
    if (atomic_load(&engine->state) != ENGINE_READY)
        return BATCH_FROZEN;
    return store_unbooked(engine->store) > STORE_UNBOOKED_MAX ? BATCH_LAGGING : BATCH_SELLING;
}

void turn_take(struct engine *engine)
{
    struct batch *batch = &engine->batch;
    struct request *request;
    counter_add(&engine->moves, 1);
    if (!ready(engine) && house_clock_now(&engine->clock).house >= engine->retry_at)
        recovery_attempt(engine);
    const enum batch_mode mode = mode_now(engine);
    const struct moment now = house_clock_now(&engine->clock);
    turn_look_at_clocks(engine, now);
    const bool more = batch_open(batch, mode, now, atomic_load(&engine->seq) + 1, &engine->ids);
    while (!more && !batch_full(batch) && (request = inbox_next(&engine->inbox)) != NULL)
        batch_decide(batch, request);

    const bool writes = mode == BATCH_SELLING || mode == BATCH_LAGGING;
    const enum store_outcome outcome = writes ? turn_write_down(engine) : STORE_DONE;
    if (outcome == STORE_DONE)
        turn_answer(engine);
    else
        recovery_begin(engine, outcome);
}

int64_t turn_wait_ms(const struct engine *engine)
{
    const struct moment now = house_clock_now(&engine->clock);
    const timestamp_ms due =
        ready(engine) ? office_next_due(engine->batch.office, now) : engine->retry_at;
    if (due <= now.house)
        return 0;
    return due - now.house < IDLE_MS ? due - now.house : IDLE_MS;
}
