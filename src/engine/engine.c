/* The engine's life, its thread, and the answers that any thread may ask of it. */
#include "engine/machine.h"

#include "base/check.h"
#include "base/log.h"
#include "engine/thread.h"

#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* The queue's public state depends on the time too, so it is published again after this long even
 * when nothing happens. */
#define IDLE_MS SECOND_MS

/* Appends between two prunings: each costs a statement, and leaves no more rows than this. */
#define PRUNE_EVERY 64

/* ---- A batch ---- */

enum store_outcome engine_write_down(struct engine *engine)
{
    struct batch *batch = &engine->batch;
    size_t record_count;
    const struct buffer *records = batch_close(batch, &record_count);
    if (records != NULL) {
        const uint64_t started = monotonic_nanoseconds();
        const enum store_outcome outcome = store_append(
            engine->store, batch->turn.seq, batch->turn.now.house, records, record_count);
        if (outcome != STORE_DONE) {
            counter_add(&engine->counters.failed_appends, 1);
            return outcome;
        }
        counter_add(&engine->counters.append_nanoseconds, monotonic_nanoseconds() - started);
        counter_add(&engine->counters.batches, 1);
        counter_add(&engine->counters.records, record_count);
        atomic_store(&engine->seq, batch->turn.seq);
        if (++engine->unpruned >= PRUNE_EVERY) {
            store_prune(engine->store);
            engine->unpruned = 0;
        }
    }
    batch_commit(batch);
    office_drop_finished(batch->office, store_booked_seq(engine->store));
    snapshots_publish(&engine->snapshots, batch->office, batch->turn.now);
    return STORE_DONE;
}

