/* Which texts of JSON are the same value: each row is a class of its own, and of two texts exactly
 * those of one row give the same bytes. */
#include "json/canonical.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SAME_MAX 6
#define BYTES_MAX 4096

static const char *const classes[][SAME_MAX] = {
    {"null"},
    {"true"},
    {"false"},
    {"0", "-0", "0.0", "-0.0", "0e5", " 0 "},
    {"1", "1.0", "10e-1", "0.1e1", "1E0"},
    {"-1", "-1.0", "-1e0"},
    {"100", "1e2", "1.00e+2", "100.000"},
    {"0.5", "5e-1", "0.50"},
    {"9007199254740992", "9007199254740992.0", "9.007199254740992e15"},
    {"9007199254740993"},
    {"9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808.0"},
    {"9223372036854775808.0", "9.223372036854775808e18"},
    {"1e300", "10e299"},
    {"\"\""},
    {"\"1\"", "\"\\u0031\""},
    {"\"a/b\"", "\"a\\/b\"", "\"\\u0061\\u002F\\u0062\"", "\"\\u0061\\u002fb\""},
    {"\"\\u0000\""},
    {"\"é\"", "\"\\u00e9\"", "\"\\u00E9\""},
    {"\"e\xcc\x81\""},
    {"\"🎫\"", "\"\\ud83c\\udfab\"", "\"\\uD83C\\uDFAB\""},
    {"[]", " [ ] "},
    {"[1,2]", "[ 1 ,\n2 ]", "[1.0,2]"},
    {"[2,1]"},
    {"[[1],2]"},
    {"[[1,2]]"},
    {"[[],[]]"},
    {"[[[]]]"},
    {"[\"a\",\"b\"]"},
    {"[\"ab\"]"},
    {"[\"a\",\"\",\"b\"]"},
    {"{}", " {\t} "},
    {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "{ \"\\u0062\" : 2.0 , \"a\" : 1 }"},
    {"{\"a\":2,\"b\":1}"},
    {"{\"a\":{\"b\":2}}"},
    {"{\"a\":{},\"b\":2}", "{\"b\":2,\"a\":{}}"},
    {"{\"\":0}"},
    {"{\"a\":null}"},
    {"{\"a\":[],\"ab\":{\"y\":1,\"x\":[{\"q\":1,\"p\":2}]}}",
     "{\"ab\":{\"x\":[{\"p\":2,\"q\":1}],\"y\":1},\"a\":[]}"},
    {"[\"a\",1,\"b\",2]"},
};

#define CLASS_COUNT (sizeof classes / sizeof classes[0])

static void append(void *owner, const void *bytes, size_t length)
{
    assert_int_equal(buffer_reserve(owner, length), RESULT_OK);
    buffer_append(owner, bytes, length);
}

static void write_canonical(const char *text, struct buffer *out)
{
    const struct canonical_sink sink = {.owner = out, .add = append};
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    buffer_init(out, BYTES_MAX);
    json_canonical(value, &sink);
    json_decref(value);
}

static void check_pair(const char *a, const char *b, bool same)
{
    struct buffer first, second;
    write_canonical(a, &first);
    write_canonical(b, &second);
    const bool equal =
        first.length == second.length && memcmp(first.data, second.data, first.length) == 0;
    if (equal != same)
        fail_msg("%s and %s are %s", a, b, equal ? "the same" : "not the same");
    buffer_release(&first);
    buffer_release(&second);
}

static void one_value_has_one_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLASS_COUNT; i++)
        for (size_t j = 1; j < SAME_MAX && classes[i][j] != NULL; j++)
            check_pair(classes[i][0], classes[i][j], true);
}

static void two_values_have_two(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLASS_COUNT; i++)
        for (size_t j = 0; j < i; j++)
            check_pair(classes[i][0], classes[j][0], false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_has_one_form),
        cmocka_unit_test(two_values_have_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
