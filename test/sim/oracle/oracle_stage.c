/* See oracle_stage.h. What is asked for on the way to a lie must be granted. */
#include "oracle/oracle_stage.h"

#include "disk/own_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WALL_START INT64_C(1800000000000)
#define BOOT_START INT64_C(1000000)
#define CALL_MS 10

const struct office_settings stage_settings = {
    .hold_seconds = 60,
    .max_seats_per_reservation = 3,
    .max_seats_per_user = 4,
    .refund_until_seconds = 3600,
    .charging_open = true,
    .registration_open = true,
    .max_active = 2,
    .admit_per_second = 100,
    .silent_seconds = 30,
    .active_seconds = 120,
    .wait_seconds = 300,
};

/* ---- Lying ---- */

/* One span as the judge is told it. */
struct retold {
    struct buffer bytes;
    size_t count;
};

static void put(struct retold *retold, const struct record *record)
{
    assert_int_equal(buffer_reserve(&retold->bytes, record_encoded_max(record)), RESULT_OK);
    record_encode(record, record->why, &retold->bytes);
    retold->count++;
}

static void remember(struct stage *stage, const struct record *record)
{
    free(stage->last[record->kind]);
    stage->last[record->kind] = record_copy(record);
    assert_non_null(stage->last[record->kind]);
}

/* True: the lie was told. */
static bool retell(struct stage *stage, struct retold *retold, struct record *record)
{
    const struct lie *lie = &stage->lie;
    if (lie->what == LIE_DROPS_ALL)
        return true;
    if (record->kind != lie->kind || lie->what == LIE_ADDS || lie->what == LIE_BREAKS) {
        put(retold, record);
        return false;
    }
    if (lie->what == LIE_DROPS)
        return true;
    lie->record(stage, record);
    put(retold, record);
    return true;
}

static bool tell_span(struct stage *stage, enum lie_place place, struct record_span records,
                      struct retold *retold)
{
    const struct lie *lie = &stage->lie;
    bool lying = stage->armed && lie->place == place && lie->answer == NULL;
    bool lied = false;
    size_t at = 0, used;
    buffer_init(&retold->bytes, 1 << 24);
    retold->count = 0;
    for (size_t i = 0; i < records.count; i++, at += used) {
        struct record record;
        assert_int_equal(record_decode(records.data + at, records.length - at, &record, &used),
                         RESULT_OK);
        if (!record.deleted)
            remember(stage, &record);
        if (lying && !lied)
            lied = retell(stage, retold, &record);
        else if (!lying || lie->what != LIE_DROPS_ALL)
            put(retold, &record);
    }
    if (lying && lie->what == LIE_ADDS) {
        assert_non_null(stage->last[lie->kind]);
        struct record added = *stage->last[lie->kind];
        lie->record(stage, &added);
        put(retold, &added);
        lied = true;
    }
    if (lying && lie->what == LIE_BREAKS && retold->bytes.length > 1) {
        retold->bytes.length--;
        lied = true;
    }
    if (lied)
        stage->armed = false;
    return lied;
}

static struct record_span span_of(const struct retold *retold)
{
    return (struct record_span){
        .data = retold->bytes.data, .length = retold->bytes.length, .count = retold->count};
}

static bool keeps_silent(const struct stage *stage)
{
    return stage->armed && stage->lie.sequence == LIE_KEEPS_SILENT;
}

static bool lies_about_sequence(struct stage *stage, int which)
{
    const bool lying = stage->armed && (int)stage->lie.sequence == which;
    if (lying)
        stage->armed = false;
    return lying;
}

/* ---- Between the server and the judge ---- */

static void batch_opened(void *owner, enum batch_mode mode, const struct turn *turn,
                         struct record_span records)
{
    struct stage *stage = owner;
    struct retold retold;
    struct turn told = *turn;
    if (keeps_silent(stage))
        return;
    (void)tell_span(stage, LIE_IN_TICK, records, &retold);
    if (lies_about_sequence(stage, LIE_MISNUMBERS_BATCH))
        told.seq++;
    if (lies_about_sequence(stage, LIE_TURNS_BACK_TIME))
        told.now.house -= HOUR_MS;
    stage->judge.batch_opened(stage->judge.owner, mode, &told, span_of(&retold));
    buffer_release(&retold.bytes);
}

