/* How many lines a flood of events becomes. The clock is wound by hand. */
#include "http/security_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_US INT64_C(1000000)

static struct security_log security;

static int make_log(void **state)
{
    (void)state;
    security_log_init(&security);
    return 0;
}

static int release_log(void **state)
{
    (void)state;
    security_log_release(&security, 1);
    return 0;
}

static void test_a_flood_is_few_lines_and_a_count(void **state)
{
    (void)state;
    int64_t now_us = 1000 * SECOND_US;
    uint64_t left_out = 0;
    int written = 0;
    for (int i = 0; i < 1000; i++)
        if (security_log_take(&security, SECURITY_FORBIDDEN, now_us, &left_out)) {
            assert_int_equal(left_out, 0);
            written++;
        }
    assert_int_equal(written, 30);
    now_us += SECOND_US;
    assert_true(security_log_take(&security, SECURITY_FORBIDDEN, now_us, &left_out));
    assert_int_equal(left_out, 970);
    assert_false(security_log_take(&security, SECURITY_FORBIDDEN, now_us, &left_out));
    now_us += SECOND_US;
    assert_true(security_log_take(&security, SECURITY_FORBIDDEN, now_us, &left_out));
    assert_int_equal(left_out, 1);
    now_us += 1000 * SECOND_US;
    assert_true(security_log_take(&security, SECURITY_FORBIDDEN, now_us, &left_out));
    assert_int_equal(left_out, 0);
}

static void test_one_kind_hides_no_other(void **state)
{
    (void)state;
    uint64_t left_out = 0;
    for (int i = 0; i < 1000; i++)
        (void)security_log_take(&security, SECURITY_SIGN_IN_REFUSED, SECOND_US, &left_out);
    for (int event = SECURITY_FORBIDDEN; event < SECURITY_EVENT_COUNT; event++) {
        assert_true(security_log_take(&security, (enum security_event)event, SECOND_US, &left_out));
        assert_int_equal(left_out, 0);
    }
}

static void test_staff_is_told_at_length(void **state)
{
    (void)state;
    uint64_t left_out = 0;
    for (int i = 0; i < 1000; i++)
        assert_true(security_log_take(&security, SECURITY_STAFF_CHANGE, SECOND_US, &left_out));
    assert_false(security_log_take(&security, SECURITY_STAFF_CHANGE, SECOND_US, &left_out));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, release_log)
    const struct CMUnitTest tests[] = {
        TEST(test_a_flood_is_few_lines_and_a_count),
        TEST(test_one_kind_hides_no_other),
        TEST(test_staff_is_told_at_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
