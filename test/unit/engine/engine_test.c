/* The whole engine on a real store: every request is answered once, what was acknowledged is there
 * after a restart, and everybody sees their own writes. */
#include "running.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <semaphore.h>

#include <cmocka.h>

static int open_running(void **state)
{
    struct running *running = calloc(1, sizeof *running);
    if (running == NULL)
        return -1;
    running_open(running, &people_settings);
    *state = running;
    return 0;
}

static int close_running(void **state)
{
    running_close(*state);
    free(*state);
    return 0;
}

static int64_t balance_of(struct running *running, const struct person *person)
{
    struct call asking = people_call(person, VERB_POINTS_GET);
    running_ask(running, &asking);
    assert_int_equal(asking.refusal, REFUSAL_NONE);
    return asking.out.points.balance;
}

static size_t count_states(struct running *running, struct id round_id, char wanted)
{
    size_t count = 0;
    const struct round_snapshot *round = engine_round(running->engine, round_id);
    assert_non_null(round);
    for (size_t i = 0; i < round->map->seat_count; i++)
        count += round->states[i] == wanted;
    engine_round_release(round);
    return count;
}

/* ---- A crowd ---- */

#define CROWD 64            /* requests in flight */
#define CROWD_ANSWERS 20000 /* after which nobody asks again */
#define CROWD_SEATS 20

struct crowd {
    struct running *running;
    struct id round_id;
    struct id seat_ids[CROWD_SEATS];
    atomic_int answers, in_flight;
    sem_t over;
};

/* Asks one thing after the other: charges, looks, reaches for a seat. */
struct member {
    struct request request;
    struct crowd *crowd;
    struct person person;
    unsigned step;
    atomic_bool asked; /* and not answered yet */
    int64_t charged;
    size_t held;
    bool doubled; /* answered when nothing was asked */
};

static void member_asks(struct member *member)
{
    static const enum verb steps[] = {VERB_POINTS_CHARGE, VERB_POINTS_GET,    VERB_RESERVATION_HOLD,
                                      VERB_LIST,          VERB_POINTS_CHARGE, VERB_QUEUE_JOIN};
    const struct crowd *crowd = member->crowd;
    struct call *call = &member->request.call;
    *call = people_call(&member->person, steps[member->step % 6]);
    if (call->verb == VERB_POINTS_CHARGE) {
        call->in.points_charge.amount = 1;
    } else if (call->verb == VERB_RESERVATION_HOLD) {
        call->in.reservation_hold.round_id = crowd->round_id;
        call->in.reservation_hold.seat_ids = &crowd->seat_ids[member->step / 6 % CROWD_SEATS];
        call->in.reservation_hold.seat_count = 1;
    } else if (call->verb == VERB_LIST) {
        call->in.list = (struct record_query){.kind = RECORD_KIND_POINT_ENTRY, .limit = 5};
    }
    member->step++;
    atomic_store(&member->asked, true);
}

static void member_done(struct crowd *crowd)
{
    if (atomic_fetch_sub(&crowd->in_flight, 1) == 1)
        (void)sem_post(&crowd->over);
}

static void member_answered(struct request *request)
{
    struct member *member = (struct member *)request;
    struct crowd *crowd = member->crowd;
    member->doubled = member->doubled || !atomic_exchange(&member->asked, false);
    if (request->call.refusal == REFUSAL_NONE) {
        member->charged += request->call.verb == VERB_POINTS_CHARGE;
        member->held += request->call.verb == VERB_RESERVATION_HOLD;
    }
    call_release(&request->call);
    if (atomic_fetch_add(&crowd->answers, 1) >= CROWD_ANSWERS) {
        member_done(crowd);
        return;
    }
    member_asks(member);
    if (engine_submit(crowd->running->engine, request) != RESULT_OK)
        member_done(crowd);
}

static void crowd_gathers(struct crowd *crowd, struct member *members)
{
    struct running *running = crowd->running;
    const struct person organizer = people_organizer(&running->asker, 1);
    crowd->round_id =
        people_round(&running->asker, &organizer, engine_now(running->engine).wall, CROWD_SEATS);
    /* Nobody is let in but to a free seat: here is one for each, beside those that they fight for.
     */
    (void)people_round(&running->asker, &organizer, engine_now(running->engine).wall, CROWD);
    for (size_t i = 0; i < CROWD_SEATS; i++)
        crowd->seat_ids[i] = running_seat(running, crowd->round_id, i);
    for (unsigned i = 0; i < CROWD; i++) {
        members[i] = (struct member){.crowd = crowd,
                                     .request = {.complete = member_answered},
                                     .person = people_buyer(&running->asker, i),
                                     .step = i};
        people_join(&running->asker, &members[i].person, 1000);
    }
    for (size_t i = 0; i < CROWD; i++)
        running_let_in(running, &members[i].person);
}

