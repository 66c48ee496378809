/* The forms of the headers that are looked at before a body. */
#include "api/head_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_request_ids(void **state)
{
    (void)state;
    char longest[REQUEST_ID_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[REQUEST_ID_MAX] = '\0';
    assert_true(request_id_well_formed(longest));
    longest[REQUEST_ID_MAX] = 'a';
    longest[REQUEST_ID_MAX + 1] = '\0';
    assert_false(request_id_well_formed(longest));
    assert_true(request_id_well_formed("A-z_0.9"));
    static const char *const bad[] = {"", " ", "a b", "a\"", "é", "a/b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(request_id_well_formed(bad[i]));
}

static void test_content_types(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool json;
    } rows[] = {
        {"application/json", true},
        {"Application/JSON", true},
        {"application/json; charset=utf-8", true},
        {"application/json;charset=\"UTF-8\"", true},
        {"application/json ; charset=utf-8", true},
        {"application/json; charset=latin1", true},
        {"application/json ;x=y", true},
        {"application/json; x=y; charset=utf-8", true},
        {"application/json; x=y; charset=utf-16", true},
        {"application/json; charset=utf-8 ", true},
        {"application/json; charset=utf-80", true},
        {"application/json; charset=", true},
        {"application/json;charset=utf8", true},
        {"application/json;", true},
        {"application/json x", false},
        {"application/json x; charset=utf-8", false},
        {"application/jsonx", false},
        {"application/problem+json", false},
        {"text/json", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (content_type_is_json(rows[i].value) != rows[i].json)
            fail_msg("%s", rows[i].value);
}

static void test_types_of_csv(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool csv;
    } rows[] = {
        {"text/csv", true},
        {"Text/CSV", true},
        {"text/csv; charset=utf-8", true},
        {"text/csv ;charset=\"UTF-8\" ; header=present", true},
        {"text/csv; header=absent", true},
        {"text/csv;", true},
        {"text/csv; xcharset=latin1", true},
        {"text/csv; charset=utf-16", false},
        {"text/csv; charset=", false},
        {"text/csv; charset=utf-80", false},
        {"text/csv; header=present;charset=latin1", false},
        {"text/csv; charset=utf-8; charset=latin1", false},
        {"text/csvx", false},
        {"application/json", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (content_type_is_csv(rows[i].value) != rows[i].csv)
            fail_msg("%s", rows[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_ids),
        cmocka_unit_test(test_content_types),
        cmocka_unit_test(test_types_of_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
