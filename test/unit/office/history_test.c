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

struct scene {
    struct office_settings settings;
    struct stage stage;
    struct coverage coverage;
    struct person person;
};

static void scene_open(struct scene *scene)
{
    *scene = (struct scene){.settings = stage_settings()};
    assert_true(stage_open(&scene->stage, &scene->settings, RECOVER_FROM_TABLES, &scene->coverage));
    scene->person = crowd_sign_up(&scene->stage, VERB_USER_REGISTER);
}

static void scene_close(struct scene *scene)
{
    stage_close(&scene->stage);
}

/* A charge for whose reference the tables were looked in, in vain; it is not decided yet. */
static struct call look_up(struct scene *scene)
{
    struct call call = charge(&scene->person);
    decide(&scene->stage, &call);
    assert_true(call_wants_look_up(&call));
    ledger_answer(&scene->stage.ledger, &call.look_up);
    assert_int_equal(call.look_up.state, LOOK_UP_ABSENT);
    return call;
}

static void a_reference_that_was_used_and_forgotten_meanwhile_is_looked_up_again(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    struct call first = look_up(&scene);

    /* Before the answer is back the same reference is used by another call, booked and forgotten.
     */
    assert_int_equal(crowd_do(&scene.stage, charge(&scene.person)), REFUSAL_NONE);
    assert_true(stage_drop(&scene.stage, 0));

    decide(&scene.stage, &first);
    assert_true(call_wants_look_up(&first));
    ledger_answer(&scene.stage.ledger, &first.look_up);
    decide(&scene.stage, &first);
    assert_false(call_wants_look_up(&first));
    assert_int_equal(first.refusal, REFUSAL_NONE);
    assert_false(first.created);
    assert_int_equal(first.record->as.point_entry.balance, 5);
    call_release(&first);
    scene_close(&scene);
}

/* Nor does an office that was loaded meanwhile: what was booked by then is not loaded. */
static void a_reference_that_was_looked_up_before_a_load_is_looked_up_again(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    struct call first = look_up(&scene);
    assert_int_equal(crowd_do(&scene.stage, charge(&scene.person)), REFUSAL_NONE);
    assert_true(stage_restart(&scene.stage, 1));

    decide(&scene.stage, &first);
    assert_true(call_wants_look_up(&first));
    ledger_answer(&scene.stage.ledger, &first.look_up);
    decide(&scene.stage, &first);
    assert_int_equal(first.refusal, REFUSAL_NONE);
    assert_false(first.created);
    call_release(&first);
    scene_close(&scene);
}

/* Still in memory, it needs no history to be found. */
static void a_reference_that_was_used_meanwhile_is_found_in_memory(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    struct call first = look_up(&scene);
    assert_int_equal(crowd_do(&scene.stage, charge(&scene.person)), REFUSAL_NONE);
    decide(&scene.stage, &first);
    assert_false(call_wants_look_up(&first));
    assert_false(first.created);
    assert_int_equal(first.record->as.point_entry.balance, 5);
    call_release(&first);
    scene_close(&scene);
}

static struct call keyed_charge(const struct person *person, int64_t key)
{
    struct call call = crowd_ask(person, VERB_POINTS_CHARGE);
    call.in.points_charge.amount = 5;
    call.idempotency = (struct idempotency){
        .present = true, .key_hash = key, .fingerprint = 1, .sent_fingerprint = 1};
    return call;
}

static void a_key_that_was_pushed_out_meanwhile_is_not_told_as_replayed(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(crowd_do(&scene.stage, keyed_charge(&scene.person, 0)), REFUSAL_NONE);

    struct call again = keyed_charge(&scene.person, 0);
    decide(&scene.stage, &again);
    assert_true(call_wants_look_up(&again));
    assert_true(again.replayed);
    ledger_answer(&scene.stage.ledger, &again.look_up);
    scene.stage.now.house++;
    for (int64_t key = 1; key <= IDEMPOTENCY_KEYS_PER_USER_MAX; key++)
        assert_int_equal(crowd_do(&scene.stage, keyed_charge(&scene.person, key)), REFUSAL_NONE);
    decide(&scene.stage, &again);
    assert_int_equal(again.refusal, REFUSAL_NONE);
    assert_true(again.created);
    assert_false(again.replayed);
    call_release(&again);
    scene_close(&scene);
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
