/* A batch: what each mode lets through, its bounds, and what an abandoned one answers. */
#include "by_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static int open_hand(void **state)
{
    struct by_hand *hand = malloc(sizeof *hand);
    if (hand == NULL)
        return -1;
    by_hand_open(hand);
    *state = hand;
    return 0;
}

static int close_hand(void **state)
{
    by_hand_close(*state);
    free(*state);
    return 0;
}

static void one_batch_answers_everybody_in_order_with_one_set_of_records(void **state)
{
    struct by_hand *hand = *state;
    const struct person buyer = people_buyer(&hand->asker, 1);
    struct request requests[3] = {
        {.call = people_call(&buyer, VERB_POINTS_CHARGE)},
        {.call = people_call(&buyer, VERB_POINTS_GET)},
        {.call = people_call(&buyer, VERB_POINTS_CHARGE)},
    };
    requests[0].call.in.points_charge.amount = 5;
    requests[2].call.in.points_charge.amount = 7;
    const uint64_t seq = hand->seq;
    by_hand_batch(hand, requests, 3);
    assert_int_equal(hand->seq, seq + 1);
    assert_true(hand->record_count >= 4);
    assert_ptr_equal(hand->batch.decided.first, &requests[0]);
    assert_ptr_equal(requests[0].next, &requests[1]);
    assert_ptr_equal(requests[1].next, &requests[2]);
    assert_null(requests[2].next);
    assert_int_equal(requests[1].call.out.points.balance, 5);
    assert_int_equal(requests[2].call.record->as.point_entry.balance, 12);
    for (size_t i = 0; i < 3; i++)
        call_release(&requests[i].call);

    struct call reading = people_call(&buyer, VERB_POINTS_GET);
    hand->asker.ask(hand, &reading);
    assert_int_equal(hand->record_count, 0); /* nothing to append for a batch that only looked */
}

static void who_is_let_in_by_the_batch_of_the_join_is_told_so(void **state)
{
    struct by_hand *hand = *state;
    const struct person organizer = people_organizer(&hand->asker, 1);
    (void)people_round(&hand->asker, &organizer, hand->now.wall, 2);
    hand->now.house += SECOND_MS; /* the door's bucket fills */
    const struct person people[] = {people_buyer(&hand->asker, 1), people_buyer(&hand->asker, 2)};
    struct request requests[] = {
        {.call = people_call(&people[0], VERB_QUEUE_JOIN)},
        {.call = people_call(&people[1], VERB_QUEUE_JOIN)},
    };
    by_hand_batch(hand, requests, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct token_view *view = &requests[i].call.out.token;
        assert_true(requests[i].call.created);
        assert_int_equal(view->token.status, TOKEN_STATUS_ACTIVE);
        assert_int_equal(view->token.number, i + 1);
        assert_int_equal(view->ahead, 0);
        assert_true(view->token.expires_at > hand->now.house);
        call_release(&requests[i].call);
    }
}

static enum refusal asked(struct by_hand *hand, const struct person *person, enum verb verb)
{
    struct call call = people_call(person, verb);
    if (verb == VERB_SIGN_IN_FIND)
        call.in.sign_in_find.email = "nobody@example.com";
    if (verb == VERB_STAFF_LIST)
        call.in.list = (struct record_query){.kind = RECORD_KIND_USER, .limit = 1};
    if (verb == VERB_LIST)
        call.in.list = (struct record_query){.kind = RECORD_KIND_PAYMENT, .limit = 1};
    hand->asker.ask(hand, &call);
    const enum refusal refusal = call.refusal;
    call_release(&call);
    return refusal;
}

static const enum verb reading_verbs[] = {
    VERB_SIGN_IN_FIND,
    VERB_USER_GET,
    VERB_USER_PASSWORD_GET,
    VERB_POINTS_GET,
    VERB_QUEUE_TOKEN_GET,
    VERB_RESERVATION_GET,
    VERB_RESERVATION_CALENDAR,
    VERB_PAYMENT_GET,
    VERB_TICKET_GET,
    VERB_TICKET_CODE_GET,
    VERB_LIST,
    VERB_HEARD,
    VERB_ROUND_SALES,
    VERB_PASSWORD_RESET_FIND,
    VERB_DRAFTS_SEE,
    VERB_CHANGES,
    VERB_DESK_SEE,
    VERB_QUEUE_FORECAST,
    VERB_RESERVATION_HISTORY,
    VERB_METRICS_GET,
    VERB_ROUND_IMPORT,
    VERB_STAFF_LIST,
    VERB_SESSION_LIST,
    VERB_SELFCHECK,
    VERB_SALES_BREAK_DOWN,
    VERB_PLAN_GET,
};

