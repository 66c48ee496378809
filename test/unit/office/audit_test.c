/* The audit itself: each thing it watches is broken by hand, and it says which invariant that was.
 */
#include "crowd.h"
#include "office/catalogue.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A house with something of everything: a hold, a payment, a blocked seat, people in line. */
struct fixture {
    struct stage stage;
    struct coverage coverage;
    struct office *office;
    struct live_round *round;
    struct live_user *holder, *payer, *waiter;
};

static struct live_user *live(struct stage *stage, const struct person *person)
{
    return user_find(stage->office, person->user_id);
}

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    struct stage *stage = &fixture->stage;
    struct office_settings settings = stage_settings();
    settings.max_active = 2;
    assert_true(stage_open(stage, &settings, RECOVER_FROM_TABLES, &fixture->coverage));
    const struct person organizer = crowd_sign_up(stage, VERB_ORGANIZER_ADD);
    const struct id round_id =
        crowd_round(stage, &organizer, crowd_concert(stage, &organizer, STAGE_START + DAY_MS),
                    STAGE_START + DAY_MS, 8, 10);
    const struct person holder = crowd_sign_up(stage, VERB_USER_REGISTER);
    const struct person payer = crowd_sign_up(stage, VERB_USER_REGISTER);
    const struct person waiter = crowd_sign_up(stage, VERB_USER_REGISTER);
    crowd_enter(stage, &holder);
    crowd_enter(stage, &payer);
    (void)crowd_hold(stage, &holder, round_id, 0, 2);
    crowd_charge(stage, &payer, 100);
    crowd_pay(stage, &payer, crowd_hold(stage, &payer, round_id, 2, 1));
    crowd_enter(stage, &payer);
    assert_int_equal(crowd_do(stage, crowd_ask(&waiter, VERB_QUEUE_JOIN)), REFUSAL_NONE);
    fixture->office = stage->office;
    fixture->round = round_find(stage->office, round_id);
    fixture->holder = live(stage, &holder);
    fixture->payer = live(stage, &payer);
    fixture->waiter = live(stage, &waiter);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    stage_close(&fixture->stage);
    free(fixture);
    return 0;
}

/* The audit finds the break and names the invariant; when it is mended, nothing. */
static void finds(const struct fixture *fixture, const char *what)
{
    struct explanation why;
    if (office_audit(fixture->office, &why))
        fail_msg("not found: %s", what);
    if (strncmp(why.text, what, strlen(what)) != 0)
        fail_msg("%s, not %s", why.text, what);
}

static void is_sound(const struct fixture *fixture)
{
    struct explanation why;
    if (!office_audit(fixture->office, &why))
        fail_msg("%s", why.text);
}

/* Changes a seat everywhere but in its reservation. */
static void set_seat(struct live_round *round, size_t position, enum seat_status status)
{
    struct live_seat *seat = round->seats[position];
    round->counts[seat->row.status]--;
    round->counts[status]++;
    round->states[position] = "ahsb"[status];
    seat_bits_set_free(round->bits, position, status == SEAT_STATUS_AVAILABLE);
    seat->row.status = status;
}

static void finds_seats_that_are_not_as_their_reservations_say(void **state)
{
    const struct fixture *fixture = *state;
    struct live_round *round = fixture->round;
    is_sound(fixture);
    set_seat(round, 0, SEAT_STATUS_SOLD);
    finds(fixture, "invariant 1: a reservation's seat");
    set_seat(round, 0, SEAT_STATUS_HELD);
    set_seat(round, 2, SEAT_STATUS_AVAILABLE);
    finds(fixture, "invariant 1: a reservation's seat");
    set_seat(round, 2, SEAT_STATUS_SOLD);
    set_seat(round, 5, SEAT_STATUS_HELD);
    finds(fixture, "invariant 1: seats are held or sold by nobody");
    set_seat(round, 5, SEAT_STATUS_SOLD);
    finds(fixture, "invariant 1: seats are held or sold by nobody");
    set_seat(round, 5, SEAT_STATUS_AVAILABLE);
    is_sound(fixture);
}

static void finds_counts_and_characters_that_are_not_the_seats(void **state)
{
    const struct fixture *fixture = *state;
    struct live_round *round = fixture->round;
    round->counts[SEAT_STATUS_BLOCKED]++;
    finds(fixture, "invariant 5: the counts");
    round->counts[SEAT_STATUS_BLOCKED]--;
    round->states[5] = 'b';
    finds(fixture, "invariant 5: a seat's public state");
    round->states[5] = 'a';
    seat_bits_set_free(round->bits, 5, false);
    finds(fixture, "invariant 5: a seat that can be had");
    seat_bits_set_free(round->bits, 5, true);
    is_sound(fixture);
}

