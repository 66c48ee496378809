/* What is done in slices, and what has a bound: more than one tick, one drop or one house takes. */
#include "crowd.h"
#include "office/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct stage stage;
    struct coverage coverage;
    struct person organizer;
};

static void ok(const struct fixture *fixture, bool good)
{
    if (!good)
        fail_msg("%s", fixture->stage.trouble.text);
}

static struct fixture *open_house(const struct office_settings *settings, enum recovery recovery)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    ok(fixture, stage_open(&fixture->stage, settings, recovery, &fixture->coverage));
    fixture->stage.compare_every = 0;
    fixture->organizer = crowd_sign_up(&fixture->stage, VERB_ORGANIZER_ADD);
    return fixture;
}

static void close_house(struct fixture *fixture)
{
    ok(fixture, stage_check(&fixture->stage));
    stage_close(&fixture->stage);
    free(fixture);
}

static size_t live_reservations(const struct fixture *fixture)
{
    struct office_counts counts;
    office_counts(fixture->stage.office, &counts);
    return counts.reservations;
}

static void one_batch(struct fixture *fixture)
{
    ok(fixture, stage_batch_begin(&fixture->stage) && stage_batch_end(&fixture->stage));
}

/* ---- A cancelled round's refunds ---- */

#define BUYERS 900
#define SLICE 256

static void refunds_go_on_in_slices_across_restarts(enum recovery recovery)
{
    struct office_settings settings = stage_settings();
    settings.admit_per_second = 1000;
    settings.silent_seconds = settings.active_seconds = 86400;
    settings.hold_seconds = 86400;
    settings.refund_until_seconds = 10 * 86400; /* refunds closed before the sale began */
    struct fixture *fixture = open_house(&settings, recovery);
    struct person second_buyer = {0};
    struct id second = ID_NONE;
    struct stage *stage = &fixture->stage;
    const struct id concert_id =
        crowd_concert(stage, &fixture->organizer, STAGE_START + 9 * DAY_MS);
    const struct id round_id = crowd_round(stage, &fixture->organizer, concert_id,
                                           STAGE_START + 9 * DAY_MS, 2 * BUYERS, 10);
    for (size_t i = 0; i < BUYERS; i++) {
        const struct person buyer = crowd_sign_up(stage, VERB_USER_REGISTER);
        crowd_enter(stage, &buyer);
        const struct id id = crowd_hold(stage, &buyer, round_id, 2 * i, 1 + i % 2);
        if (i % 3 == 0)
            continue;
        crowd_charge(stage, &buyer, 20);
        crowd_pay(stage, &buyer, id);
        if (i == 1) {
            second_buyer = buyer;
            second = id;
        }
    }
    assert_true(stage->ledger.judge.paid > 0);

    struct call refund = crowd_ask(&second_buyer, VERB_RESERVATION_CANCEL);
    refund.in.reservation.reservation_id = second;
    assert_int_equal(crowd_do(stage, refund), REFUSAL_REFUND_CLOSED);
    struct call cancel = crowd_ask(&fixture->organizer, VERB_ROUND_CANCEL);
    cancel.in.round.round_id = round_id;
    assert_int_equal(crowd_do(stage, cancel), REFUSAL_NONE);
    assert_int_equal(live_reservations(fixture), BUYERS);
    one_batch(fixture);
    assert_int_equal(live_reservations(fixture), BUYERS - SLICE);
    assert_true(office_next_due(stage->office, stage->now) <= stage->now.house);
    /* Whoever does not want to wait for the slice may cancel, however late it is. */
    assert_int_equal(crowd_do(stage, refund), REFUSAL_NONE);
    assert_int_equal(live_reservations(fixture), BUYERS - 2 * SLICE - 1);
    ok(fixture, stage_drop(stage, 0) && stage_restart(stage, 0));
    assert_int_equal(live_reservations(fixture), BUYERS - 3 * SLICE - 1);
    ok(fixture, stage_restart(stage, HOUR_MS));
    assert_int_equal(live_reservations(fixture), 0);
    one_batch(fixture);
    assert_true(office_next_due(stage->office, stage->now) > stage->now.house);

    struct round_state state;
    assert_true(office_round_state(stage->office, round_id, &state));
    assert_int_equal(state.available, 2 * BUYERS);
    assert_int_equal(stage->ledger.judge.paid, 0);
    close_house(fixture);
}

static void a_cancelled_rounds_refunds_go_on_in_slices_across_restarts(void **state)
{
    (void)state;
    for (enum recovery recovery = 0; recovery < RECOVERY_COUNT; recovery++)
        refunds_go_on_in_slices_across_restarts(recovery);
}

/* ---- A large round that is over ---- */

#define LARGE 10000

static enum refusal ask_of_round(struct fixture *fixture, enum verb verb, struct id round_id)
{
    struct call call = crowd_ask(&fixture->organizer, verb);
    call.in.round.round_id = round_id;
    call.in.round.start_time = STAGE_START + 99 * DAY_MS;
    return crowd_do(&fixture->stage, call);
}

