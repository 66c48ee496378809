/* The tables of limits: rates, bursts, requests in flight, pace, and what is forgotten. */
#include "http/rate_limit.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_US INT64_C(1000000)

static int make_table(void **state)
{
    static struct limit_table table;
    *state = &table;
    return limit_table_init(&table, 1) == RESULT_OK ? 0 : -1;
}

static int release_table(void **state)
{
    limit_table_release(*state);
    return 0;
}

static void test_burst_then_rate(void **state)
{
    const struct limit_rate rate = {.interval_us = SECOND_US / 10, .burst = 3};
    int64_t wait_us = 0, now_us = 5 * SECOND_US;
    for (int i = 0; i < 3; i++)
        assert_true(limit_take(*state, 1, &rate, now_us, &wait_us));
    assert_false(limit_take(*state, 1, &rate, now_us, &wait_us));
    assert_int_equal(wait_us, SECOND_US / 10);
    assert_true(limit_take(*state, 2, &rate, now_us, &wait_us)); /* another key */
    assert_false(limit_take(*state, 1, &rate, now_us + wait_us - 1, &wait_us));
    assert_int_equal(wait_us, 1);
    now_us += SECOND_US / 10;
    assert_true(limit_take(*state, 1, &rate, now_us, &wait_us));
    assert_false(limit_take(*state, 1, &rate, now_us, &wait_us));
    now_us += 10 * SECOND_US; /* rest gives no more than the burst */
    for (int i = 0; i < 3; i++)
        assert_true(limit_take(*state, 1, &rate, now_us, &wait_us));
    assert_false(limit_take(*state, 1, &rate, now_us, &wait_us));
}

static void test_what_is_given_back_counts_no_more(void **state)
{
    const struct limit_rate rate = {.interval_us = SECOND_US, .burst = 2};
    int64_t wait_us;
    limit_give_back(*state, 1, &rate); /* nobody: nothing to give */
    for (int i = 0; i < 10; i++) {
        assert_true(limit_take(*state, 1, &rate, SECOND_US, &wait_us));
        limit_give_back(*state, 1, &rate);
    }
    assert_true(limit_take(*state, 1, &rate, SECOND_US, &wait_us));
    assert_true(limit_take(*state, 1, &rate, SECOND_US, &wait_us));
    limit_give_back(*state, 1, &rate);
    assert_true(limit_take(*state, 1, &rate, SECOND_US, &wait_us));
    assert_false(limit_take(*state, 1, &rate, SECOND_US, &wait_us));
    limit_give_back(*state, 1, &rate); /* long after: no more than the burst comes of it */
    assert_true(limit_take(*state, 1, &rate, 90 * SECOND_US, &wait_us));
    limit_give_back(*state, 1, &rate);
    for (int i = 0; i < 2; i++)
        assert_true(limit_take(*state, 1, &rate, 100 * SECOND_US, &wait_us));
    assert_false(limit_take(*state, 1, &rate, 100 * SECOND_US, &wait_us));
}

static void test_in_flight(void **state)
{
    assert_true(limit_enter(*state, 1, 2, 0));
    assert_true(limit_enter(*state, 1, 2, 0));
    assert_false(limit_enter(*state, 1, 2, 0));
    assert_true(limit_enter(*state, 2, 2, 0));
    limit_leave(*state, 1);
    assert_true(limit_enter(*state, 1, 2, 0));
    limit_leave(*state, 1);
    limit_leave(*state, 1);
    limit_leave(*state, 2);
}

/* Keys of one set: they differ in bits above those that choose it. */
static uint64_t key_of_set(uint64_t n)
{
    return (n << 32) + 1;
}

static void test_the_longest_idle_gives_way(void **state)
{
    const struct limit_rate rate = {.interval_us = SECOND_US, .burst = 1};
    int64_t wait_us;
    for (uint64_t n = 1; n <= LIMIT_WAYS; n++)
        assert_true(limit_take(*state, key_of_set(n), &rate, (int64_t)n, &wait_us));
    assert_true(limit_take(*state, key_of_set(100), &rate, 100, &wait_us));
    assert_true(limit_take(*state, key_of_set(1), &rate, 100, &wait_us)); /* forgotten: forgiven */
    assert_false(limit_take(*state, key_of_set(LIMIT_WAYS), &rate, 100, &wait_us));
}

