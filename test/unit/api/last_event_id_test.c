/* The Last-Event-ID of clients: a commit, or none. */
#include "api/last_event_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_commits(void **state)
{
    (void)state;
    assert_int_equal(last_event_id_parse("1"), 1);
    assert_int_equal(last_event_id_parse("0042"), 42);
    assert_true(last_event_id_parse("9999999999999999999") == UINT64_C(9999999999999999999));
}

static void test_others(void **state)
{
    static const char *const others[] = {
        "", " 1", "1 ", "+1", "-1", "0x1", "1.0", "1e3", "٣", "x", "10000000000000000000"};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(last_event_id_parse(others[i]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commits),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