static void finds_a_negative_balance(void **state)
{
    const struct fixture *fixture = *state;
    fixture->payer->account.balance = -1;
    finds(fixture, "invariant 3");
    fixture->payer->account.balance = 0;
    is_sound(fixture);
}

static void finds_more_active_tokens_than_may_be(void **state)
{
    const struct fixture *fixture = *state;
    const int64_t ceiling = fixture->office->house.active_ceiling;
    fixture->office->house.active_ceiling = 1;
    finds(fixture, "invariant 7: more tokens are active");
    fixture->office->house.active_ceiling = ceiling;
    fixture->office->active_count--;
    finds(fixture, "invariant 7: the queue's counts");
    fixture->office->active_count++;
    fixture->office->line.waiting--;
    finds(fixture, "invariant 7: the queue's counts");
    fixture->office->line.waiting++;
    is_sound(fixture);
}

static void finds_tokens_that_are_not_their_users(void **state)
{
    const struct fixture *fixture = *state;
    const uint32_t token = fixture->waiter->token;
    fixture->waiter->token = fixture->holder->token;
    finds(fixture, "invariant 8: a user's live token");
    fixture->waiter->token = 0;
    finds(fixture, "invariant 8: a user has two live tokens");
    fixture->waiter->token = token;
    is_sound(fixture);
}

static void finds_a_user_with_too_many_seats(void **state)
{
    const struct fixture *fixture = *state;
    const int64_t ceiling = fixture->office->house.seats_per_user_ceiling;
    fixture->office->house.seats_per_user_ceiling = 1;
    finds(fixture, "invariant 8: a user has too many seats");
    fixture->office->house.seats_per_user_ceiling = ceiling;
    is_sound(fixture);
}

static void finds_a_token_out_of_line(void **state)
{
    const struct fixture *fixture = *state;
    fixture->office->line.lanes[0]->cursor++;
    finds(fixture, "invariant 6");
    fixture->office->line.lanes[0]->cursor--;
    is_sound(fixture);
}

/* What live.def says of each kind. */
static void finds_memory_in_disorder(void **state)
{
    const struct fixture *fixture = *state;
    struct office *office = fixture->office;
    struct live_seat *seat = fixture->round->seats[0];
    struct heap_node *node = &user_token(office, fixture->waiter)->deadline;
    const uint32_t sessions = fixture->payer->sessions;
    is_sound(fixture);
    index_remove(&office->seat_by_id, seat);
    finds(fixture, "memory is in disorder: seat_by_id lacks an object");
    index_insert(&office->seat_by_id, seat);
    office->user_by_mailbox.count++;
    finds(fixture, "memory is in disorder: user_by_mailbox has objects that are gone");
    office->user_by_mailbox.count--;
    node->place++;
    finds(fixture, "memory is in disorder: token_deadlines has an object elsewhere");
    node->place--;
    fixture->payer->sessions = 0;
    finds(fixture, "memory is in disorder: sessions are not each on its owner's list");
    fixture->payer->sessions = fixture->waiter->sessions;
    finds(fixture, "memory is in disorder: sessions are not");
    fixture->payer->sessions = sessions;
    office->finished_visits.count++;
    finds(fixture, "memory is in disorder: finished_visits is not of all that ended");
    office->finished_visits.count--;
    is_sound(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_seats_that_are_not_as_their_reservations_say, begin,
                                        end),
        cmocka_unit_test_setup_teardown(finds_counts_and_characters_that_are_not_the_seats, begin,
                                        end),
        cmocka_unit_test_setup_teardown(finds_a_negative_balance, begin, end),
        cmocka_unit_test_setup_teardown(finds_more_active_tokens_than_may_be, begin, end),
        cmocka_unit_test_setup_teardown(finds_tokens_that_are_not_their_users, begin, end),
        cmocka_unit_test_setup_teardown(finds_a_user_with_too_many_seats, begin, end),
        cmocka_unit_test_setup_teardown(finds_a_token_out_of_line, begin, end),
        cmocka_unit_test_setup_teardown(finds_memory_in_disorder, begin, end),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