/* While its rows leave, a slice at a time, the round is over for everybody. */
static void check_leaving(struct fixture *fixture, struct id round_id, struct id seat_id)
{
    struct stage *stage = &fixture->stage;
    struct round_state state;
    assert_false(office_round_state(stage->office, round_id, &state));
    assert_int_equal(ask_of_round(fixture, VERB_ROUND_CANCEL, round_id), REFUSAL_REFUND_CLOSED);
    assert_int_equal(ask_of_round(fixture, VERB_ROUND_CHANGE, round_id), REFUSAL_HAS_RESERVATIONS);
    assert_int_equal(ask_of_round(fixture, VERB_ROUND_DELETE, round_id), REFUSAL_HAS_RESERVATIONS);
    struct call block = crowd_ask(&fixture->organizer, VERB_SEATS_BLOCK);
    block.in.seats_block.round_id = round_id;
    block.in.seats_block.seat_ids = &seat_id;
    block.in.seats_block.seat_count = 1;
    assert_int_equal(crowd_do(stage, block), REFUSAL_SEAT_OF_OTHER_ROUND);
    ok(fixture, stage_check(stage));
}

static void a_large_round_leaves_memory_in_slices_and_is_over_meanwhile(void **state)
{
    (void)state;
    const struct office_settings settings = stage_settings();
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    const struct id concert_id =
        crowd_concert(stage, &fixture->organizer, STAGE_START + 9 * DAY_MS);
    const struct id round_id =
        crowd_round(stage, &fixture->organizer, concert_id, STAGE_START + 9 * DAY_MS, LARGE, 10);
    const struct person buyer = crowd_sign_up(stage, VERB_USER_REGISTER);
    crowd_enter(stage, &buyer);
    crowd_charge(stage, &buyer, 100);
    crowd_pay(stage, &buyer, crowd_hold(stage, &buyer, round_id, 5, 2));
    const struct id first_seat = office_round_seat(stage->office, round_id, 0)->id;
    ok(fixture, stage_jump(stage, 10 * DAY_MS));

    size_t slices = 0, seats = LARGE;
    while (seats > 0) {
        struct office_counts counts;
        ok(fixture, stage_drop(stage, 0));
        office_counts(stage->office, &counts);
        assert_true(counts.seats < seats);
        seats = counts.seats;
        slices++;
        check_leaving(fixture, round_id, first_seat);
    }
    assert_true(slices > 2);
    ok(fixture, stage_restart(stage, 0));
    check_leaving(fixture, round_id, first_seat);
    close_house(fixture);
}

/* The wall clock was wrong and is put back while the round leaves: its sale does not open again. */
static void a_round_that_is_leaving_is_not_sold_again(void **state)
{
    (void)state;
    const struct office_settings settings = stage_settings();
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    const struct id concert_id =
        crowd_concert(stage, &fixture->organizer, STAGE_START + 9 * DAY_MS);
    const struct id round_id =
        crowd_round(stage, &fixture->organizer, concert_id, STAGE_START + 9 * DAY_MS, LARGE, 10);
    const struct person buyer = crowd_sign_up(stage, VERB_USER_REGISTER);
    crowd_enter(stage, &buyer);
    crowd_charge(stage, &buyer, 100);
    crowd_pay(stage, &buyer, crowd_hold(stage, &buyer, round_id, 5, 2));
    struct id seat_id = office_round_seat(stage->office, round_id, 0)->id;
    stage->now.wall += 10 * DAY_MS;
    one_batch(fixture);
    ok(fixture, stage_drop(stage, 0));
    stage->now.wall -= 10 * DAY_MS;
    crowd_enter(stage, &buyer);
    struct call hold = crowd_ask(&buyer, VERB_RESERVATION_HOLD);
    hold.in.reservation_hold.round_id = round_id;
    hold.in.reservation_hold.seat_ids = &seat_id;
    hold.in.reservation_hold.seat_count = 1;
    assert_int_equal(crowd_do(stage, hold), REFUSAL_SALES_CLOSED);
    ok(fixture, stage_drop(stage, 0) && stage_drop(stage, 0) && stage_drop(stage, 0));
    close_house(fixture);
}

/* ---- More due at once than one tick takes ---- */

#define CROWD (OFFICE_TICK_MAX + 2000)

static void join_in_one_batch(struct fixture *fixture, const struct person *people, size_t count)
{
    struct stage *stage = &fixture->stage;
    ok(fixture, stage_batch_begin(stage));
    for (size_t i = 0; i < count; i++) {
        struct call call = crowd_ask(&people[i], VERB_QUEUE_JOIN);
        ok(fixture, stage_batch_call(stage, &call));
        assert_true(call.created);
        call_release(&call);
    }
    ok(fixture, stage_batch_end(stage));
}

/* One is in; behind it all fall silent at the moment at which it does, but one. More is due then
 * than a tick takes, and the batch between the ticks must not let in somebody whose silence it has
 * not come to yet. */