static void call_decided(void *owner, const struct request *request, struct record_span records)
{
    struct stage *stage = owner;
    struct retold retold;
    struct request told = *request;
    const bool lying =
        stage->armed && stage->lie.place == LIE_IN_CALL && !call_wants_look_up(&request->call);
    if (keeps_silent(stage))
        return;
    if (lies_about_sequence(stage, LIE_ANSWERS_UNDECIDED))
        oracle_answered(stage->oracle, request);
    if (lying && stage->lie.answer != NULL) {
        stage->lie.answer(stage, &told.call);
        stage->armed = false;
    }
    (void)tell_span(stage, LIE_IN_CALL, records, &retold);
    stage->judge.call_decided(
        stage->judge.owner, lying && stage->lie.answer != NULL ? &told : request, span_of(&retold));
    buffer_release(&retold.bytes);
    if (lies_about_sequence(stage, LIE_ANSWERS_EARLY))
        oracle_answered(stage->oracle, request);
}

static void batch_closed(void *owner, struct record_span records)
{
    struct stage *stage = owner;
    struct retold retold;
    if (keeps_silent(stage))
        return;
    (void)tell_span(stage, LIE_IN_SETTLING, records, &retold);
    stage->judge.batch_closed(stage->judge.owner, span_of(&retold));
    buffer_release(&retold.bytes);
}

static void append_returned(void *owner, uint64_t seq, enum store_outcome outcome)
{
    struct stage *stage = owner;
    if (keeps_silent(stage))
        return;
    if (lies_about_sequence(stage, LIE_HIDES_APPEND))
        return;
    if (lies_about_sequence(stage, LIE_MISNUMBERS_APPEND))
        seq++;
    stage->judge.append_returned(stage->judge.owner, seq, outcome);
}

static void settle_returned(void *owner, uint64_t seq, enum store_outcome outcome)
{
    struct stage *stage = owner;
    if (keeps_silent(stage))
        return;
    stage->judge.settle_returned(stage->judge.owner, seq, outcome);
}

static void batch_committed(void *owner)
{
    struct stage *stage = owner;
    if (keeps_silent(stage))
        return;
    stage->judge.batch_committed(stage->judge.owner);
    if (lies_about_sequence(stage, LIE_COMMITS_TWICE))
        stage->judge.batch_committed(stage->judge.owner);
}

static void loaded(void *owner, uint64_t seq)
{
    struct stage *stage = owner;
    if (lies_about_sequence(stage, LIE_HIDES_LOAD))
        return;
    if (lies_about_sequence(stage, LIE_LOSES_BATCH))
        seq--;
    if (lies_about_sequence(stage, LIE_FINDS_BATCH))
        seq++;
    stage->judge.loaded(stage->judge.owner, seq);
}

static void load_began(void *owner)
{
    struct stage *stage = owner;
    stage->judge.load_began(stage->judge.owner);
}

static void row_loaded(void *owner, const struct record *record)
{
    struct stage *stage = owner;
    struct record told = *record;
    const struct lie *lie = &stage->lie;
    if (stage->armed && lie->place == LIE_IN_LOAD && record->kind == lie->kind) {
        stage->armed = false;
        if (lie->what == LIE_DROPS)
            return;
        lie->record(stage, &told);
    }
    stage->judge.row_loaded(stage->judge.owner, &told);
}

static void objection(void *owner, int invariant, const char *text)
{
    struct stage *stage = owner;
    assert_false(stage->objected);
    stage->objected = true;
    stage->invariant = invariant;
    (void)snprintf(stage->objection, sizeof stage->objection, "%s", text);
}

/* ---- Calls ---- */

struct asked {
    struct request request;
    struct stage *stage;
    bool completed;
};

static void completed(struct request *request)
{
    struct asked *asked = (struct asked *)request;
    struct stage *stage = asked->stage;
    asked->completed = true;
    if (keeps_silent(stage))
        return;
    if (stage->armed && stage->lie.told != NULL) {
        const struct call call = request->call;
        stage->armed = false;
        stage->lie.told(stage, &request->call);
        oracle_answered(stage->oracle, request);
        request->call = call;
    } else {
        oracle_answered(stage->oracle, request);
    }
}

void stage_ask(struct stage *stage, struct call *call)
{
    struct asked asked = {.request = {.call = *call, .complete = completed}, .stage = stage};
    assert_true(server_submit(stage->server, &asked.request));
    do {
        clock_advance(CALL_MS);
        server_turn(stage->server);
    } while (!asked.completed && server_look_up(stage->server));
    assert_true(asked.completed);
    *call = asked.request.call;
}

static void ask(void *owner, struct call *call)
{
    stage_ask(owner, call);
}

enum refusal stage_do(struct stage *stage, struct call call)
{
    stage_ask(stage, &call);
    const enum refusal refusal = call.refusal;
    call_release(&call);
    return refusal;
}

void stage_arm(struct stage *stage)
{
    stage->armed = true;
}

void stage_disarm(struct stage *stage)
{
    stage->armed = false;
}

