/* What gzip makes of bytes. */
#include "http/gzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static void inflates_to(const uint8_t *coded, size_t coded_length, const uint8_t *bytes,
                        size_t length)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)coded, .avail_in = (uInt)coded_length};
    uint8_t *out = malloc(length + 1);
    assert_non_null(out);
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_out = out;
    stream.avail_out = (uInt)length + 1;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, length);
    assert_memory_equal(out, bytes, length);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    free(out);
}

static void test_made(void **state)
{
    (void)state;
    enum { LENGTH = 100000 };
    uint8_t *bytes = malloc(LENGTH), *coded;
    size_t coded_length;
    assert_non_null(bytes);
    for (size_t i = 0; i < LENGTH; i++)
        bytes[i] = (uint8_t) "ahsb"[i / 7 % 4];
    assert_int_equal(gzip_make(bytes, LENGTH, &coded, &coded_length), RESULT_OK);
    assert_true(coded_length < LENGTH / 20);
    inflates_to(coded, coded_length, bytes, LENGTH);
    free(coded);
    free(bytes);
}

static void test_what_gains_nothing(void **state)
{
    (void)state;
    uint8_t bytes[256], *coded;
    size_t coded_length;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 167 + i * i * 13);
    assert_int_equal(gzip_make(bytes, sizeof bytes, &coded, &coded_length), RESULT_FULL);
    assert_int_equal(gzip_make(bytes, 0, &coded, &coded_length), RESULT_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made),
        cmocka_unit_test(test_what_gains_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