static void more_silences_than_a_tick_takes_admit_nobody_silent(void **state)
{
    (void)state;
    struct office_settings settings = stage_settings();
    settings.max_active = 1;
    settings.admit_per_second = 1000;
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    struct person *people = calloc(CROWD, sizeof *people);
    assert_non_null(people);
    stage->audit_every = 0;
    for (size_t i = 0; i < CROWD; i++)
        people[i] = crowd_sign_up(stage, VERB_USER_REGISTER);
    (void)crowd_round(stage, &fixture->organizer,
                      crowd_concert(stage, &fixture->organizer, STAGE_START + DAY_MS),
                      STAGE_START + DAY_MS, 1, 10);
    const struct person first = crowd_sign_up(stage, VERB_USER_REGISTER);
    crowd_enter(stage, &first);
    ok(fixture, stage_jump(stage, 1));
    join_in_one_batch(fixture, people, CROWD);
    for (size_t i = 0; i < 29; i++)
        ok(fixture, stage_jump(stage, 4000));
    assert_int_equal(crowd_do(stage, crowd_ask(&people[CROWD - 1], VERB_HEARD)), REFUSAL_NONE);
    stage->audit_every = 1;
    ok(fixture, stage_jump(stage, 4000));

    size_t admitted = 0;
    for (size_t i = 0; i < stage->ledger.row_count; i++) {
        const struct record *row = stage->ledger.rows[i].image;
        if (row->kind != RECORD_KIND_QUEUE_TOKEN || row->as.queue_token.activate_at == 0)
            continue;
        admitted++;
        assert_true(id_equal(row->as.queue_token.user_id, first.user_id) ||
                    id_equal(row->as.queue_token.user_id, people[CROWD - 1].user_id));
    }
    assert_int_equal(admitted, 2);
    free(people);
    close_house(fixture);
}

/* ---- Bounds ---- */

static void no_more_concerts_than_the_house_keeps(void **state)
{
    (void)state;
    const struct office_settings settings = stage_settings();
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    for (size_t i = 0; i < CONCERTS_MAX; i++)
        (void)crowd_concert(&fixture->stage, &fixture->organizer, STAGE_START + DAY_MS);
    struct call call = crowd_ask(&fixture->organizer, VERB_CONCERT_CREATE);
    call.in.concert.title = call.in.concert.description = "x";
    call.in.concert.reservation_close_at = STAGE_START;
    assert_int_equal(crowd_do(&fixture->stage, call), REFUSAL_CAPACITY);
    close_house(fixture);
}

static void no_more_rounds_than_a_concert_has(void **state)
{
    (void)state;
    const struct office_settings settings = stage_settings();
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    const struct id concert_id = crowd_concert(stage, &fixture->organizer, STAGE_START + DAY_MS);
    struct id round_id = ID_NONE;
    for (size_t i = 0; i < ROUNDS_PER_CONCERT_MAX; i++)
        round_id = crowd_round(stage, &fixture->organizer, concert_id, STAGE_START + DAY_MS, 1, 10);
    const struct seat_plan seat = {.seat_number = "1"};
    struct call call = crowd_ask(&fixture->organizer, VERB_ROUND_CREATE);
    call.in.round.concert_id = concert_id;
    call.in.round.start_time = STAGE_START + DAY_MS;
    call.in.round.seats = &seat;
    call.in.round.seat_count = 1;
    assert_int_equal(crowd_do(stage, call), REFUSAL_CAPACITY);
    assert_int_equal(ask_of_round(fixture, VERB_ROUND_DELETE, round_id), REFUSAL_NONE);
    assert_int_equal(crowd_do(stage, call), REFUSAL_NONE);
    close_house(fixture);
}

/* The largest round the API takes, with every batch bound it touches. */
static void the_largest_round_is_made_and_found_again(void **state)
{
    (void)state;
    const struct office_settings settings = stage_settings();
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    const struct id concert_id = crowd_concert(stage, &fixture->organizer, STAGE_START + DAY_MS);
    const struct id round_id = crowd_round(stage, &fixture->organizer, concert_id,
                                           STAGE_START + DAY_MS, ROUND_SEATS_MAX, 10);
    ok(fixture, stage_restart(stage, 0));
    struct round_state seats;
    assert_true(office_round_state(stage->office, round_id, &seats));
    assert_int_equal(seats.available, ROUND_SEATS_MAX);
    assert_int_equal(ask_of_round(fixture, VERB_ROUND_DELETE, round_id), REFUSAL_NONE);
    close_house(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancelled_rounds_refunds_go_on_in_slices_across_restarts),
        cmocka_unit_test(a_large_round_leaves_memory_in_slices_and_is_over_meanwhile),
        cmocka_unit_test(a_round_that_is_leaving_is_not_sold_again),
        cmocka_unit_test(more_silences_than_a_tick_takes_admit_nobody_silent),
        cmocka_unit_test(no_more_concerts_than_the_house_keeps),
        cmocka_unit_test(no_more_rounds_than_a_concert_has),
        cmocka_unit_test(the_largest_round_is_made_and_found_again),
    };
    return cmocka_run_group_tests_name("bulk", tests, NULL, NULL);
}
