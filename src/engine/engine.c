/* The engine's life, its thread, and the answers that any thread may ask of it. */
#include "engine/machine.h"

#include "base/check.h"
#include "base/log.h"
#include "base/thread.h"

#include <sodium.h>
#include <time.h>

/* ---- The thread ---- */

/* Appends for fewer requests than this begin at least so far apart. An append for each two or three
 * would use up the operations that a disk grants, and the next requests would wait for theirs. */
#define GATHERED_MIN 16
#define APPEND_INTERVAL_NS 1000000

/* Meanwhile it looks this often whether enough have come: then the disk works while the others'
 * clients read their answers and ask again. The timer's own slack is as long. */
#define GATHER_LOOK_NS 50000

static void wait_for_more(const struct engine *engine)
{
    const struct timespec look = {.tv_nsec = GATHER_LOOK_NS};
    while (monotonic_nanoseconds() - engine->appended_at < APPEND_INTERVAL_NS &&
           inbox_length(&engine->inbox) < GATHERED_MIN)
        (void)nanosleep(&look, NULL);
}

static void *engine_run(void *argument)
{
    struct engine *engine = argument;
    while (!atomic_load(&engine->stop) || !inbox_finished(&engine->inbox)) {
        inbox_wait(&engine->inbox, turn_wait_ms(engine));
        wait_for_more(engine);
        turn_take(engine);
    }
    return NULL;
}

/* ---- Life ---- */

static enum result start_threads(struct engine *engine, const struct engine_options *options,
                                 struct explanation *explanation)
{
    enum result result =
        passwords_start(&engine->passwords, options->password_threads, explanation);
    if (result == RESULT_OK)
        result = readers_start(&engine->readers, options->reader_threads, engine->store,
                               &engine->inbox, &engine->counters, explanation);
    if (result == RESULT_OK)
        result = booking_thread_start(&engine->booking_thread, engine->store, &engine->inbox,
                                      explanation);
    if (result == RESULT_OK)
        result = change_watch_start(&engine->change_watch, engine->store, explanation);
    if (result == RESULT_OK)
        result = selfcheck_start(&engine->selfcheck, engine->store, explanation);
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
    change_watch_stop(&engine->change_watch);
    passwords_stop(&engine->passwords);
    selfcheck_stop(&engine->selfcheck);
    booking_thread_stop(&engine->booking_thread, book_ms);
    machine_free(engine);
}

enum result engine_start(struct engine **started, struct store *store,
                         const struct engine_options *options, struct explanation *explanation)
{
    *started = NULL;
    if (sodium_init() < 0)
        return explain(explanation, RESULT_IO, "the system gives no random numbers");
    uint64_t id_seed[4];
    struct house_keys keys;
    randombytes_buf(id_seed, sizeof id_seed);
    randombytes_buf(&keys, sizeof keys);
    struct engine *engine = machine_new(store, &options->settings, id_seed, &keys);
    if (engine == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the engine");
    const uint64_t start = monotonic_nanoseconds();
    enum result result = recovery_open(engine, explanation);
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

void engine_drain_passwords(struct engine *engine)
{
    passwords_drain(&engine->passwords);
}

void engine_drain_selfcheck(struct engine *engine)
{
    selfcheck_drain(&engine->selfcheck);
}

void engine_drain_changes(struct engine *engine)
{
    change_watch_drain(&engine->change_watch);
}

enum engine_state engine_state(const struct engine *engine)
{
    return inbox_closed(&engine->inbox) ? ENGINE_DRAINING
                                        : (enum engine_state)atomic_load(&engine->state);
}

timestamp_ms engine_state_since(const struct engine *engine)
{
    return atomic_load(&engine->state_since);
}

uint64_t engine_moves(const struct engine *engine)
{
    return counter_read(&engine->moves);
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

enum result engine_selfcheck(struct engine *engine, struct selfcheck_job *job)
{
    return selfcheck_ask(&engine->selfcheck, job);
}

struct moment engine_now(const struct engine *engine)
{
    return house_clock_now(&engine->clock);
}

int64_t engine_shown_offset(const struct engine *engine)
{
    return atomic_load(&engine->shown_offset_ms);
}

struct feed *engine_feed(struct engine *engine)
{
    return &engine->feed;
}

struct house_keys engine_keys(const struct engine *engine)
{
    return engine->keys;
}

enum result engine_await_change(struct engine *engine, struct change_wait *wait)
{
    return change_watch_enter(&engine->change_watch, wait);
}

/* Readers take a const engine; the snapshots' mutexes must still be locked. */
static struct engine *unlocked(const struct engine *engine)
{
    return (struct engine *)engine;
}

uint64_t engine_queue(const struct engine *engine, struct queue_view *view)
{
    return snapshots_queue(&unlocked(engine)->snapshots, view);
}

uint64_t engine_queue_version(const struct engine *engine)
{
    return snapshots_queue_version(&unlocked(engine)->snapshots);
}

const struct catalogue_snapshot *engine_catalogue(const struct engine *engine)
{
    return snapshots_catalogue(&unlocked(engine)->snapshots);
}

const struct round_snapshot *engine_round(const struct engine *engine, struct id round_id)
{
    return snapshots_round(&unlocked(engine)->snapshots, round_id);
}

uint64_t engine_round_version(const struct engine *engine, struct id round_id)
{
    return snapshots_round_version(&unlocked(engine)->snapshots, round_id);
}

struct round_changes *engine_round_changes(const struct engine *engine, struct id round_id,
                                           uint64_t since)
{
    return snapshots_round_changes(&unlocked(engine)->snapshots, round_id, since);
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
        .append_us = latency_sum_us(&counters->appends),
        .inbox_length = inbox_length(&engine->inbox),
        .password_line = workers_waiting(&asked->passwords.workers),
        .reader_line = workers_waiting(&asked->readers.workers),
        .change_waits = change_watch_count(&asked->change_watch),
        .unbooked = store_unbooked(engine->store),
        .seq = counter_read(&engine->seq),
        .booked_seq = store_booked_seq(engine->store),
    };
    latency_answers(&counters->appends, counts->appends);
    const timestamp_ms since = store_unbooked_since(engine->store);
    const int64_t waits_ms = engine_now(engine).house - since;
    counts->unbooked_ms = since == 0 || waits_ms < 0 ? 0 : waits_ms;
    for (size_t i = 0; i < VERB_COUNT; i++)
        counts->answers[i] = counter_read(&counters->answers[i]);
    for (size_t i = 0; i < REFUSAL_COUNT; i++)
        counts->refusals[i] = counter_read(&counters->refusals[i]);
    for (size_t i = 0; i < TALLY_COUNT; i++)
        counts->tally.counts[i] = (int64_t)counter_read(&counters->tally[i]);
    snapshots_counts(&asked->snapshots, &counts->office);
    store_counts(engine->store, &counts->store);
}

void engine_put_minute(struct engine *engine, const struct house_minute *minute)
{
    store_put_minute(engine->store, minute);
}

enum result engine_read_minutes(const struct engine *engine, int64_t from,
                                house_minute_visit *visit, void *owner,
                                struct explanation *explanation)
{
    return store_read_minutes(engine->store, from, visit, owner, explanation);
}
