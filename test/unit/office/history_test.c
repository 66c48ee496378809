/* A look-up into history that became stale on its way back is not believed. */
#include "crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct call charge(const struct person *person)
{
    struct call call = crowd_ask(person, VERB_POINTS_CHARGE);
    call.in.points_charge.amount = 5;
    call.in.points_charge.reference = "a";
    return call;
}

/* Decides the call in a batch of its own, as an engine does that looks up between two batches. */
static void decide(struct stage *stage, struct call *call)
{
    const struct turn turn = {.now = stage->now, .seq = stage->ledger.seq + 1, .ids = &stage->ids};
    assert_true(stage_batch_begin(stage));
    office_call(stage->office, &turn, call);
    assert_true(stage_batch_end(stage));
}

static void a_reference_that_was_used_and_forgotten_meanwhile_is_looked_up_again(void **state)
{
    (void)state;
    struct stage stage;
    struct coverage coverage = {0};
    const struct office_settings settings = stage_settings();
    assert_true(stage_open(&stage, &settings, RECOVER_FROM_TABLES, &coverage));
    const struct person person = crowd_sign_up(&stage, VERB_USER_REGISTER);

    struct call first = charge(&person);
    decide(&stage, &first);
    assert_true(call_wants_history(&first));
    ledger_answer(&stage.ledger, &first.history);
    assert_int_equal(first.history.state, HISTORY_ABSENT);

    /* Before the answer is back the same reference is used by another call, booked and forgotten.
     */
    assert_int_equal(crowd_do(&stage, charge(&person)), REFUSAL_NONE);
    assert_true(stage_drop(&stage, 0));

    decide(&stage, &first);
    assert_true(call_wants_history(&first));
    ledger_answer(&stage.ledger, &first.history);
    decide(&stage, &first);
    assert_false(call_wants_history(&first));
    assert_int_equal(first.refusal, REFUSAL_NONE);
    assert_false(first.created);
    assert_int_equal(first.record->as.point_entry.balance, 5);
    call_release(&first);
    stage_close(&stage);
}

/* Nor does an office that was loaded meanwhile: what was booked by then is not loaded. */
static void a_reference_that_was_looked_up_before_a_load_is_looked_up_again(void **state)
{
    (void)state;
    struct stage stage;
    struct coverage coverage = {0};
    const struct office_settings settings = stage_settings();
    assert_true(stage_open(&stage, &settings, RECOVER_FROM_TABLES, &coverage));
    const struct person person = crowd_sign_up(&stage, VERB_USER_REGISTER);

    struct call first = charge(&person);
    decide(&stage, &first);
    ledger_answer(&stage.ledger, &first.history);
    assert_int_equal(first.history.state, HISTORY_ABSENT);
    assert_int_equal(crowd_do(&stage, charge(&person)), REFUSAL_NONE);
    assert_true(stage_restart(&stage, 1));

    decide(&stage, &first);
    assert_true(call_wants_history(&first));
    ledger_answer(&stage.ledger, &first.history);
    decide(&stage, &first);
    assert_int_equal(first.refusal, REFUSAL_NONE);
    assert_false(first.created);
    call_release(&first);
    stage_close(&stage);
}

/* Still in memory, it needs no history to be found. */
static void a_reference_that_was_used_meanwhile_is_found_in_memory(void **state)
{
    (void)state;
    struct stage stage;
    struct coverage coverage = {0};
    const struct office_settings settings = stage_settings();
    assert_true(stage_open(&stage, &settings, RECOVER_FROM_TABLES, &coverage));
    const struct person person = crowd_sign_up(&stage, VERB_USER_REGISTER);

    struct call first = charge(&person);
    decide(&stage, &first);
    ledger_answer(&stage.ledger, &first.history);
    assert_int_equal(crowd_do(&stage, charge(&person)), REFUSAL_NONE);
    decide(&stage, &first);
    assert_false(call_wants_history(&first));
    assert_false(first.created);
    assert_int_equal(first.record->as.point_entry.balance, 5);
    call_release(&first);
    stage_close(&stage);
}

static struct call keyed_charge(const struct person *person, int64_t key)
{
    struct call call = crowd_ask(person, VERB_POINTS_CHARGE);
    call.in.points_charge.amount = 5;
    call.idempotency = (struct idempotency){.present = true, .key_hash = key, .fingerprint = 1};
    return call;
}

static void a_key_that_was_pushed_out_meanwhile_is_not_told_as_replayed(void **state)
{
    (void)state;
    struct stage stage;
    struct coverage coverage = {0};
    const struct office_settings settings = stage_settings();
    assert_true(stage_open(&stage, &settings, RECOVER_FROM_TABLES, &coverage));
    const struct person person = crowd_sign_up(&stage, VERB_USER_REGISTER);
    assert_int_equal(crowd_do(&stage, keyed_charge(&person, 0)), REFUSAL_NONE);

    struct call again = keyed_charge(&person, 0);
    decide(&stage, &again);
    assert_true(call_wants_history(&again));
    assert_true(again.replayed);
    ledger_answer(&stage.ledger, &again.history);
    stage.now.house++;
    for (int64_t key = 1; key <= IDEMPOTENCY_KEYS_PER_USER_MAX; key++)
        assert_int_equal(crowd_do(&stage, keyed_charge(&person, key)), REFUSAL_NONE);
    decide(&stage, &again);
    assert_int_equal(again.refusal, REFUSAL_NONE);
    assert_true(again.created);
    assert_false(again.replayed);
    call_release(&again);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reference_that_was_used_and_forgotten_meanwhile_is_looked_up_again),
        cmocka_unit_test(a_reference_that_was_looked_up_before_a_load_is_looked_up_again),
        cmocka_unit_test(a_reference_that_was_used_meanwhile_is_found_in_memory),
        cmocka_unit_test(a_key_that_was_pushed_out_meanwhile_is_not_told_as_replayed),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