void engine_answer(struct engine *engine)
{
    struct request *next = engine->batch.decided.first;
    counter_add(&engine->counters.requests, engine->batch.request_count);
    while (next != NULL) {
        struct request *request = next;
        next = request->next; /* completed, it is its owner's again */
        if (call_wants_history(&request->call) || call_wants_list(&request->call))
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

static void take_turn(struct engine *engine)
{
    struct batch *batch = &engine->batch;
    struct request *request;
    const enum batch_mode mode = mode_now(engine);
    const bool more = batch_open(batch, mode, house_clock_now(&engine->clock),
                                 atomic_load(&engine->seq) + 1, &engine->ids);
    while (!more && !batch_full(batch) && (request = inbox_next(&engine->inbox)) != NULL)
        batch_decide(batch, request);

    const bool writes = mode == BATCH_SELLING || mode == BATCH_LAGGING;
    const enum store_outcome outcome = writes ? engine_write_down(engine) : STORE_DONE;
    if (outcome == STORE_DONE)
        engine_answer(engine);
    else
        recovery_begin(engine, outcome);
}

/* ---- The thread ---- */

static bool ready(const struct engine *engine)
{
    return atomic_load(&engine->state) == ENGINE_READY;
}

static int64_t wait_ms(const struct engine *engine)
{
    const struct moment now = house_clock_now(&engine->clock);
    const timestamp_ms due =
        ready(engine) ? office_next_due(engine->batch.office, now) : engine->retry_at;
    if (due <= now.house)
        return 0;
    return due - now.house < IDLE_MS ? due - now.house : IDLE_MS;
}

static void *engine_run(void *argument)
{
    struct engine *engine = argument;
    while (!atomic_load(&engine->stop) || !inbox_finished(&engine->inbox)) {
        inbox_wait(&engine->inbox, wait_ms(engine));
        if (!ready(engine) && house_clock_now(&engine->clock).house >= engine->retry_at)
            recovery_attempt(engine);
        take_turn(engine);
    }
    return NULL;
}

/* ---- Life ---- */

static struct engine *engine_new(struct store *store, const struct engine_options *options)
{
    struct engine *engine = aligned_alloc(alignof(struct engine), sizeof *engine);
    if (engine == NULL)
        return NULL;
    memset(engine, 0, sizeof *engine);
    inbox_init(&engine->inbox, ENGINE_INBOX_MAX);
    snapshots_init(&engine->snapshots);
    atomic_init(&engine->state, ENGINE_LOADING);
    atomic_init(&engine->stop, false);
    atomic_init(&engine->seq, 0);
    engine->store = store;
    engine->settings = options->settings;
    uint64_t seed[4];
    randombytes_buf(seed, sizeof seed);
    id_source_init(&engine->ids, seed);
    randombytes_buf(engine->token_key.bytes, sizeof engine->token_key.bytes);
    return engine;
}

/* Loads the office, writes what a downtime moved, and publishes. The clocks start. */
static enum result open_office(struct engine *engine, struct explanation *explanation)
{
    struct store_position position;
    enum result result = recovery_load(engine, &position, explanation);
    if (result != RESULT_OK)
        return result;
    house_clock_start(&engine->clock, position.house_time);
    const struct moment now = house_clock_now(&engine->clock);
    result = office_open(engine->batch.office, now, position.seq, &engine->token_key);
    if (result != RESULT_OK)
        return explain(explanation, result, "the rows of the data directory contradict each other");
    engine->token_key = office_token_key(engine->batch.office);
    engine->settings.given = (struct queue_change){0}; /* said once, not at every reload */
    const enum store_outcome outcome = recovery_first_batch(engine);
    if (outcome == STORE_DONE) {
        atomic_store(&engine->state, ENGINE_READY);
    } else {
        if (position.seq == 0)
            return explain(explanation, RESULT_IO, "the data directory cannot be written");
        recovery_begin(engine, outcome);
    }
    return engine->snapshots.catalogue != NULL
               ? RESULT_OK
               : explain(explanation, RESULT_NO_MEMORY, "no memory for the catalogue");
}

static enum result start_threads(struct engine *engine, const struct engine_options *options,
                                 struct explanation *explanation)
{
    enum result result =
        passwords_start(&engine->passwords, options->password_threads, explanation);
    if (result == RESULT_OK)
        result = readers_start(&engine->readers, options->reader_threads, engine->store,
                               &engine->inbox, &engine->counters, explanation);
    if (result == RESULT_OK)
        result = bookkeeper_start(&engine->bookkeeper, engine->store, &engine->inbox, explanation);
    if (result != RESULT_OK)
        return result;
    if (thread_start(&engine->thread, "usher-engine", engine_run, engine) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no thread for the engine");
    engine->started = true;
    return RESULT_OK;
}

/* Ends whatever was started, in the order in which work flows: each may still hand something to the
 * ones that end after it. */
static void tear_down(struct engine *engine, int64_t book_ms)
{
    inbox_close(&engine->inbox);
    if (engine->started) {
        atomic_store(&engine->stop, true);
        inbox_wake(&engine->inbox);
        thread_join(engine->thread);
    }
    readers_stop(&engine->readers);
    passwords_stop(&engine->passwords);
    bookkeeper_stop(&engine->bookkeeper, book_ms);
    snapshots_release(&engine->snapshots);
    office_free(engine->batch.office);
    free(engine);
}

enum result engine_start(struct engine **started, struct store *store,
                         const struct engine_options *options, struct explanation *explanation)
{
    *started = NULL;
    if (sodium_init() < 0)
        return explain(explanation, RESULT_IO, "the system gives no random numbers");
    struct engine *engine = engine_new(store, options);
    if (engine == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the engine");
    const uint64_t start = monotonic_nanoseconds();
    enum result result = open_office(engine, explanation);
    if (result == RESULT_OK)
        result = start_threads(engine, options, explanation);
    if (result != RESULT_OK) {
        tear_down(engine, 0);
        return result;
    }
    struct office_counts counts;
    snapshots_counts(&engine->snapshots, &counts);
    log_event(LOG_INFO, wall_now(),
              "engine_started seq=%llu users=%zu tokens=%zu seats=%zu reservations=%zu ms=%llu",
              (unsigned long long)atomic_load(&engine->seq), counts.users, counts.tokens,
              counts.seats, counts.reservations,
              (unsigned long long)((monotonic_nanoseconds() - start) / 1000000));
    *started = engine;
    return RESULT_OK;
}

void engine_stop(struct engine *engine, int64_t book_ms)
{
    struct store *store = engine->store;
    log_event(LOG_INFO, wall_now(), "engine_stopping waiting=%zu", inbox_length(&engine->inbox));
    tear_down(engine, book_ms);
    log_event(LOG_INFO, wall_now(), "engine_stopped unbooked=%zu", store_unbooked(store));
}

void engine_drain(struct engine *engine)
{
    inbox_close(&engine->inbox);
    passwords_drain(&engine->passwords);
}

enum engine_state engine_state(const struct engine *engine)
{
    return inbox_closed(&engine->inbox) ? ENGINE_DRAINING
                                        : (enum engine_state)atomic_load(&engine->state);
}

/* ---- Asked by any thread ---- */

enum result engine_submit(struct engine *engine, struct request *request)
{
    const enum result result = inbox_put(&engine->inbox, request);
    if (result != RESULT_OK)
        counter_add(&engine->counters.refused_full, 1);
    return result;
}

enum result engine_password(struct engine *engine, struct password_job *job)
{
    const enum result result = passwords_ask(&engine->passwords, job);
    if (result != RESULT_OK)
        counter_add(&engine->counters.refused_full, 1);
    return result;
}

struct moment engine_now(const struct engine *engine)
{
    return house_clock_now(&engine->clock);
}

struct secret engine_token_key(const struct engine *engine)
{
    return engine->token_key;
}

/* What is constant to those who ask has locks that they take. */
static struct engine *unlocked(const struct engine *engine)
{
    return (struct engine *)engine;
}

uint64_t engine_queue(const struct engine *engine, struct queue_view *view)
{
    return snapshots_queue(&unlocked(engine)->snapshots, view);
}

const struct catalogue_snapshot *engine_catalogue(const struct engine *engine)
{
    return snapshots_catalogue(&unlocked(engine)->snapshots);
}

const struct round_snapshot *engine_round(const struct engine *engine, struct id round_id)
{
    return snapshots_round(&unlocked(engine)->snapshots, round_id);
}

void engine_counts(const struct engine *engine, struct engine_counts *counts)
{
    struct engine *asked = unlocked(engine);
    const struct counters *counters = &engine->counters;
    *counts = (struct engine_counts){
        .batches = counter_read(&counters->batches),
        .requests = counter_read(&counters->requests),
        .records = counter_read(&counters->records),
        .refused_full = counter_read(&counters->refused_full),
        .failed_appends = counter_read(&counters->failed_appends),
        .reloads = counter_read(&counters->reloads),
        .append_nanoseconds = counter_read(&counters->append_nanoseconds),
        .inbox_length = inbox_length(&engine->inbox),
        .password_line = line_length(&asked->passwords.line),
        .reader_line = line_length(&asked->readers.line),
        .unbooked = store_unbooked(engine->store),
        .seq = counter_read(&engine->seq),
        .booked_seq = store_booked_seq(engine->store),
    };
    for (size_t i = 0; i < VERB_COUNT; i++)
        counts->answers[i] = counter_read(&counters->answers[i]);
    for (size_t i = 0; i < REFUSAL_COUNT; i++)
        counts->refusals[i] = counter_read(&counters->refusals[i]);
    snapshots_counts(&asked->snapshots, &counts->office);
    store_counts(engine->store, &counts->store);
}
