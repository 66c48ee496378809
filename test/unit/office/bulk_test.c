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

#define BUYERS 1100
#define SLICE 256

/* A buyer for each of the round's reservations of one or two seats. The last are not paid for: the
 * first two slices take those, and leave only what was paid for. */
static void sell_round(struct stage *stage, struct id round_id, struct person *second_buyer,
                       struct id *second)
{
    for (size_t i = 0; i < BUYERS; i++) {
        const struct person buyer = crowd_sign_up(stage, VERB_USER_REGISTER);
        crowd_enter(stage, &buyer);
        const struct id id = crowd_hold(stage, &buyer, round_id, 2 * i, 1 + i % 2);
        if (i >= BUYERS - 2 * SLICE)
            continue;
        crowd_charge(stage, &buyer, 20);
        crowd_pay(stage, &buyer, id);
        if (i == 1) {
            *second_buyer = buyer;
            *second = id;
        }
    }
    assert_true(stage->ledger.judge.paid > 0);
}

/* What the round has brought, and owes, in a batch whose tick has refunded a slice. */
static void check_sales(struct fixture *fixture, struct id round_id, int64_t refunds_pending,
                        int64_t revenue)
{
    struct call call = crowd_ask(&fixture->organizer, VERB_ROUND_SALES);
    call.in.round.round_id = round_id;
    ok(fixture, stage_call(&fixture->stage, &call));
    assert_int_equal(call.refusal, REFUSAL_NONE);
    assert_int_equal(call.out.sales.refunds_pending, refunds_pending);
    assert_int_equal(call.out.sales.revenue, revenue);
}

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
    stage->audit_every = 100;
    sell_round(stage, round_id, &second_buyer, &second);
    stage->audit_every = 1;

    struct call refund = crowd_ask(&second_buyer, VERB_RESERVATION_CANCEL);
    refund.in.reservation.reservation_id = second;
    assert_int_equal(crowd_do(stage, refund), REFUSAL_REFUND_CLOSED);
    struct call cancel = crowd_ask(&fixture->organizer, VERB_ROUND_CANCEL);
    cancel.in.round.round_id = round_id;
    assert_int_equal(crowd_do(stage, cancel), REFUSAL_NONE);
    assert_int_equal(live_reservations(fixture), BUYERS);
    check_sales(fixture, round_id, BUYERS - 2 * SLICE, 10 * (BUYERS - 2 * SLICE) * 3 / 2);
    assert_int_equal(live_reservations(fixture), BUYERS - SLICE);
    assert_true(office_next_due(stage->office, stage->now) <= stage->now.house);
    /* The round is over meanwhile, and stays until the last is refunded. */
    ok(fixture, stage_jump(stage, 10 * DAY_MS) && stage_drop(stage, 0));
    assert_int_equal(live_reservations(fixture), BUYERS - 2 * SLICE);
    /* Whoever does not want to wait for the slice may cancel, however late it is. */
    assert_int_equal(crowd_do(stage, refund), REFUSAL_NONE);
    assert_int_equal(live_reservations(fixture), BUYERS - 3 * SLICE - 1);
    ok(fixture, stage_drop(stage, 0) && stage_restart(stage, 0));
    assert_int_equal(live_reservations(fixture), BUYERS - 4 * SLICE - 1);
    ok(fixture, stage_restart(stage, HOUR_MS));
    assert_int_equal(live_reservations(fixture), 0);
    check_sales(fixture, round_id, 0, 0);
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
#define SOLD 4200

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
    assert_int_equal(ask_of_round(fixture, VERB_ROUND_SALES, round_id), REFUSAL_NOT_FOUND);
    struct call block = crowd_ask(&fixture->organizer, VERB_SEATS_BLOCK);
    block.in.seats_block.round_id = round_id;
    block.in.seats_block.seat_ids = &seat_id;
    block.in.seats_block.seat_count = 1;
    assert_int_equal(crowd_do(stage, block), REFUSAL_SEAT_OF_OTHER_ROUND);
    ok(fixture, stage_check(stage));
}

