/* A disk that is full for a while, by a limit on the size of files: what was being written is
 * answered as unknown, reading goes on, deadlines stand still, and selling resumes by itself. */
#include "running.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>

#include <cmocka.h>

#define HOLD_SECONDS 3

/* Longer than the hold, and than the gap that counts as a downtime. */
#define OUTAGE_MS (7 * SECOND_MS)

static int open_running(void **state)
{
    struct running *running = calloc(1, sizeof *running);
    if (running == NULL || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        return -1;
    struct office_settings settings = people_settings;
    settings.hold_seconds = HOLD_SECONDS;
    running_open(running, &settings);
    *state = running;
    return 0;
}

static int close_running(void **state)
{
    running_close(*state);
    free(*state);
    return 0;
}

/* The limit is the whole process's, so it lies above what anything but the store writes. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void disk_fills(void)
{
    limit_files(0);
}

static void disk_has_room(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit_files(limit.rlim_max);
}

static enum refusal charge(struct running *running, const struct person *person)
{
    struct call charging = people_call(person, VERB_POINTS_CHARGE);
    charging.in.points_charge.amount = 1;
    running_ask(running, &charging);
    const enum refusal refusal = charging.refusal;
    call_release(&charging);
    return refusal;
}

static int64_t balance(struct running *running, const struct person *person)
{
    struct call asking = people_call(person, VERB_POINTS_GET);
    running_ask(running, &asking);
    assert_int_equal(asking.refusal, REFUSAL_NONE);
    return asking.out.points.balance;
}

static void await_state(struct running *running, enum engine_state state)
{
    while (engine_state(running->engine) != state)
        (void)sched_yield();
}

static struct seat_reservation reservation(struct running *running, const struct person *person,
                                           struct id reservation_id)
{
    struct call asking = people_call(person, VERB_RESERVATION_GET);
    asking.in.reservation.reservation_id = reservation_id;
    running_ask(running, &asking);
    assert_int_equal(asking.refusal, REFUSAL_NONE);
    const struct seat_reservation row = asking.out.reservation.reservation;
    call_release(&asking);
    return row;
}

static void a_failed_append_is_unknown_and_heals_without_a_restart(void **state)
{
    struct running *running = *state;
    const struct person buyer = people_buyer(&running->asker, 1);
    int64_t acknowledged = 0, unknown = 0;
    for (int i = 0; i < 20; i++)
        acknowledged += charge(running, &buyer) == REFUSAL_NONE;
    assert_int_equal(acknowledged, 20);
    disk_fills();
    enum refusal refusal;
    while ((refusal = charge(running, &buyer)) != REFUSAL_READ_ONLY) {
        acknowledged += refusal == REFUSAL_NONE; /* where the log had room still */
        unknown += refusal == REFUSAL_OUTCOME_UNKNOWN;
    }
    assert_true(unknown >= 1);
    await_state(running, ENGINE_DEGRADED);
    assert_in_range(balance(running, &buyer), acknowledged, acknowledged + unknown);
    disk_has_room();
    await_state(running, ENGINE_READY);
    assert_int_equal(charge(running, &buyer), REFUSAL_NONE);
    acknowledged++;
    const int64_t found = balance(running, &buyer); /* what was unknown was done after all */
    assert_int_equal(found, acknowledged + unknown);
    struct engine_counts counts;
    engine_counts(running->engine, &counts);
    assert_int_equal(counts.failed_appends, 1);
    assert_int_equal(counts.reloads, 1); /* for reading meanwhile; its own office goes on */

    running_stop(running, 60000);
    running_start(running);
    assert_int_equal(balance(running, &buyer), found);
}

struct mended {
    struct request request;
    sem_t answered;
};

/* Runs on the engine's thread, between the first attempt to settle and the second. */
static void mend(struct request *request)
{
    struct mended *mended = (struct mended *)request;
    if (request->call.refusal == REFUSAL_OUTCOME_UNKNOWN)
        disk_has_room();
    (void)sem_post(&mended->answered);
}

static void a_disk_that_fails_for_a_moment_costs_one_batch_and_no_reload(void **state)
{
    struct running *running = *state;
    const struct person buyer = people_buyer(&running->asker, 1);
    int64_t acknowledged = 0, unknown = 0;
    struct mended mended = {.request = {.complete = mend}};
    assert_int_equal(sem_init(&mended.answered, 0, 0), 0);
    disk_fills();
    while (unknown == 0) {
        mended.request.call = people_call(&buyer, VERB_POINTS_CHARGE);
        mended.request.call.in.points_charge.amount = 1;
        assert_int_equal(engine_submit(running->engine, &mended.request), RESULT_OK);
        while (sem_wait(&mended.answered) != 0)
            continue;
        acknowledged += mended.request.call.refusal == REFUSAL_NONE;
        unknown += mended.request.call.refusal == REFUSAL_OUTCOME_UNKNOWN;
        call_release(&mended.request.call);
    }
    assert_int_equal(sem_destroy(&mended.answered), 0);
    assert_int_equal(charge(running, &buyer), REFUSAL_NONE);
    assert_int_equal(engine_state(running->engine), ENGINE_READY);
    assert_int_equal(balance(running, &buyer), acknowledged + unknown + 1);
    struct engine_counts counts;
    engine_counts(running->engine, &counts);
    assert_int_equal(counts.failed_appends, 1);
    assert_int_equal(counts.reloads, 0);
}

