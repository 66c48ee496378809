/* See oracle.h. What the server tells, in the order in which it may tell it. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OBJECTION_BYTES 512 /* a sentence with an id or two */

void object_to(struct oracle *oracle, int invariant, const char *format, ...)
{
    char text[OBJECTION_BYTES];
    va_list arguments;
    if (oracle->objected)
        return;
    oracle->objected = true;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)length; /* cut to fit */
    oracle->objection(oracle->owner, invariant, text);
}

struct row_name record_name(const struct record *record)
{
    struct row_name name = {{0}};
    const struct record_key key = record_key(record);
    struct id id;
    memcpy(id.bytes, key.bytes, ID_BYTES);
    if (record->kind == RECORD_KIND_HOUSE)
        (void)snprintf(name.text, sizeof name.text, "the house");
    else
        (void)id_format(record_schema(record->kind)->prefix, id, name.text);
    return name;
}

struct row_name row_name(const struct row *row)
{
    return record_name(&row->image);
}

/* ---- The batch ---- */

static void batch_opened(void *owner, enum batch_mode mode, const struct turn *turn,
                         struct record_span records)
{
    struct oracle *oracle = owner;
    if (oracle->objected || oracle->checking)
        return;
    const bool writes = mode == BATCH_SELLING || mode == BATCH_LAGGING;
    if (turn->now.house < oracle->house_time)
        object_to(oracle, 0, "house time went back by %lld ms",
                  (long long)(oracle->house_time - turn->now.house));
    if (writes && turn->seq != oracle->seq + 1)
        object_to(oracle, 10, "batch %llu follows batch %llu", (unsigned long long)turn->seq,
                  (unsigned long long)oracle->seq);
    if (mode != BATCH_CLOSED && oracle->in_limbo)
        object_to(oracle, 10, "batch %llu was begun before what is there was loaded",
                  (unsigned long long)turn->seq);
    oracle->mode = mode;
    oracle->now = turn->now;
    oracle->stage = BATCH_OPENED;
    oracle->behind = false;
    for (size_t i = 0; oracle->just_loaded && i < oracle->live_tokens.count; i++)
        oracle->live_tokens.items[i]->of.token.heard_at = oracle->now.house;
    oracle->just_loaded = false;
    if (writes)
        attempt_begin(oracle);
    if (oracle->objected || !span_begin(oracle, records, false))
        return;
    if (writes)
        tick_judge(oracle);
    span_end(oracle);
}

static void call_decided(void *owner, const struct request *request, struct record_span records)
{
    struct oracle *oracle = owner;
    if (oracle->objected || oracle->checking)
        return;
    if (oracle->stage != BATCH_OPENED || oracle->behind)
        object_to(oracle, 0, "%s was decided before all that is due had fallen",
                  verb_name(request->call.verb));
    if (oracle->objected || !span_begin(oracle, records, false))
        return;
    call_judge(oracle, request);
    if (!oracle->objected)
        span_end(oracle);
    request_decided(oracle, request);
}

static void batch_closed(void *owner, struct record_span records)
{
    struct oracle *oracle = owner;
    if (oracle->objected || oracle->checking || !span_begin(oracle, records, true))
        return;
    settle_judge(oracle);
    span_end(oracle);
    oracle->stage = BATCH_SETTLED;
    if (!oracle->objected)
        check_commit(oracle);
}

static struct attempt *present_attempt(struct oracle *oracle)
{
    return &oracle->attempts.items[oracle->attempts.count - 1];
}

static void batch_abandoned(struct oracle *oracle, enum refusal refusal)
{
    requests_abandoned(oracle, refusal);
    oracle->in_limbo = oracle->append_failed = true;
    oracle->stage = BATCH_NONE;
}

static void batch_durable(struct oracle *oracle, uint64_t seq, timestamp_ms house_time)
{
    oracle->stage = BATCH_APPENDED;
    oracle->seq = oracle->acknowledged = seq;
    oracle->house_time = oracle->acknowledged_time = house_time;
    oracle->starting = oracle->append_failed = oracle->in_limbo = false;
}

static void append_returned(void *owner, uint64_t seq, enum store_outcome outcome)
{
    struct oracle *oracle = owner;
    if (oracle->objected || oracle->checking)
        return;
    if (oracle->stage != BATCH_SETTLED || seq != oracle->seq + 1 ||
        present_attempt(oracle)->records == 0) {
        object_to(oracle, 10, "batch %llu was appended after batch %llu", (unsigned long long)seq,
                  (unsigned long long)oracle->seq);
        return;
    }
    feed_appended(oracle, seq, present_attempt(oracle));
    switch (outcome) {
    case STORE_DONE:
        batch_durable(oracle, seq, oracle->now.house);
        break;
    case STORE_LOST:
        batch_abandoned(oracle, REFUSAL_UNAVAILABLE);
        break;
    case STORE_PENDING:
        oracle->stage = BATCH_PENDING;
        break;
    }
}

/* Its requests wait for the first answer, and no longer. */
static void settle_returned(void *owner, uint64_t seq, enum store_outcome outcome)
{
    struct oracle *oracle = owner;
    if (oracle->objected || oracle->checking)
        return;
    const struct attempt *attempt = present_attempt(oracle);
    const bool waiting = oracle->stage == BATCH_PENDING;
    if ((!waiting && !oracle->held.is) || seq != attempt->seq) {
        object_to(oracle, 10, "batch %llu was settled and is not pending", (unsigned long long)seq);
        return;
    }
    if (outcome == STORE_DONE) {
        if (!waiting)
            held_come_back(oracle);
        batch_durable(oracle, seq, attempt->house_time);
    } else if (waiting) {
        present_attempt(oracle)->unknown_told = oracle->tracking.batch_count > 0;
        batch_abandoned(oracle, REFUSAL_OUTCOME_UNKNOWN);
        held_begin(oracle);
    }
}

