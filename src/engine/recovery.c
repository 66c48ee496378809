/* After a failed append nobody knows whether the disk has the batch, and the office has it already.
 * So the store is asked to settle it. While it cannot, the batch is held with its office, from
 * which nobody is answered, and another office, made from what the disk holds and frozen, answers
 * reads; every second settling is tried again. Once the batch is durable its office goes on, and
 * the next heartbeat makes the gap a downtime like any other (office_tick). An office is dropped
 * only where somebody else has written to the journal. */
#include "engine/machine.h"

#include "base/check.h"
#include "base/log.h"

/* Attempts come a second apart. Each may load the office, during which nobody is answered, so there
 * is at least this many times as long in between. */
#define RETRY_MS SECOND_MS
#define RETRY_PAUSE_FACTOR 4

/* An attempt that fails passes through LOADING back to DEGRADED; people are told since when the
 * engine has been ready, or has not. */
static void enter(struct engine *engine, enum engine_state state)
{
    const bool was_ready = atomic_load(&engine->state) == ENGINE_READY;
    if (was_ready != (state == ENGINE_READY) || atomic_load(&engine->state_since) == 0)
        atomic_store(&engine->state_since, wall_now());
    atomic_store(&engine->state, state);
}

/* An office that is being loaded, and what was wrong with the row that it refused. */
struct office_loading {
    struct office *office;
    counter *moves;
    struct explanation why;
};

static enum result load_row(void *owner, const struct record *record)
{
    struct office_loading *loading = owner;
    counter_add(loading->moves, 1);
    return office_load(loading->office, record, &loading->why);
}