static void deadlines_stand_still_while_nothing_can_be_written(void **state)
{
    struct running *running = *state;
    const struct person organizer = people_organizer(&running->asker, 1);
    const struct person buyer = people_buyer(&running->asker, 1);
    const struct id round_id =
        people_round(&running->asker, &organizer, engine_now(running->engine).wall, 5);
    people_join(&running->asker, &buyer, 1000);
    running_let_in(running, &buyer);
    struct id reservation_id;
    assert_int_equal(people_hold(&running->asker, &buyer, round_id,
                                 running_seat(running, round_id, 2), &reservation_id),
                     REFUSAL_NONE);
    const timestamp_ms deadline = reservation(running, &buyer, reservation_id).expires_at;

    disk_fills();
    while (charge(running, &buyer) != REFUSAL_READ_ONLY)
        continue;
    const timestamp_ms outage = engine_now(running->engine).house;
    while (engine_now(running->engine).house < outage + OUTAGE_MS) {
        /* Every attempt to go on ends back here. */
        await_state(running, ENGINE_DEGRADED);
        const struct seat_reservation row = reservation(running, &buyer, reservation_id);
        assert_int_equal(row.status, RESERVATION_STATUS_PENDING);
        assert_int_equal(row.expires_at, deadline);
        assert_int_equal(charge(running, &buyer), REFUSAL_READ_ONLY);
        const struct round_snapshot *round = engine_round(running->engine, round_id);
        assert_memory_equal(round->states, "aahaa", 5);
        engine_round_release(round);
    }
    disk_has_room();
    await_state(running, ENGINE_READY);
    const struct seat_reservation row = reservation(running, &buyer, reservation_id);
    assert_int_equal(row.status, RESERVATION_STATUS_PENDING);
    assert_true(row.expires_at >= deadline + OUTAGE_MS);
    assert_true(row.expires_at > engine_now(running->engine).house);

    struct call paying = people_call(&buyer, VERB_PAYMENT_MAKE);
    paying.in.reservation.reservation_id = reservation_id;
    running_ask(running, &paying);
    assert_int_equal(paying.refusal, REFUSAL_NONE);
    call_release(&paying);
    const struct round_snapshot *round = engine_round(running->engine, round_id);
    assert_memory_equal(round->states, "aasaa", 5);
    engine_round_release(round);
}

static void it_starts_for_reading_when_the_disk_is_full_and_sells_when_it_is_not(void **state)
{
    struct running *running = *state;
    const struct person buyer = people_buyer(&running->asker, 1);
    people_join(&running->asker, &buyer, 1000);
    running_stop(running, 0);
    running->settings
        .max_seats_per_user++; /* the house keeps the highest: there is a row to write */
    struct explanation explanation;
    const struct store_options store_options = {.directory = running->directory};
    const struct engine_options options = {
        .settings = running->settings, .reader_threads = 1, .password_threads = 1};
    assert_int_equal(store_open(&running->store, &store_options, &explanation), RESULT_OK);
    disk_fills();
    assert_int_equal(engine_start(&running->engine, running->store, &options, &explanation),
                     RESULT_OK);
    assert_int_equal(engine_state(running->engine), ENGINE_DEGRADED);
    assert_int_equal(balance(running, &buyer), 1000);
    assert_int_equal(charge(running, &buyer), REFUSAL_READ_ONLY);
    disk_has_room();
    await_state(running, ENGINE_READY);
    assert_int_equal(charge(running, &buyer), REFUSAL_NONE);
}

static void a_new_directory_that_cannot_be_written_is_refused_with_a_sentence(void **state)
{
    struct running *running = *state;
    running_close(running);
    *running = (struct running){.directory = "/tmp/usher-engine-test-XXXXXX"};
    assert_non_null(mkdtemp(running->directory));
    const struct store_options store_options = {.directory = running->directory};
    const struct engine_options options = {
        .settings = people_settings, .reader_threads = 1, .password_threads = 1};
    struct explanation explanation = {{0}};
    struct engine *engine;
    assert_int_equal(store_open(&running->store, &store_options, &explanation), RESULT_OK);
    disk_fills();
    assert_int_equal(engine_start(&engine, running->store, &options, &explanation), RESULT_IO);
    disk_has_room();
    assert_string_not_equal(explanation.text, "");
    assert_null(engine);
    store_close(running->store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_running, close_running)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_failed_append_is_unknown_and_heals_without_a_restart),
        TEST(a_disk_that_fails_for_a_moment_costs_one_batch_and_no_reload),
        TEST(deadlines_stand_still_while_nothing_can_be_written),
        TEST(it_starts_for_reading_when_the_disk_is_full_and_sells_when_it_is_not),
        TEST(a_new_directory_that_cannot_be_written_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