static void batch_committed(void *owner)
{
    struct oracle *oracle = owner;
    if (oracle->objected || oracle->checking)
        return;
    if (oracle->stage == BATCH_SETTLED && present_attempt(oracle)->records > 0) {
        object_to(oracle, 10, "a batch counts as done that was not appended");
        return;
    }
    if (oracle->stage != BATCH_APPENDED && oracle->stage != BATCH_SETTLED) {
        object_to(oracle, 10, "a batch counts as done that was not settled");
        return;
    }
    if (oracle->stage == BATCH_APPENDED) {
        changes_acknowledged(oracle);
        attempts_clear(oracle);
    } else
        oracle->attempts.count--; /* it had no records */
    oracle->stage = BATCH_NONE;
    requests_committed(oracle);
    rounds_grow_old(oracle);
}

static void loaded(void *owner, uint64_t seq)
{
    struct oracle *oracle = owner;
    if (oracle->objected || oracle->checking)
        return;
    load_judge(oracle, seq);
    cover(oracle, COVERAGE_LOAD, oracle->append_failed ? STATE_RELOAD : STATE_START, REFUSAL_NONE);
}

static void observe_load(void *owner)
{
    struct oracle *oracle = owner;
    if (!oracle->objected && !oracle->checking)
        load_began(oracle);
}

static void observe_row(void *owner, const struct record *record)
{
    struct oracle *oracle = owner;
    if (!oracle->objected && !oracle->checking)
        load_row(oracle, record);
}

static void observe_feed_began(void *owner, uint64_t seq)
{
    struct oracle *oracle = owner;
    if (!oracle->objected)
        feed_began(oracle, seq);
}

static void observe_feed_told(void *owner, const struct commit *commit)
{
    struct oracle *oracle = owner;
    if (!oracle->objected)
        feed_told(oracle, commit);
}

static void observe_feed_missed(void *owner)
{
    struct oracle *oracle = owner;
    if (!oracle->objected)
        feed_missed(oracle);
}

static void observe_feed_drained(void *owner, const struct engine *engine)
{
    struct oracle *oracle = owner;
    if (!oracle->objected)
        feed_drained(oracle);
    if (!oracle->objected)
        onlookers_look(oracle, engine);
}

/* ---- Around the server ---- */

void oracle_answered(struct oracle *oracle, const struct request *request)
{
    if (oracle->objected)
        return;
    /* Where nothing can be written there is nothing to wait for. */
    if (oracle->stage == BATCH_OPENED &&
        (oracle->mode == BATCH_FROZEN || oracle->mode == BATCH_CLOSED)) {
        oracle->stage = BATCH_NONE;
        requests_committed(oracle);
    }
    /* Nobody may see what could still be lost. */
    if (request->call.refusal == REFUSAL_NONE && !oracle->in_limbo && oracle->seq > oracle->shown)
        oracle->shown = oracle->seq;
    view_deadlines(oracle, request);
    request_answered(oracle, request);
}

void oracle_settings(struct oracle *oracle, const struct office_settings *settings)
{
    oracle->settings = *settings;
    oracle->starting = true;
}

void oracle_died(struct oracle *oracle)
{
    requests_forgotten(oracle);
    oracle->in_limbo = oracle->starting = true;
    oracle->append_failed = oracle->held.is = false;
    oracle->stage = BATCH_NONE;
}

void oracle_stopped(struct oracle *oracle)
{
    if (oracle->held.is)
        oracle_died(oracle);
}

void oracle_check_all(struct oracle *oracle, struct server *server, bool by_query)
{
    if (oracle->objected)
        return;
    oracle->checking = true; /* what the check itself asks of the store is not the server's doing */
    check_everything(oracle, server, by_query);
    oracle->checking = false;
}

void oracle_check_settled(struct oracle *oracle, struct server *server)
{
    if (oracle->objected)
        return;
    oracle->checking = true;
    check_settled(oracle, server);
    oracle->checking = false;
}

/* ---- Life ---- */

struct oracle *oracle_new(const struct office_settings *settings, bool small,
                          oracle_objection *objection, void *owner)
{
    struct oracle *oracle = own_allocate(sizeof *oracle);
    oracle->objection = objection;
    oracle->owner = owner;
    oracle->small = small;
    oracle->settings = *settings;
    oracle->starting = true;
    oracle->observer = (struct server_observer){
        .owner = oracle,
        .batch_opened = batch_opened,
        .call_decided = call_decided,
        .batch_closed = batch_closed,
        .append_returned = append_returned,
        .settle_returned = settle_returned,
        .batch_committed = batch_committed,
        .loaded = loaded,
        .load_began = observe_load,
        .row_loaded = observe_row,
        .feed_began = observe_feed_began,
        .feed_told = observe_feed_told,
        .feed_missed = observe_feed_missed,
        .feed_drained = observe_feed_drained,
    };
    rows_init(oracle);
    coverage_init(oracle);
    return oracle;
}

void oracle_free(struct oracle *oracle)
{
    if (oracle == NULL)
        return;
    for (size_t i = 0; i < oracle->attempts.capacity; i++)
        own_free(oracle->attempts.items[i].bytes);
    own_free(oracle->attempts.items);
    buffer_release(&oracle->load.rows);
    own_free(oracle->span.seen);
    own_free(oracle->covered);
    requests_release(oracle);
    onlookers_release(oracle);
    held_release(oracle);
    changes_release(oracle);
    rows_release(oracle);
    own_free(oracle);
}

const struct server_observer *oracle_observer(struct oracle *oracle)
{
    return &oracle->observer;
}
