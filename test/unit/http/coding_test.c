/* Which content coding a client is answered in. */
#include "http/coding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define GZIP (1u << CODING_GZIP)
#define BOTH (GZIP | 1u << CODING_BROTLI)

static const struct {
    const char *accept;
    unsigned offered;
    enum coding chosen;
} cases[] = {
    {NULL, BOTH, CODING_IDENTITY},
    {"", BOTH, CODING_IDENTITY},
    {"gzip, deflate, br, zstd", BOTH, CODING_BROTLI},
    {"gzip, deflate, br, zstd", GZIP, CODING_GZIP},
    {"gzip, deflate, br, zstd", 0, CODING_IDENTITY},
    {"gzip", BOTH, CODING_GZIP},
    {"GZip", BOTH, CODING_GZIP},
    {"x-gzip", BOTH, CODING_GZIP},
    {"gzip;q=0.5", GZIP, CODING_GZIP},
    {"gzip;q=1.000", GZIP, CODING_GZIP},
    {" \tgzip\t; q=0.001 ,", GZIP, CODING_GZIP},
    {"br;q=0.9, gzip", BOTH, CODING_GZIP},
    {"br;q=0.9, gzip;q=0.9", BOTH, CODING_BROTLI},
    {"identity, gzip;q=0.5", GZIP, CODING_IDENTITY},
    {"identity;q=0.5, gzip;q=0.5", GZIP, CODING_GZIP},
    {"identity;q=0, gzip;q=0", BOTH, CODING_IDENTITY},
    {"*", BOTH, CODING_BROTLI},
    {"*;q=0", BOTH, CODING_IDENTITY},
    {"*, br;q=0", BOTH, CODING_GZIP},
    {"gzip;q=0, *", BOTH, CODING_BROTLI},
    {"compress", BOTH, CODING_IDENTITY},
    {"gzipped", BOTH, CODING_IDENTITY},
    {"gzi", BOTH, CODING_IDENTITY},
    {",,,gzip", BOTH, CODING_GZIP},
    {"gzip;q=1.001", GZIP, CODING_IDENTITY},
    {"gzip;q=2", GZIP, CODING_IDENTITY},
    {"gzip;q=", GZIP, CODING_IDENTITY},
    {"gzip;q=0.1234", GZIP, CODING_IDENTITY},
    {"gzip;q=0,5", GZIP, CODING_IDENTITY},
    {"gzip;q=01", GZIP, CODING_IDENTITY},
    {"gzip;level=9", GZIP, CODING_IDENTITY},
    {"gzip;", GZIP, CODING_IDENTITY},
    {";q=1", BOTH, CODING_IDENTITY},
};

static void test_choice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (coding_choose(cases[i].accept, cases[i].offered) != cases[i].chosen)
            fail_msg("'%s' of %#x", cases[i].accept, cases[i].offered);
}

static void test_names(void **state)
{
    (void)state;
    assert_null(coding_name(CODING_IDENTITY));
    assert_string_equal(coding_name(CODING_GZIP), "gzip");
    assert_string_equal(coding_name(CODING_BROTLI), "br");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