static bool reads(enum verb verb)
{
    for (size_t i = 0; i < sizeof reading_verbs / sizeof reading_verbs[0]; i++)
        if (reading_verbs[i] == verb)
            return true;
    return false;
}

/* A day later everything that reading may change by the way is due. */
static void while_frozen_writes_are_refused_and_reads_change_nothing(void **state)
{
    struct by_hand *hand = *state;
    const struct person buyer = people_buyer(&hand->asker, 1);
    people_join(&hand->asker, &buyer, 10);
    const uint64_t seq = hand->seq;
    office_freeze(hand->batch.office, true);
    hand->mode = BATCH_FROZEN;
    hand->now.house += 2 * DAY_MS;
    for (enum verb verb = 0; verb < VERB_COUNT; verb++) {
        const enum refusal refusal = asked(hand, &buyer, verb);
        if (reads(verb))
            assert_int_not_equal(refusal, REFUSAL_READ_ONLY);
        else
            assert_int_equal(refusal, REFUSAL_READ_ONLY);
    }
    size_t record_count;
    assert_int_equal(office_batch(hand->batch.office, &record_count)->length, 0);
    assert_int_equal(record_count, 0);
    assert_int_equal(hand->seq, seq);
}

static void while_the_bookkeeper_lags_writes_wait_and_time_runs_on(void **state)
{
    struct by_hand *hand = *state;
    const struct person buyer = people_buyer(&hand->asker, 1);
    people_join(&hand->asker, &buyer, 10);
    hand->mode = BATCH_LAGGING;
    assert_int_equal(asked(hand, &buyer, VERB_QUEUE_LEAVE), REFUSAL_BUSY);
    assert_int_equal(asked(hand, &buyer, VERB_POINTS_GET), REFUSAL_NONE);
    hand->now.house += 2 * SECOND_MS;
    by_hand_batch(hand, NULL, 0);
    assert_true(hand->record_count > 0); /* the heartbeat */
    hand->mode = BATCH_SELLING;
    assert_int_equal(asked(hand, &buyer, VERB_QUEUE_LEAVE), REFUSAL_NONE);
}

/* What is others' is shown to the house only where that can be told. */
static void what_cannot_be_told_is_not_shown(void **state)
{
    struct by_hand *hand = *state;
    const struct person organizer = people_organizer(&hand->asker, 1);
    assert_int_equal(asked(hand, &organizer, VERB_LIST), REFUSAL_NONE);
    assert_true(hand->record_count > 0);
    hand->mode = BATCH_LAGGING;
    assert_int_equal(asked(hand, &organizer, VERB_LIST), REFUSAL_BUSY);
    assert_int_equal(asked(hand, &organizer, VERB_POINTS_GET), REFUSAL_NONE);
    assert_int_equal(asked(hand, &organizer, VERB_STAFF_LIST), REFUSAL_NONE);
    office_freeze(hand->batch.office, true);
    hand->mode = BATCH_FROZEN;
    assert_int_equal(asked(hand, &organizer, VERB_LIST), REFUSAL_READ_ONLY);
    assert_int_equal(asked(hand, &organizer, VERB_POINTS_GET), REFUSAL_NONE);
}

static void without_an_office_everything_is_refused(void **state)
{
    struct by_hand *hand = *state;
    const struct person buyer = people_buyer(&hand->asker, 1);
    struct office *office = hand->batch.office;
    hand->batch.office = NULL;
    hand->mode = BATCH_CLOSED;
    assert_int_equal(asked(hand, &buyer, VERB_POINTS_GET), REFUSAL_UNAVAILABLE);
    assert_int_equal(asked(hand, &buyer, VERB_QUEUE_JOIN), REFUSAL_UNAVAILABLE);
    hand->batch.office = office;
}