static void a_crowd_is_answered_once_each_and_nothing_is_doubled_or_lost(void **state)
{
    struct running *running = *state;
    struct crowd crowd = {.running = running, .in_flight = CROWD};
    struct member *members = calloc(CROWD, sizeof *members);
    assert_non_null(members);
    assert_int_equal(sem_init(&crowd.over, 0, 0), 0);
    crowd_gathers(&crowd, members);
    struct engine_counts before, after;
    engine_counts(running->engine, &before);
    for (size_t i = 0; i < CROWD; i++) {
        member_asks(&members[i]);
        assert_int_equal(engine_submit(running->engine, &members[i].request), RESULT_OK);
    }
    while (sem_wait(&crowd.over) != 0)
        continue;
    engine_counts(running->engine, &after);
    size_t held = 0;
    for (size_t i = 0; i < CROWD; i++) {
        assert_false(members[i].doubled);
        assert_false(atomic_load(&members[i].asked));
        assert_int_equal(balance_of(running, &members[i].person), 1000 + members[i].charged);
        held += members[i].held;
    }
    assert_int_equal(held, CROWD_SEATS);
    assert_int_equal(count_states(running, crowd.round_id, 'h'), CROWD_SEATS);
    assert_int_equal(atomic_load(&crowd.answers), CROWD_ANSWERS + CROWD);
    assert_int_equal(after.requests - before.requests, CROWD_ANSWERS + CROWD);
    assert_true(after.batches - before.batches < (CROWD_ANSWERS + CROWD) / 2); /* grouped */
    assert_int_equal(after.inbox_length, 0);
    assert_int_equal(sem_destroy(&crowd.over), 0);
    free(members);
}

/* ---- Starting again ---- */

static void what_was_acknowledged_is_there_after_a_restart(void **state)
{
    struct running *running = *state;
    const struct person organizer = people_organizer(&running->asker, 1);
    const struct person buyer = people_buyer(&running->asker, 1);
    const struct id round_id =
        people_round(&running->asker, &organizer, engine_now(running->engine).wall, 10);
    people_join(&running->asker, &buyer, 250);
    running_let_in(running, &buyer);
    struct id reservation_id;
    assert_int_equal(people_hold(&running->asker, &buyer, round_id,
                                 running_seat(running, round_id, 4), &reservation_id),
                     REFUSAL_NONE);
    const struct house_keys keys = engine_keys(running->engine);
    const timestamp_ms before = engine_now(running->engine).house;
    struct queue_view queue;
    const uint64_t queue_version = engine_queue(running->engine, &queue);

    /* Once with nothing booked, once with all of it. */
    for (int64_t book_ms = 0; book_ms <= 60000; book_ms += 60000) {
        running_stop(running, book_ms);
        running_start(running);
        const struct house_keys again = engine_keys(running->engine);
        assert_memory_equal(&again, &keys, sizeof keys);
        assert_true(engine_now(running->engine).house > before);
        assert_true(engine_queue(running->engine, &queue) > queue_version);
        assert_int_equal(queue.last_number, 1);
        assert_int_equal(balance_of(running, &buyer), 250);
        const struct round_snapshot *round = engine_round(running->engine, round_id);
        assert_memory_equal(round->states, "aaaahaaaaa", 10);
        engine_round_release(round);
        struct call asking = people_call(&buyer, VERB_RESERVATION_GET);
        asking.in.reservation.reservation_id = reservation_id;
        running_ask(running, &asking);
        assert_int_equal(asking.refusal, REFUSAL_NONE);
        assert_int_equal(asking.out.reservation.reservation.status, RESERVATION_STATUS_PENDING);
        call_release(&asking);
    }
    struct engine_counts counts;
    engine_counts(running->engine, &counts);
    assert_int_equal(counts.office.reservations, 1);
}

static void stopping_books_what_it_can(void **state)
{
    struct running *running = *state;
    const struct person buyer = people_buyer(&running->asker, 1);
    people_join(&running->asker, &buyer, 250);
    engine_stop(running->engine, 60000);
    running->engine = NULL;
    assert_int_equal(store_unbooked(running->store), 0);
    assert_true(store_booked_seq(running->store) > 0);
    store_close(running->store);
    running_start(running);
}

/* ---- Own writes ---- */