void stage_jump(struct stage *stage, int64_t elapsed_ms)
{
    clock_advance(elapsed_ms);
    server_turn(stage->server);
}

void stage_wait(struct stage *stage, int64_t elapsed_ms)
{
    for (; elapsed_ms > SECOND_MS; elapsed_ms -= SECOND_MS)
        stage_jump(stage, SECOND_MS);
    stage_jump(stage, elapsed_ms);
}

void stage_enter(struct stage *stage, size_t buyer, int64_t points)
{
    struct call charge = people_call(&stage->buyers[buyer], VERB_POINTS_CHARGE);
    charge.in.points_charge.amount = points;
    if (points > 0)
        assert_int_equal(stage_do(stage, charge), REFUSAL_NONE);
    assert_int_equal(stage_do(stage, people_call(&stage->buyers[buyer], VERB_QUEUE_JOIN)),
                     REFUSAL_NONE);
    stage_wait(stage, SECOND_MS);
}

struct call stage_hold_call(struct stage *stage, size_t buyer, size_t seat, size_t count)
{
    struct call call = people_call(&stage->buyers[buyer], VERB_RESERVATION_HOLD);
    call.in.reservation_hold.round_id = stage->round_id;
    call.in.reservation_hold.seat_ids = &stage->seat_ids[seat];
    call.in.reservation_hold.seat_count = count;
    return call;
}

enum refusal stage_hold(struct stage *stage, size_t buyer, size_t seat, size_t count)
{
    struct call call = stage_hold_call(stage, buyer, seat, count);
    stage_ask(stage, &call);
    const enum refusal refusal = call.refusal;
    if (refusal == REFUSAL_NONE)
        stage->reservation_id = call.out.reservation.reservation.id;
    call_release(&call);
    return refusal;
}

enum refusal stage_pay(struct stage *stage, size_t buyer)
{
    struct call call = people_call(&stage->buyers[buyer], VERB_PAYMENT_MAKE);
    call.in.reservation.reservation_id = stage->reservation_id;
    return stage_do(stage, call);
}

enum refusal stage_cancel(struct stage *stage, size_t buyer)
{
    struct call call = people_call(&stage->buyers[buyer], VERB_RESERVATION_CANCEL);
    call.in.reservation.reservation_id = stage->reservation_id;
    return stage_do(stage, call);
}

/* ---- Life ---- */

static void start(struct stage *stage)
{
    struct explanation explanation = {.text = ""};
    if (server_start(stage->server, &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
}

void stage_crash(struct stage *stage)
{
    disk_die(stage->disk);
    server_kill(stage->server);
    oracle_died(stage->oracle);
    disk_revive_after_crash(stage->disk);
    clock_advance(CALL_MS);
    start(stage);
}

void stage_check(struct stage *stage)
{
    oracle_check_all(stage->oracle, stage->server, true);
}

void stage_open(struct stage *stage, const struct lie *lie)
{
    *stage = (struct stage){.lie = *lie, .settings = stage_settings};
    stage->asker = (struct asker){.owner = stage, .ask = ask};
    chance_init(&stage->chance, 1, 1);
    clock_set(BOOT_START, WALL_START);
    stage->disk = disk_new(&stage->chance);
    stage->oracle = oracle_new(&stage->settings, true, objection, stage);
    assert_non_null(stage->oracle);
    stage->judge = *oracle_observer(stage->oracle);
    const struct server_options options = {.settings = stage->settings, .seed = 1};
    const struct server_observer observer = {
        .owner = stage,
        .batch_opened = batch_opened,
        .call_decided = call_decided,
        .batch_closed = batch_closed,
        .append_returned = append_returned,
        .settle_returned = settle_returned,
        .batch_committed = batch_committed,
        .loaded = loaded,
        .load_began = load_began,
        .row_loaded = row_loaded,
    };
    stage->server = server_new(&options, &observer);
    start(stage);
    stage->organizer = people_organizer(&stage->asker, 1);
    for (unsigned i = 0; i < STAGE_BUYERS; i++)
        stage->buyers[i] = people_buyer(&stage->asker, i);
    stage->round_id = people_round(&stage->asker, &stage->organizer, clock_wall(), STAGE_SEATS);
    for (size_t i = 0; i < STAGE_SEATS; i++)
        stage->seat_ids[i] =
            office_round_seat(server_office(stage->server), stage->round_id, i)->id;
    assert_false(stage->objected);
}

void stage_close(struct stage *stage)
{
    if (server_is_up(stage->server))
        server_stop(stage->server, 1000);
    server_free(stage->server);
    oracle_free(stage->oracle);
    disk_free(stage->disk);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        free(stage->last[i]);
}
