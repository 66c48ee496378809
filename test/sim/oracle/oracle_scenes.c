/* See oracle_scenes.h. */
#include "oracle/oracle_scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void holds(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_hold(stage, 0, 1, 2), REFUSAL_NONE);
}

void holds_first(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    stage_arm(stage);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
}

void wants_what_is_held(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    stage_enter(stage, 1, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 2), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_hold(stage, 1, 1, 2), REFUSAL_SEAT_UNAVAILABLE);
}

void wants_too_many(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 3), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_hold(stage, 0, 3, 2), REFUSAL_SEAT_LIMIT);
}

void holds_without_token(struct stage *stage)
{
    stage_arm(stage);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_QUEUE_TOKEN_REQUIRED);
}

void pays(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 2), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_NONE);
}

void pays_twice(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_RESERVATION_NOT_PENDING);
}

void is_short(struct stage *stage)
{
    stage_enter(stage, 0, 10);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_INSUFFICIENT_POINTS);
}

void pays_too_late(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    stage_wait(stage, 60 * SECOND_MS);
    stage_arm(stage);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_HOLD_EXPIRED);
}

void is_refunded(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 2), REFUSAL_NONE);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_cancel(stage, 0), REFUSAL_NONE);
}

void cancels_again(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_NONE);
    assert_int_equal(stage_cancel(stage, 0), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_cancel(stage, 0), REFUSAL_NONE);
}

void runs_out(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    stage_wait(stage, 60 * SECOND_MS - 1);
    stage_arm(stage);
    stage_jump(stage, 1);
}

void nearly_runs_out(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    stage_wait(stage, 60 * SECOND_MS - 2);
    stage_arm(stage);
    stage_jump(stage, 1);
}

void joins(struct stage *stage)
{
    stage_arm(stage);
    assert_int_equal(stage_do(stage, people_call(&stage->buyers[0], VERB_QUEUE_JOIN)),
                     REFUSAL_NONE);
}

void joins_again(struct stage *stage)
{
    stage_enter(stage, 0, 0);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, people_call(&stage->buyers[0], VERB_QUEUE_JOIN)),
                     REFUSAL_NONE);
}

static void pauses(struct stage *stage, bool paused)
{
    struct call call = people_call(&stage->organizer, VERB_QUEUE_CHANGE);
    call.in.queue_change.has_paused = true;
    call.in.queue_change.paused = paused;
    assert_int_equal(stage_do(stage, call), REFUSAL_NONE);
}

void is_admitted(struct stage *stage)
{
    pauses(stage, true);
    stage_enter(stage, 0, 0);
    pauses(stage, false);
    stage_arm(stage);
    stage_jump(stage, 1000);
}

/* Two are in, and one waits. */
static void fills(struct stage *stage)
{
    for (size_t i = 0; i < STAGE_BUYERS; i++)
        stage_enter(stage, i, 0);
}

void is_full(struct stage *stage)
{
    fills(stage);
    stage_arm(stage);
    stage_jump(stage, 1000);
}

void waits_behind(struct stage *stage)
{
    pauses(stage, true);
    for (size_t i = 0; i < STAGE_BUYERS; i++)
        stage_enter(stage, i, 0);
    stage_arm(stage);
    stage_jump(stage, 1000);
}

void asks_how_many_are_ahead(struct stage *stage)
{
    pauses(stage, true);
    for (size_t i = 0; i < STAGE_BUYERS; i++)
        stage_enter(stage, i, 0);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, people_call(&stage->buyers[2], VERB_QUEUE_TOKEN_GET)),
                     REFUSAL_NONE);
}

/* The third one falls silent while two are in, and one of those leaves. */
void is_passed_over(struct stage *stage)
{
    fills(stage);
    stage_wait(stage, 25 * SECOND_MS);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(stage_do(stage, people_call(&stage->buyers[i], VERB_HEARD)), REFUSAL_NONE);
    stage_wait(stage, 10 * SECOND_MS);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, people_call(&stage->buyers[0], VERB_QUEUE_LEAVE)),
                     REFUSAL_NONE);
}

void falls_silent(struct stage *stage)
{
    stage_enter(stage, 0, 0);
    stage_wait(stage, 28 * SECOND_MS);
    stage_arm(stage);
    stage_wait(stage, 1500);
}

void leaves_with_hold(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, people_call(&stage->buyers[0], VERB_QUEUE_LEAVE)),
                     REFUSAL_NONE);
}

void is_down_for_a_while(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    stage_arm(stage);
    stage_jump(stage, MINUTE_MS);
}

void time_passes(struct stage *stage)
{
    stage_enter(stage, 0, 0);
    stage_arm(stage);
    stage_jump(stage, 1000);
}

void round_is_cancelled(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    assert_int_equal(stage_pay(stage, 0), REFUSAL_NONE);
    struct call call = people_call(&stage->organizer, VERB_ROUND_CANCEL);
    call.in.round.round_id = stage->round_id;
    assert_int_equal(stage_do(stage, call), REFUSAL_NONE);
    stage_arm(stage);
    stage_jump(stage, 10);
}