static void test_what_is_remembered(void **state)
{
    assert_false(limit_remembers(*state, key_of_set(1)));
    for (uint64_t n = 1; n <= LIMIT_WAYS; n++)
        limit_remember(*state, key_of_set(n), (int64_t)n);
    assert_false(limit_remembers(*state, key_of_set(100))); /* asking remembers nobody */
    limit_remember(*state, key_of_set(1), 100);
    limit_remember(*state, key_of_set(100), 101); /* the one longest not named gives way */
    assert_false(limit_remembers(*state, key_of_set(2)));
    assert_true(limit_remembers(*state, key_of_set(1)));
    assert_true(limit_remembers(*state, key_of_set(3)));
    assert_true(limit_remembers(*state, key_of_set(100)));
}

static void test_those_in_flight_stay(void **state)
{
    for (uint64_t n = 1; n <= LIMIT_WAYS; n++)
        assert_true(limit_enter(*state, key_of_set(n), 1, (int64_t)n));
    assert_false(limit_enter(*state, key_of_set(100), 1, 100));
    const struct limit_rate rate = {.interval_us = SECOND_US, .burst = 1};
    int64_t wait_us;
    assert_true(limit_take(*state, key_of_set(100), &rate, 100, &wait_us)); /* not remembered */
    assert_true(limit_take(*state, key_of_set(100), &rate, 100, &wait_us));
    for (uint64_t n = 1; n <= LIMIT_WAYS; n++)
        limit_leave(*state, key_of_set(n));
    assert_true(limit_enter(*state, key_of_set(100), 1, 100));
    limit_leave(*state, key_of_set(100));
}

static void test_pace(void **state)
{
    int64_t wait_us;
    for (int i = 0; i < 100; i++) /* no pace yet */
        assert_true(limit_take_paced(*state, 1, 2, SECOND_US, &wait_us));
    limit_pace(*state, 1, SECOND_US / 5, SECOND_US);
    assert_true(limit_take_paced(*state, 1, 2, SECOND_US, &wait_us));
    assert_true(limit_take_paced(*state, 1, 2, SECOND_US, &wait_us));
    assert_false(limit_take_paced(*state, 1, 2, SECOND_US, &wait_us));
    assert_int_equal(wait_us, SECOND_US / 5);
    assert_true(limit_take_paced(*state, 1, 2, SECOND_US + wait_us, &wait_us));
    assert_false(limit_take_paced(*state, 1, 2, SECOND_US + wait_us, &wait_us));
    limit_pace(*state, 1, 0, SECOND_US + wait_us); /* no pace any more: at once */
    for (int i = 0; i < 100; i++)
        assert_true(limit_take_paced(*state, 1, 2, SECOND_US + wait_us, &wait_us));
}

static void test_a_change_of_pace_keeps_the_count(void **state)
{
    int64_t wait_us;
    limit_pace(*state, 1, 10 * SECOND_US, SECOND_US);
    assert_true(limit_take_paced(*state, 1, 2, SECOND_US, &wait_us));
    assert_true(limit_take_paced(*state, 1, 2, SECOND_US, &wait_us));
    limit_pace(*state, 1, SECOND_US, SECOND_US);
    assert_false(limit_take_paced(*state, 1, 2, SECOND_US, &wait_us));
    assert_int_equal(wait_us, SECOND_US);
}

static uint64_t key_of_text(const struct limit_table *table, const char *text)
{
    struct address address;
    assert_true(address_parse(text, strlen(text), &address));
    return limit_key_address(table, &address);
}

static void test_addresses(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", true},        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true}, {"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
        {"2001:db8::1", "2001:db8::2", true},    {"2001:db8::1", "2001:db8:0:1::1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true((key_of_text(*state, rows[i].a) == key_of_text(*state, rows[i].b)) ==
                    rows[i].same);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_burst_then_rate, make_table, release_table),
        cmocka_unit_test_setup_teardown(test_what_is_given_back_counts_no_more, make_table,
                                        release_table),
        cmocka_unit_test_setup_teardown(test_what_is_remembered, make_table, release_table),
        cmocka_unit_test_setup_teardown(test_in_flight, make_table, release_table),
        cmocka_unit_test_setup_teardown(test_the_longest_idle_gives_way, make_table, release_table),
        cmocka_unit_test_setup_teardown(test_those_in_flight_stay, make_table, release_table),
        cmocka_unit_test_setup_teardown(test_pace, make_table, release_table),
        cmocka_unit_test_setup_teardown(test_a_change_of_pace_keeps_the_count, make_table,
                                        release_table),
        cmocka_unit_test_setup_teardown(test_addresses, make_table, release_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
