/* The inbox: order, bound, closing, and that nothing is lost or doubled between many threads. */
#include "engine/clock.h"
#include "engine/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <pthread.h>
#include <sched.h>

#include <cmocka.h>

#define FAR_MS                                                                                     \
    (60 * SECOND_MS) /* a wait that ends by being woken; a lost wake-up shows as this              \
                      */

static void requests_come_out_in_the_order_of_their_arrival(void **state)
{
    (void)state;
    struct inbox inbox;
    struct request requests[5] = {0};
    inbox_init(&inbox, 10);
    assert_null(inbox_next(&inbox));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(inbox_put(&inbox, &requests[i]), RESULT_OK);
    assert_ptr_equal(inbox_next(&inbox), &requests[0]);
    for (size_t i = 3; i < 5; i++)
        assert_int_equal(inbox_put(&inbox, &requests[i]), RESULT_OK);
    for (size_t i = 1; i < 5; i++)
        assert_ptr_equal(inbox_next(&inbox), &requests[i]);
    assert_null(inbox_next(&inbox));
}

static void past_its_bound_it_is_full(void **state)
{
    (void)state;
    struct inbox inbox;
    struct request requests[3] = {0};
    inbox_init(&inbox, 2);
    assert_int_equal(inbox_put(&inbox, &requests[0]), RESULT_OK);
    assert_int_equal(inbox_put(&inbox, &requests[1]), RESULT_OK);
    assert_int_equal(inbox_put(&inbox, &requests[2]), RESULT_FULL);
    assert_int_equal(inbox_length(&inbox), 2);
    assert_non_null(inbox_next(&inbox));
    assert_int_equal(inbox_put(&inbox, &requests[2]), RESULT_OK);
    assert_int_equal(inbox_put(&inbox, &requests[0]), RESULT_FULL);
}

static void closed_it_is_finished_when_everything_is_out(void **state)
{
    (void)state;
    struct inbox inbox;
    struct request first = {0}, second = {0};
    inbox_init(&inbox, 10);
    assert_int_equal(inbox_put(&inbox, &first), RESULT_OK);
    assert_false(inbox_closed(&inbox));
    inbox_close(&inbox);
    inbox_close(&inbox);
    assert_true(inbox_closed(&inbox));
    assert_int_equal(inbox_put(&inbox, &second), RESULT_FULL);
    assert_int_equal(inbox_length(&inbox), 1);
    assert_false(inbox_finished(&inbox));
    assert_ptr_equal(inbox_next(&inbox), &first);
    assert_true(inbox_finished(&inbox));
}

static void a_lent_request_keeps_it_from_being_finished(void **state)
{
    (void)state;
    struct inbox inbox;
    struct request lent = {0}, other = {0};
    inbox_init(&inbox, 1);
    assert_int_equal(inbox_put(&inbox, &lent), RESULT_OK);
    assert_ptr_equal(inbox_next(&inbox), &lent);
    inbox_lend(&inbox);
    assert_int_equal(inbox_put(&inbox, &other), RESULT_FULL);
    inbox_close(&inbox);
    assert_false(inbox_finished(&inbox));
    inbox_return(&inbox, &lent);
    assert_false(inbox_finished(&inbox));
    assert_ptr_equal(inbox_next(&inbox), &lent);
    assert_true(inbox_finished(&inbox));

    inbox_lend(&inbox);
    assert_false(inbox_finished(&inbox));
    inbox_forgo(&inbox);
    assert_true(inbox_finished(&inbox));
    inbox_wait(&inbox, FAR_MS); /* the last one that was forgone woke whoever waits for the end */
}

static void it_does_not_sleep_on_work_or_after_a_poke(void **state)
{
    (void)state;
    struct inbox inbox;
    struct request requests[2] = {0};
    inbox_init(&inbox, 10);
    inbox_wake(&inbox);
    inbox_wait(&inbox, FAR_MS);
    assert_int_equal(inbox_put(&inbox, &requests[0]), RESULT_OK);
    inbox_wait(&inbox, FAR_MS);
    assert_int_equal(inbox_put(&inbox, &requests[1]), RESULT_OK);
    assert_non_null(inbox_next(&inbox)); /* the second is turned around already */
    inbox_wait(&inbox, FAR_MS);
    assert_non_null(inbox_next(&inbox));
    const uint64_t before = monotonic_nanoseconds();
    inbox_wait(&inbox, 20); /* nothing is left: it sleeps */
    assert_true(monotonic_nanoseconds() - before >= 20 * 1000000);
}

#define PRODUCERS 4
#define PER_PRODUCER 5000
#define CROWD_BOUND 64 /* small, so that it is full, empty and slept on often */

struct numbered {
    struct request request;
    size_t producer, number;
};

struct producer {
    pthread_t thread;
    struct inbox *inbox;
    struct numbered *requests;
};

static void *produce(void *argument)
{
    struct producer *producer = argument;
    for (size_t i = 0; i < PER_PRODUCER; i++)
        while (inbox_put(producer->inbox, &producer->requests[i].request) != RESULT_OK)
            (void)sched_yield();
    return NULL;
}

static void many_threads_lose_and_double_nothing(void **state)
{
    (void)state;
    struct inbox inbox;
    struct producer producers[PRODUCERS];
    size_t expected[PRODUCERS] = {0};
    inbox_init(&inbox, CROWD_BOUND);
    for (size_t i = 0; i < PRODUCERS; i++) {
        struct numbered *requests = calloc(PER_PRODUCER, sizeof *requests);
        assert_non_null(requests);
        for (size_t j = 0; j < PER_PRODUCER; j++)
            requests[j] = (struct numbered){.producer = i, .number = j};
        producers[i] = (struct producer){.inbox = &inbox, .requests = requests};
        assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
    }
    for (size_t taken = 0; taken < PRODUCERS * PER_PRODUCER;) {
        inbox_wait(&inbox, FAR_MS);
        struct request *request;
        while ((request = inbox_next(&inbox)) != NULL) {
            const struct numbered *numbered = (const struct numbered *)request;
            assert_int_equal(numbered->number, expected[numbered->producer]++);
            taken++;
        }
    }
    assert_int_equal(inbox_length(&inbox), 0);
    for (size_t i = 0; i < PRODUCERS; i++) {
        assert_int_equal(pthread_join(producers[i].thread, NULL), 0);
        assert_int_equal(expected[i], PER_PRODUCER);
        free(producers[i].requests);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_come_out_in_the_order_of_their_arrival),
        cmocka_unit_test(past_its_bound_it_is_full),
        cmocka_unit_test(closed_it_is_finished_when_everything_is_out),
        cmocka_unit_test(a_lent_request_keeps_it_from_being_finished),
        cmocka_unit_test(it_does_not_sleep_on_work_or_after_a_poke),
        cmocka_unit_test(many_threads_lose_and_double_nothing),
    };
    return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