void settings_change(struct stage *stage)
{
    struct call call = people_call(&stage->organizer, VERB_QUEUE_CHANGE);
    call.in.queue_change.has_max_active = true;
    call.in.queue_change.max_active = 1;
    fills(stage);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, call), REFUSAL_NONE);
}

static struct call keyed_charge(const struct stage *stage, int64_t fingerprint)
{
    struct call call = people_call(&stage->buyers[0], VERB_POINTS_CHARGE);
    call.in.points_charge.amount = 100;
    call.idempotency.present = true;
    call.idempotency.key_hash = 77;
    call.idempotency.fingerprint = call.idempotency.sent_fingerprint = fingerprint;
    return call;
}

void charges_with_key(struct stage *stage)
{
    stage_arm(stage);
    assert_int_equal(stage_do(stage, keyed_charge(stage, 1)), REFUSAL_NONE);
}

void repeats(struct stage *stage)
{
    assert_int_equal(stage_do(stage, keyed_charge(stage, 1)), REFUSAL_NONE);
    stage_crash(stage);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, keyed_charge(stage, 1)), REFUSAL_NONE);
}

void reuses_key(struct stage *stage)
{
    assert_int_equal(stage_do(stage, keyed_charge(stage, 1)), REFUSAL_NONE);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, keyed_charge(stage, 2)), REFUSAL_IDEMPOTENCY_KEY_REUSED);
}

void key_grows_old(struct stage *stage)
{
    assert_int_equal(stage_do(stage, keyed_charge(stage, 1)), REFUSAL_NONE);
    stage_arm(stage);
    stage_jump(stage, DAY_MS);
}

void session_grows_old(struct stage *stage)
{
    stage_arm(stage);
    stage_jump(stage, 30 * DAY_MS);
}

void looks(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    stage_arm(stage);
    assert_int_equal(stage_do(stage, people_call(&stage->buyers[0], VERB_POINTS_GET)),
                     REFUSAL_NONE);
}

void restarts(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 2), REFUSAL_NONE);
    stage_arm(stage);
    stage_crash(stage);
    stage_jump(stage, 10);
}

void lists(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 2), REFUSAL_NONE);
    struct call call = people_call(&stage->buyers[0], VERB_LIST);
    call.in.list = (struct record_query){.kind = RECORD_KIND_SEAT_RESERVATION, .limit = 10};
    stage_arm(stage);
    assert_int_equal(stage_do(stage, call), REFUSAL_NONE);
}

/* Nobody knows whether it was written. */
void append_fails(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    disk_plan(stage->disk)->operation = DISK_SYNC;
    disk_plan(stage->disk)->code = 10; /* SQLITE_IOERR */
    disk_plan(stage->disk)->countdown = 1;
    disk_plan(stage->disk)->lasting = true;
    stage_arm(stage);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_OUTCOME_UNKNOWN);
}

/* The judge does not hear of this one. */
static void does_secretly(struct stage *stage, struct call call)
{
    stage_arm(stage);
    assert_int_equal(stage_do(stage, call), REFUSAL_NONE);
    stage_disarm(stage);
    stage_check(stage);
}

void is_renamed_secretly(struct stage *stage)
{
    struct call call = people_call(&stage->buyers[0], VERB_USER_CHANGE);
    call.in.user_change.name = "Somebody Else";
    does_secretly(stage, call);
}

void holds_secretly(struct stage *stage)
{
    stage_enter(stage, 0, RICH);
    assert_int_equal(stage_hold(stage, 0, 0, 1), REFUSAL_NONE);
    does_secretly(stage, stage_hold_call(stage, 0, 1, 1));
}

void joins_secretly(struct stage *stage)
{
    does_secretly(stage, people_call(&stage->buyers[0], VERB_QUEUE_JOIN));
}

void announces_secretly(struct stage *stage)
{
    struct call call = people_call(&stage->organizer, VERB_CONCERT_CREATE);
    call.in.concert.title = call.in.concert.description = "A secret";
    call.in.concert.reservation_open_at = clock_wall();
    call.in.concert.reservation_close_at = clock_wall() + DAY_MS;
    does_secretly(stage, call);
}

void signs_out_secretly(struct stage *stage)
{
    does_secretly(stage, people_call(&stage->buyers[2], VERB_SESSION_CLOSE));
}

void buys_everything(struct stage *stage)
{
    for (size_t round = 0; round < 4; round++) {
        const size_t buyer = round % STAGE_BUYERS;
        stage_enter(stage, buyer, RICH);
        assert_int_equal(stage_hold(stage, buyer, 2 * round, 2), REFUSAL_NONE);
        if (round == 2)
            stage_crash(stage);
        assert_int_equal(stage_pay(stage, buyer), REFUSAL_NONE);
        stage_check(stage);
    }
    stage_wait(stage, 5 * MINUTE_MS);
    stage_check(stage);
    stage_jump(stage, 2 * DAY_MS);
    stage_check(stage);
}
