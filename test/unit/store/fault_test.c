/* A disk that fails at every single operation in turn, once or for good: nothing that was
 * acknowledged is ever lost, and the store works again when the disk does. */
#include "fault_vfs.h"
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void note(void *owner, int invariant, const char *text)
{
    (void)owner;
    print_error("invariant %d: %s\n", invariant, text);
}

static void add_heartbeat(struct scene *scene)
{
    scene->house.heartbeat_at = NOW + (timestamp_ms)scene->fixture->seq + 1;
    batch_add(scene->fixture,
              &(struct record){.kind = RECORD_KIND_HOUSE, .as.house = scene->house});
}

/* What is loaded ends with the last acknowledged append, also while another is pending. */
static void check_nothing_is_lost(struct fixture *fixture)
{
    struct loaded loaded;
    if (load(fixture, &loaded) != RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    assert_int_equal(loaded.position.seq, fixture->seq);
    assert_int_equal(loaded_heartbeat(&loaded), NOW + (timestamp_ms)loaded.position.seq);
    loaded_release(&loaded);
}

static void settle(struct fixture *fixture, struct fault_plan *plan)
{
    if (plan->lasting && plan->failed > 0) { /* a disk that still fails */
        const int failed = plan->failed;
        assert_int_equal(batch_settle(fixture), STORE_PENDING);
        assert_true(plan->failed > failed);
        check_nothing_is_lost(fixture); /* reading works all the same */
    }
    plan->countdown = 0;
    if (batch_settle(fixture) != STORE_DONE)
        fail_msg("%s", fixture->explanation.text);
    check_nothing_is_lost(fixture);
}

/* Appends, prunes and books; the failures on the way are settled. */
static void work(struct scene *scene, struct fault_plan *plan)
{
    struct fixture *fixture = scene->fixture;
    for (int i = 0; i < 8; i++) {
        size_t rows;
        if (i % 3 == 2)
            store_prune(fixture->store);
        add_heartbeat(scene);
        const enum store_outcome outcome = batch_try_append(fixture);
        assert_int_not_equal(outcome, STORE_LOST);
        if (outcome == STORE_PENDING)
            settle(fixture, plan);
        const uint64_t booked = store_booked_seq(fixture->store);
        if (i % 2 == 1 && store_book(fixture->store, &rows, &fixture->explanation) != RESULT_OK)
            assert_int_equal(store_booked_seq(fixture->store), booked);
    }
}

/* One run with the plan; false when it was over before anything failed. */
static bool survives(struct fixture *fixture, struct fault_plan *plan,
                     const struct fault_plan *planned)
{
    struct scene scene;
    size_t violations;
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    scene_open(&scene, fixture);
    add_heartbeat(&scene);
    batch_append(fixture);
    *plan = *planned;
    work(&scene, plan);
    const bool failed = plan->failed > 0;
    plan->countdown = 0;
    fixture_close(fixture);
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    check_nothing_is_lost(fixture);
    add_heartbeat(&scene);
    batch_append(fixture);
    book_all(fixture);
    assert_int_equal(store_audit(fixture->store, note, NULL, &violations, &fixture->explanation),
                     RESULT_OK);
    assert_int_equal(violations, 0);
    return failed;
}

static void every_operation_fails_in_turn(struct fault_plan *plan, bool lasting, int result)
{
    int at = 0;
    bool failed = true;
    while (failed) { /* ends when a run has fewer operations than `at` */
        const struct fault_plan planned = {.countdown = ++at, .lasting = lasting, .result = result};
        struct fixture *fixture = fixture_new();
        failed = survives(fixture, plan, &planned);
        fixture_free(fixture);
    }
    assert_true(at > 40);
}

static void once(void **state)
{
    every_operation_fails_in_turn(*state, false, SQLITE_IOERR_WRITE);
}

static void for_good(void **state)
{
    every_operation_fails_in_turn(*state, true, SQLITE_FULL);
}

int main(void)
{
    struct fault_plan plan = {0};
    fault_vfs_install(&plan);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(once, &plan),
        cmocka_unit_test_prestate(for_good, &plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