static void what_is_answered_is_published_before(void **state)
{
    struct running *running = *state;
    const struct person organizer = people_organizer(&running->asker, 1);
    const struct person buyer = people_buyer(&running->asker, 1);
    const struct id round_id =
        people_round(&running->asker, &organizer, engine_now(running->engine).wall, 50);
    const struct catalogue_snapshot *catalogue = engine_catalogue(running->engine);
    assert_int_equal(catalogue->round_count, 1);
    engine_catalogue_release(catalogue);
    people_join(&running->asker, &buyer, 250);
    struct queue_view queue;
    (void)engine_queue(running->engine, &queue);
    assert_int_equal(queue.last_number, 1);
    running_let_in(running, &buyer);
    uint64_t version = 0;
    for (size_t i = 0; i < 4; i++) {
        struct id reservation_id;
        assert_int_equal(people_hold(&running->asker, &buyer, round_id,
                                     running_seat(running, round_id, i), &reservation_id),
                         REFUSAL_NONE);
        const struct round_snapshot *round = engine_round(running->engine, round_id);
        assert_int_equal(round->states[i], 'h');
        assert_int_equal(round->held, i + 1);
        assert_true(round->version > version);
        version = round->version;
        engine_round_release(round);
    }
}

static void a_list_has_what_was_answered_before(void **state)
{
    struct running *running = *state;
    const struct person buyer = people_buyer(&running->asker, 1);
    for (int64_t amount = 1; amount <= 20; amount++) {
        struct call charging = people_call(&buyer, VERB_POINTS_CHARGE);
        charging.in.points_charge.amount = amount;
        running_ask(running, &charging);
        assert_int_equal(charging.refusal, REFUSAL_NONE);
        struct call listing = people_call(&buyer, VERB_LIST);
        listing.in.list = (struct record_query){.kind = RECORD_KIND_POINT_ENTRY, .limit = 3};
        running_ask(running, &listing);
        assert_int_equal(listing.refusal, REFUSAL_NONE);
        const struct record_page *page = &listing.out.page;
        assert_int_equal(page->count, amount < 3 ? amount : 3);
        assert_int_equal(page->more, amount > 3);
        assert_true(
            id_equal(page->records[0]->as.point_entry.id, charging.record->as.point_entry.id));
        assert_int_equal(page->records[0]->as.point_entry.amount, amount);
        call_release(&listing);
        call_release(&charging);
    }
}

static struct id charge_with_reference(struct running *running, const struct person *person,
                                       const char *reference, bool *created)
{
    struct call charging = people_call(person, VERB_POINTS_CHARGE);
    charging.in.points_charge.amount = 10;
    charging.in.points_charge.reference = reference;
    running_ask(running, &charging);
    assert_int_equal(charging.refusal, REFUSAL_NONE);
    const struct id id = charging.record->as.point_entry.id;
    *created = charging.created;
    call_release(&charging);
    return id;
}

static void a_row_that_left_memory_is_looked_up(void **state)
{
    struct running *running = *state;
    const struct person buyer = people_buyer(&running->asker, 1);
    bool created;
    const struct id first = charge_with_reference(running, &buyer, "invoice 1", &created);
    assert_true(created);
    running_stop(running, 60000);
    running_start(running);
    const struct id again = charge_with_reference(running, &buyer, "invoice 1", &created);
    assert_false(created);
    assert_true(id_equal(again, first));
    assert_int_equal(balance_of(running, &buyer), 10);

    struct call asking = people_call(&buyer, VERB_PAYMENT_GET);
    asking.in.payment_get.payment_id = id_floor(engine_now(running->engine).house);
    running_ask(running, &asking);
    assert_int_equal(asking.refusal, REFUSAL_NOT_FOUND);
    call_release(&asking);
}

/* ---- Bounds and the end ---- */

struct blocker {
    struct request request;
    sem_t reached, go_on;
};

/* Holds the engine's thread up, as nobody but a test may. */
static void block(struct request *request)
{
    struct blocker *blocker = (struct blocker *)request;
    (void)sem_post(&blocker->reached);
    while (sem_wait(&blocker->go_on) != 0)
        continue;
}

static void blocker_start(struct blocker *blocker, struct running *running)
{
    *blocker = (struct blocker){.request = {.call = {.verb = VERB_HEARD}, .complete = block}};
    assert_int_equal(sem_init(&blocker->reached, 0, 0), 0);
    assert_int_equal(sem_init(&blocker->go_on, 0, 0), 0);
    assert_int_equal(engine_submit(running->engine, &blocker->request), RESULT_OK);
    while (sem_wait(&blocker->reached) != 0)
        continue;
}

struct counted {
    struct request request;
    atomic_size_t *answers;
};