/* More reservations than one drop forgets, each of one seat. */
static void sell_seat_by_seat(struct stage *stage, struct id round_id)
{
    struct id held[HOLDS_PER_TOKEN_MAX];
    for (size_t i = 0; i < SOLD; i += HOLDS_PER_TOKEN_MAX) {
        const struct person buyer = crowd_sign_up(stage, VERB_USER_REGISTER);
        crowd_enter(stage, &buyer);
        crowd_charge(stage, &buyer, 10 * HOLDS_PER_TOKEN_MAX);
        for (size_t k = 0; k < HOLDS_PER_TOKEN_MAX; k++)
            held[k] = crowd_hold(stage, &buyer, round_id, i + k, 1);
        for (size_t k = 0; k < HOLDS_PER_TOKEN_MAX; k++)
            crowd_pay(stage, &buyer, held[k]);
    }
}

static void a_large_round_leaves_memory_in_slices_and_is_over_meanwhile(void **state)
{
    (void)state;
    struct office_settings settings = stage_settings();
    settings.max_seats_per_user = HOLDS_PER_TOKEN_MAX;
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    const struct id concert_id =
        crowd_concert(stage, &fixture->organizer, STAGE_START + 9 * DAY_MS);
    const struct id round_id =
        crowd_round(stage, &fixture->organizer, concert_id, STAGE_START + 9 * DAY_MS, LARGE, 10);
    stage->audit_every = 500;
    sell_seat_by_seat(stage, round_id);
    stage->audit_every = 1;
    const struct id first_seat = office_round_seat(stage->office, round_id, 0)->id;
    ok(fixture, stage_jump(stage, 10 * DAY_MS));

    size_t slices = 0;
    struct office_counts counts = {.seats = LARGE, .reservations = SOLD};
    while (counts.seats > 0) {
        const struct office_counts before = counts;
        ok(fixture, stage_drop(stage, 0));
        office_counts(stage->office, &counts);
        assert_true(counts.seats < before.seats || counts.reservations < before.reservations);
        slices++;
        check_leaving(fixture, round_id, first_seat);
    }
    assert_true(slices > 3);
    assert_int_equal(counts.reservations + counts.payments, 0);
    ok(fixture, stage_restart(stage, 0));
    check_leaving(fixture, round_id, first_seat);
    close_house(fixture);
}

/* More reservations ended in it than one drop forgets: its seats stay for as long as one of them
 * still points there. */