static enum result load(struct engine *engine, struct store_position *position,
                        struct explanation *explanation)
{
    CHECK(engine->batch.office == NULL);
    struct office_loading loading = {.office = office_new(&engine->settings),
                                     .moves = &engine->moves};
    if (loading.office == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the office");
    const struct store_loader loader = {.owner = &loading, .row = load_row};
    const enum result result =
        store_load(engine->store, wall_now(), &loader, position, explanation);
    if (result != RESULT_OK) {
        office_free(loading.office);
        /* The store says where the row stands, the office what is wrong with it. */
        const struct explanation where = *explanation;
        return loading.why.text[0] == '\0'
                   ? result
                   : explain(explanation, result, "%.250s: %.250s", where.text, loading.why.text);
    }
    engine->batch.office = loading.office;
    atomic_store(&engine->seq, position->seq);
    return RESULT_OK;
}

/* What the operator wrote down is in the first batch, and not in that of every reload. */
static void say_settings_once(struct engine *engine)
{
    engine->settings.given = (struct queue_change){0};
}

static enum store_outcome first_batch(struct engine *engine)
{
    const struct moment now = house_clock_now(&engine->clock);
    /* More may be due than one batch takes; the rest comes with the next. */
    const bool more =
        batch_open(&engine->batch, BATCH_SELLING, now, atomic_load(&engine->seq) + 1, &engine->ids);
    (void)more;
    const enum store_outcome outcome = turn_write_down(engine);
    if (outcome == STORE_DONE)
        say_settings_once(engine);
    return outcome;
}

static void drop_office(struct engine *engine)
{
    office_free(engine->batch.office);
    engine->batch.office = NULL;
}

/* An office from what the disk holds now. On a failure there is none. */
static enum result reload(struct engine *engine, struct explanation *explanation)
{
    struct store_position position = {0};
    drop_office(engine);
    enum result result = load(engine, &position, explanation);
    if (result != RESULT_OK)
        return result;
    result = office_open(engine->batch.office, house_clock_now(&engine->clock), position.seq,
                         &engine->keys, explanation);
    if (result != RESULT_OK) {
        drop_office(engine);
        return result;
    }
    feed_resume(&engine->feed, position.seq);
    counter_add(&engine->counters.reloads, 1);
    snapshots_renew(&engine->snapshots);
    return RESULT_OK;
}

/* ---- A batch whose outcome is pending ---- */

static enum store_outcome settle_batch(struct engine *engine, const struct batch *batch,
                                       struct explanation *explanation)
{
    size_t record_count;
    const struct buffer *records = office_batch(batch->office, &record_count);
    return store_settle(engine->store, batch->turn.seq, batch->turn.now.house, records,
                        record_count, explanation);
}

/* The batch that is open waits, without its requests. */
static void hold_batch(struct engine *engine)
{
    CHECK(engine->held.office == NULL);
    engine->held = engine->batch;
    engine->held.decided = (struct request_list){0};
    engine->held.request_count = 0;
    engine->batch.office = NULL;
}

/* The batch that is open turned out to be durable. */
static void publish_settled(struct engine *engine)
{
    say_settings_once(engine);
    turn_publish(engine, house_clock_now(&engine->clock));
}

/* What is held takes the place of the frozen office. */
static void take_up_held(struct engine *engine)
{
    drop_office(engine);
    engine->batch = engine->held;
    engine->held.office = NULL;
    publish_settled(engine);
}

/* RESULT_NOT_FOUND: it is lost, and so is its office. */
static enum result settle_held(struct engine *engine, struct explanation *explanation)
{
    switch (settle_batch(engine, &engine->held, explanation)) {
    case STORE_DONE:
        take_up_held(engine);
        return RESULT_OK;
    case STORE_LOST:
        office_free(engine->held.office);
        engine->held.office = NULL;
        return RESULT_NOT_FOUND;
    case STORE_PENDING:
        return RESULT_IO;
    }
    UNREACHABLE("outcome");
}

/* ---- Attempts to go on ---- */

/* From reopening to the first heartbeat. When it fails there is no office, unless the store could
 * not even be reopened: then a frozen one stays. */
static enum result begin_anew(struct engine *engine, struct explanation *explanation)
{
    enum result result = store_reopen(engine->store, explanation);
    if (result != RESULT_OK)
        return result;
    enter(engine, ENGINE_LOADING);
    result = reload(engine, explanation);
    if (result != RESULT_OK)
        return result;
    switch (first_batch(engine)) {
    case STORE_DONE:
        return RESULT_OK;
    case STORE_LOST:
        drop_office(engine);
        break;
    case STORE_PENDING:
        hold_batch(engine);
        break;
    }
    /* It can be read, but not written. */
    return explain(explanation, RESULT_IO, "the journal takes no rows");
}

static enum result go_on(struct engine *engine, struct explanation *explanation)
{
    if (engine->held.office == NULL)
        return begin_anew(engine, explanation);
    const enum result result = settle_held(engine, explanation);
    return result == RESULT_NOT_FOUND ? begin_anew(engine, explanation) : result;
}

/* An office that only answers, for as long as nothing can be written. */
static void freeze(struct engine *engine)
{
    struct explanation explanation;
    if (reload(engine, &explanation) != RESULT_OK) {
        log_event(LOG_ERROR, wall_now(), "nothing_to_read_from reason=\"%s\"", explanation.text);
        return;
    }
    office_freeze(engine->batch.office, true);
    /* Else what is shown is what the disk holds. */
    if (engine->snapshots.catalogue == NULL)
        snapshots_publish(&engine->snapshots, engine->batch.office, house_clock_now(&engine->clock),
                          &engine->shown_clock);
}

void recovery_attempt(struct engine *engine)
{
    struct explanation explanation;
    const bool told = atomic_load(&engine->state) == ENGINE_DEGRADED;
    const timestamp_ms start = house_clock_now(&engine->clock).house;
    if (go_on(engine, &explanation) == RESULT_OK) {
        enter(engine, ENGINE_READY);
        log_event(LOG_INFO, wall_now(), "writing_again seq=%llu",
                  (unsigned long long)atomic_load(&engine->seq));
        return;
    }
    if (!told)
        log_event(LOG_ERROR, wall_now(), "read_only reason=\"%s\"", explanation.text);
    if (engine->batch.office == NULL)
        freeze(engine);
    enter(engine, engine->batch.office == NULL ? ENGINE_LOADING : ENGINE_DEGRADED);
    const timestamp_ms end = house_clock_now(&engine->clock).house;
    const int64_t pause_ms = (end - start) * RETRY_PAUSE_FACTOR;
    engine->retry_at = end + (pause_ms > RETRY_MS ? pause_ms : RETRY_MS);
}

void recovery_begin(struct engine *engine, enum store_outcome outcome)
{
    struct explanation explanation = {{0}};
    CHECK(outcome != STORE_DONE);
    const unsigned long long seq = engine->batch.turn.seq;
    log_event(LOG_ERROR, wall_now(), "append_failed seq=%llu outcome=%s requests=%zu", seq,
              outcome == STORE_LOST ? "lost" : "pending", engine->batch.request_count);
    if (outcome == STORE_PENDING)
        outcome = settle_batch(engine, &engine->batch, &explanation);
    if (outcome == STORE_DONE) {
        publish_settled(engine);
        turn_answer(engine);
        enter(engine, ENGINE_READY);
        log_event(LOG_INFO, wall_now(), "append_settled seq=%llu", seq);
        return;
    }
    enter(engine, ENGINE_LOADING);
    batch_abandon(&engine->batch,
                  outcome == STORE_LOST ? REFUSAL_UNAVAILABLE : REFUSAL_OUTCOME_UNKNOWN);
    turn_answer(engine);
    if (outcome == STORE_LOST)
        drop_office(engine);
    else
        hold_batch(engine);
    recovery_attempt(engine);
}

enum result recovery_open(struct engine *engine, struct explanation *explanation)
{
    struct store_position position = {0};
    enum result result = load(engine, &position, explanation);
    if (result != RESULT_OK)
        return result;
    house_clock_start(&engine->clock, position.house_time);
    const struct moment now = house_clock_now(&engine->clock);
    turn_look_at_clocks(engine, now);
    result = office_open(engine->batch.office, now, position.seq, &engine->keys, explanation);
    if (result != RESULT_OK)
        return result;
    engine->keys = office_keys(engine->batch.office);
    feed_start(&engine->feed, position.seq);
    const enum store_outcome outcome = first_batch(engine);
    if (outcome == STORE_DONE) {
        enter(engine, ENGINE_READY);
    } else {
        if (position.seq == 0)
            return explain(explanation, RESULT_IO, "the data directory cannot be written");
        recovery_begin(engine, outcome);
    }
    return engine->snapshots.catalogue != NULL
               ? RESULT_OK
               : explain(explanation, RESULT_NO_MEMORY, "no memory for the catalogue");
}