static void counted(struct request *request)
{
    const struct counted *one = (const struct counted *)request;
    atomic_fetch_add(one->answers, 1);
}

static void *stop_it(void *argument)
{
    engine_stop(argument, 0);
    return NULL;
}

static void the_inbox_is_bounded_and_draining_answers_what_is_in_it(void **state)
{
    struct running *running = *state;
    struct blocker blocker;
    atomic_size_t answers = 0;
    struct counted *requests = calloc(ENGINE_INBOX_MAX + 1, sizeof *requests);
    assert_non_null(requests);
    blocker_start(&blocker, running);
    for (size_t i = 0; i <= ENGINE_INBOX_MAX; i++) {
        requests[i] = (struct counted){
            .request = {.call = {.verb = VERB_HEARD}, .complete = counted}, .answers = &answers};
        assert_int_equal(engine_submit(running->engine, &requests[i].request),
                         i < ENGINE_INBOX_MAX ? RESULT_OK : RESULT_FULL);
    }
    struct engine_counts counts;
    engine_counts(running->engine, &counts);
    assert_int_equal(counts.inbox_length, ENGINE_INBOX_MAX);
    assert_int_equal(counts.refused_full, 1);
    assert_int_equal(engine_state(running->engine), ENGINE_READY);
    pthread_t stopping;
    assert_int_equal(pthread_create(&stopping, NULL, stop_it, running->engine), 0);
    while (engine_state(running->engine) != ENGINE_DRAINING)
        (void)sched_yield();
    assert_int_equal(atomic_load(&answers), 0);
    (void)sem_post(&blocker.go_on);
    assert_int_equal(pthread_join(stopping, NULL), 0);
    store_close(running->store);
    assert_int_equal(atomic_load(&answers), ENGINE_INBOX_MAX);
    running_start(running);
    free(requests);
}

static void stopping_answers_lists_and_look_ups_too(void **state)
{
    struct running *running = *state;
    const struct person buyer = people_buyer(&running->asker, 1);
    struct blocker blocker;
    atomic_size_t answers = 0;
    enum { COUNT = 300 };
    static struct counted requests[COUNT];
    blocker_start(&blocker, running);
    for (size_t i = 0; i < COUNT; i++) {
        struct call call = people_call(&buyer, i % 2 == 0 ? VERB_LIST : VERB_PAYMENT_GET);
        if (call.verb == VERB_LIST)
            call.in.list = (struct record_query){.kind = RECORD_KIND_POINT_ENTRY, .limit = 1};
        else
            call.in.payment_get.payment_id = id_floor((timestamp_ms)i + 1);
        requests[i] =
            (struct counted){.request = {.call = call, .complete = counted}, .answers = &answers};
        assert_int_equal(engine_submit(running->engine, &requests[i].request), RESULT_OK);
    }
    pthread_t stopping;
    assert_int_equal(pthread_create(&stopping, NULL, stop_it, running->engine), 0);
    (void)sem_post(&blocker.go_on);
    assert_int_equal(pthread_join(stopping, NULL), 0);
    assert_int_equal(atomic_load(&answers), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(requests[i].request.call.refusal,
                         i % 2 == 0 ? REFUSAL_NONE : REFUSAL_NOT_FOUND);
        call_release(&requests[i].request.call);
    }
    store_close(running->store);
    running_start(running);
}

static void what_was_taken_of_a_snapshot_outlives_the_engine(void **state)
{
    struct running *running = *state;
    const struct person organizer = people_organizer(&running->asker, 1);
    const struct id round_id =
        people_round(&running->asker, &organizer, engine_now(running->engine).wall, 3);
    const struct round_snapshot *round = engine_round(running->engine, round_id);
    const struct catalogue_snapshot *catalogue = engine_catalogue(running->engine);
    running_stop(running, 0);
    assert_memory_equal(round->states, "aaa", 3);
    assert_string_equal(round->map->seats[2].seat_number, "A-3");
    assert_string_equal(catalogue->concerts[0].title, "A concert");
    engine_round_release(round);
    engine_catalogue_release(catalogue);
    running_start(running);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_running, close_running)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_crowd_is_answered_once_each_and_nothing_is_doubled_or_lost),
        TEST(what_was_acknowledged_is_there_after_a_restart),
        TEST(stopping_books_what_it_can),
        TEST(what_is_answered_is_published_before),
        TEST(a_list_has_what_was_answered_before),
        TEST(a_row_that_left_memory_is_looked_up),
        TEST(the_inbox_is_bounded_and_draining_answers_what_is_in_it),
        TEST(stopping_answers_lists_and_look_ups_too),
        TEST(what_was_taken_of_a_snapshot_outlives_the_engine),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