static void a_rounds_seats_stay_while_a_reservation_points_at_them(void **state)
{
    (void)state;
    struct office_settings settings = stage_settings();
    settings.admit_per_second = 1000;
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    stage->audit_every = 100;
    const struct id concert_id =
        crowd_concert(stage, &fixture->organizer, STAGE_START + 9 * DAY_MS);
    const struct id round_id =
        crowd_round(stage, &fixture->organizer, concert_id, STAGE_START + 9 * DAY_MS, 3, 10);
    const struct person buyer = crowd_sign_up(stage, VERB_USER_REGISTER);
    struct call cancel = crowd_ask(&buyer, VERB_RESERVATION_CANCEL);
    for (size_t i = 0; i < 210 * HOLDS_PER_TOKEN_MAX; i++) {
        if (i % HOLDS_PER_TOKEN_MAX == 0) {
            (void)crowd_do(stage, crowd_ask(&buyer, VERB_QUEUE_LEAVE));
            crowd_enter(stage, &buyer);
        }
        cancel.in.reservation.reservation_id = crowd_hold(stage, &buyer, round_id, i % 3, 1);
        assert_int_equal(crowd_do(stage, cancel), REFUSAL_NONE);
    }
    ok(fixture, stage_jump(stage, 10 * DAY_MS) && stage_drop(stage, 0) && stage_check(stage));
    struct office_counts counts;
    office_counts(stage->office, &counts);
    assert_true(counts.finished_waiting > 0);
    assert_int_equal(counts.seats, 3);
    ok(fixture, stage_drop(stage, 0));
    office_counts(stage->office, &counts);
    assert_int_equal(counts.finished_waiting, 0);
    assert_int_equal(counts.seats, 0);
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
    (void)crowd_round(stage, &fixture->organizer, concert_id, STAGE_START + 9 * DAY_MS, 1, 10);
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
    ok(fixture, stage_jump(stage, 4000) && stage_wait(stage, 1));

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

/* ---- More to pass over than a batch takes ---- */

#define SHUT_OUT 5000
#define PASSED_A_BATCH_MOST 2048 /* 1,024 in its tick, and as many when it settles */

static size_t count_passed(const struct stage *stage)
{
    size_t passed = 0;
    for (size_t i = 0; i < stage->ledger.row_count; i++) {
        const struct record *row = stage->ledger.rows[i].image;
        passed += row->kind == RECORD_KIND_QUEUE_TOKEN && row->as.queue_token.passed_at != 0;
    }
    return passed;
}

static struct token_view look(struct fixture *fixture, const struct person *person)
{
    struct call call = crowd_ask(person, VERB_QUEUE_TOKEN_GET);
    crowd_call(&fixture->stage, &call);
    assert_int_equal(call.refusal, REFUSAL_NONE);
    const struct token_view view = call.out.token;
    call_release(&call);
    return view;
}

static void join_for(struct fixture *fixture, const struct person *person, struct id concert_id)
{
    struct call call = crowd_ask(person, VERB_QUEUE_JOIN);
    call.in.queue_join.concert_id = concert_id;
    ok(fixture, stage_batch_call(&fixture->stage, &call));
    assert_true(call.created);
    call_release(&call);
}

static void set_paused(struct fixture *fixture, struct id round_id, enum verb verb)
{
    struct call call = crowd_ask(&fixture->organizer, verb);
    call.in.round.round_id = round_id;
    assert_int_equal(crowd_do(&fixture->stage, call), REFUSAL_NONE);
}

/* Who asks between two slices is answered, and told how many are really ahead; when the sale goes
 * on, the first of them is in by that batch. */
static void those_whose_sale_is_shut_are_passed_over_in_slices_and_return_at_once(void **state)
{
    (void)state;
    struct office_settings settings = stage_settings();
    settings.max_active = 2;
    settings.admit_per_second = 1000;
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    struct person *people = calloc(SHUT_OUT + 1, sizeof *people);
    assert_non_null(people);
    stage->audit_every = 0;
    for (size_t i = 0; i <= SHUT_OUT; i++)
        people[i] = crowd_sign_up(stage, VERB_USER_REGISTER);
    const timestamp_ms end = STAGE_START + DAY_MS;
    const struct id shut = crowd_concert(stage, &fixture->organizer, end);
    const struct id open = crowd_concert(stage, &fixture->organizer, end);
    const struct id shut_round = crowd_round(stage, &fixture->organizer, shut, end, 9, 10);
    (void)crowd_round(stage, &fixture->organizer, open, end, 9, 10);
    set_paused(fixture, shut_round, VERB_ROUND_PAUSE);
    ok(fixture, stage_batch_begin(stage));
    for (size_t i = 0; i < SHUT_OUT; i++)
        join_for(fixture, &people[i], shut);
    join_for(fixture, &people[SHUT_OUT], open);
    ok(fixture, stage_batch_end(stage));
    ok(fixture, stage_jump(stage, 5));
    unsigned batches = 0;
    for (size_t before = count_passed(stage), now; before < SHUT_OUT; before = now, batches++) {
        assert_int_equal(look(fixture, &people[SHUT_OUT]).token.status, TOKEN_STATUS_WAITING);
        const struct token_view last = look(fixture, &people[SHUT_OUT - 1]);
        assert_int_equal(last.ahead, SHUT_OUT - 1);
        now = count_passed(stage);
        assert_in_range(now - before, 1, 2 * PASSED_A_BATCH_MOST); /* by two batches */
    }
    assert_true(batches > 0);
    assert_int_equal(look(fixture, &people[SHUT_OUT]).token.status, TOKEN_STATUS_ACTIVE);
    assert_int_equal(look(fixture, &people[SHUT_OUT - 1]).ahead, SHUT_OUT - 1);
    set_paused(fixture, shut_round, VERB_ROUND_RESUME);
    assert_int_equal(look(fixture, &people[0]).token.status, TOKEN_STATUS_ACTIVE);
    assert_int_equal(look(fixture, &people[SHUT_OUT - 1]).ahead, SHUT_OUT - 2);
    stage->audit_every = 1;
    ok(fixture, stage_jump(stage, 1));
    free(people);
    close_house(fixture);
}

/* ---- A round that goes in the batch in which it came ---- */

static void a_round_that_came_and_went_in_a_batch_is_not_told_as_changed(void **state)
{
    (void)state;
    const struct office_settings settings = stage_settings();
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct stage *stage = &fixture->stage;
    const struct seat_plan seat = {.seat_number = "1"};
    struct call make = crowd_ask(&fixture->organizer, VERB_ROUND_CREATE);
    make.in.round.concert_id = crowd_concert(stage, &fixture->organizer, STAGE_START + DAY_MS);
    make.in.round.start_time = STAGE_START + DAY_MS;
    make.in.round.seats = &seat;
    make.in.round.seat_count = 1;
    struct call delete = crowd_ask(&fixture->organizer, VERB_ROUND_DELETE);
    ok(fixture, stage_batch_begin(stage) && stage_batch_call(stage, &make));
    delete.in.round.round_id = make.record->as.concert_round.id;
    ok(fixture, stage_batch_call(stage, &delete) && stage_batch_end(stage));
    assert_int_equal(make.refusal, REFUSAL_NONE);
    assert_int_equal(delete.refusal, REFUSAL_NONE);
    call_release(&make);
    call_release(&delete);
    close_house(fixture);
}

/* ---- A long line ---- */

static int64_t poll_of(struct fixture *fixture, const struct person *person)
{
    struct call call = crowd_ask(person, VERB_QUEUE_TOKEN_GET);
    crowd_call(&fixture->stage, &call);
    const int64_t poll_after_ms = call.out.token.poll_after_ms;
    call_release(&call);
    return poll_after_ms;
}

static void people_far_back_look_once_a_minute_and_before_they_count_as_silent(void **state)
{
    (void)state;
    struct office_settings settings = stage_settings();
    settings.admit_per_second = 1;
    settings.silent_seconds = 3600;
    struct fixture *fixture = open_house(&settings, RECOVER_FROM_TABLES);
    struct person people[700];
    for (size_t i = 0; i < 700; i++)
        people[i] = crowd_sign_up(&fixture->stage, VERB_USER_REGISTER);
    join_in_one_batch(fixture, people, 700);
    assert_int_equal(poll_of(fixture, &people[300]), 30000);
    assert_int_equal(poll_of(fixture, &people[599]), 59900);
    assert_int_equal(poll_of(fixture, &people[600]), 60000);
    assert_int_equal(poll_of(fixture, &people[699]), 60000);
    struct call call = crowd_ask(&fixture->organizer, VERB_QUEUE_CHANGE);
    call.in.queue_change.has_silent_seconds = true;
    call.in.queue_change.silent_seconds = 60;
    assert_int_equal(crowd_do(&fixture->stage, call), REFUSAL_NONE);
    assert_int_equal(poll_of(fixture, &people[299]), 29900);
    assert_int_equal(poll_of(fixture, &people[301]), 30000);
    assert_int_equal(poll_of(fixture, &people[699]), 30000);
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
        cmocka_unit_test(a_rounds_seats_stay_while_a_reservation_points_at_them),
        cmocka_unit_test(a_round_that_is_leaving_is_not_sold_again),
        cmocka_unit_test(more_silences_than_a_tick_takes_admit_nobody_silent),
        cmocka_unit_test(those_whose_sale_is_shut_are_passed_over_in_slices_and_return_at_once),
        cmocka_unit_test(a_round_that_came_and_went_in_a_batch_is_not_told_as_changed),
        cmocka_unit_test(people_far_back_look_once_a_minute_and_before_they_count_as_silent),
        cmocka_unit_test(no_more_concerts_than_the_house_keeps),
        cmocka_unit_test(no_more_rounds_than_a_concert_has),
        cmocka_unit_test(the_largest_round_is_made_and_found_again),
    };
    return cmocka_run_group_tests_name("bulk", tests, NULL, NULL);
}