static void an_abandoned_batch_refuses_everybody_who_was_in_it(void **state)
{
    struct by_hand *hand = *state;
    const struct person buyer = people_buyer(&hand->asker, 1);
    struct request requests[2] = {{.call = people_call(&buyer, VERB_QUEUE_JOIN)},
                                  {.call = people_call(&buyer, VERB_POINTS_GET)}};
    assert_false(batch_open(&hand->batch, BATCH_SELLING, hand->now, hand->seq + 1, &hand->ids));
    batch_decide(&hand->batch, &requests[0]);
    batch_decide(&hand->batch, &requests[1]);
    assert_non_null(batch_close(&hand->batch, &hand->record_count));
    batch_abandon(&hand->batch, REFUSAL_OUTCOME_UNKNOWN);
    assert_int_equal(requests[0].call.refusal, REFUSAL_OUTCOME_UNKNOWN);
    assert_int_equal(requests[1].call.refusal, REFUSAL_OUTCOME_UNKNOWN);
}

static void a_batch_is_full_by_requests(void **state)
{
    struct by_hand *hand = *state;
    const struct person buyer = people_buyer(&hand->asker, 1);
    struct request *requests = calloc(ENGINE_BATCH_MAX, sizeof *requests);
    assert_non_null(requests);
    assert_false(batch_open(&hand->batch, BATCH_SELLING, hand->now, hand->seq + 1, &hand->ids));
    for (size_t i = 0; i < ENGINE_BATCH_MAX; i++) {
        requests[i].call = people_call(&buyer, VERB_POINTS_GET);
        assert_false(batch_full(&hand->batch));
        batch_decide(&hand->batch, &requests[i]);
    }
    assert_true(batch_full(&hand->batch));
    free(requests);
}

static void a_batch_is_full_by_bytes(void **state)
{
    struct by_hand *hand = *state;
    const struct person organizer = people_organizer(&hand->asker, 1);
    const struct id round_id =
        people_round(&hand->asker, &organizer, hand->now.wall, ROUND_SEATS_MAX);
    struct id *seat_ids = calloc(ROUND_SEATS_MAX, sizeof *seat_ids);
    assert_non_null(seat_ids);
    for (size_t i = 0; i < ROUND_SEATS_MAX; i++)
        seat_ids[i] = office_round_seat(hand->batch.office, round_id, i)->id;
    struct request blocking = {.call = people_call(&organizer, VERB_SEATS_BLOCK)};
    blocking.call.in.seats_block.round_id = round_id;
    blocking.call.in.seats_block.seat_ids = seat_ids;
    blocking.call.in.seats_block.seat_count = ROUND_SEATS_MAX;
    assert_false(batch_open(&hand->batch, BATCH_SELLING, hand->now, hand->seq + 1, &hand->ids));
    assert_false(batch_full(&hand->batch));
    batch_decide(&hand->batch, &blocking);
    assert_int_equal(blocking.call.refusal, REFUSAL_NONE);
    assert_true(batch_full(&hand->batch));
    call_release(&blocking.call);
    free(seat_ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            one_batch_answers_everybody_in_order_with_one_set_of_records, open_hand, close_hand),
        cmocka_unit_test_setup_teardown(who_is_let_in_by_the_batch_of_the_join_is_told_so,
                                        open_hand, close_hand),
        cmocka_unit_test_setup_teardown(while_frozen_writes_are_refused_and_reads_change_nothing,
                                        open_hand, close_hand),
        cmocka_unit_test_setup_teardown(what_cannot_be_told_is_not_shown, open_hand, close_hand),
        cmocka_unit_test_setup_teardown(while_the_bookkeeper_lags_writes_wait_and_time_runs_on,
                                        open_hand, close_hand),
        cmocka_unit_test_setup_teardown(without_an_office_everything_is_refused, open_hand,
                                        close_hand),
        cmocka_unit_test_setup_teardown(an_abandoned_batch_refuses_everybody_who_was_in_it,
                                        open_hand, close_hand),
        cmocka_unit_test_setup_teardown(a_batch_is_full_by_requests, open_hand, close_hand),
        cmocka_unit_test_setup_teardown(a_batch_is_full_by_bytes, open_hand, close_hand),
    };
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
