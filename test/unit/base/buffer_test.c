/* The growing buffer: what was appended stays, and the bound holds. */
#include "base/buffer.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void bytes_come_back_in_order_through_every_growth(void **state)
{
    (void)state;
    static uint8_t expected[100000];
    struct chance chance = {11};
    struct buffer buffer;
    buffer_init(&buffer, sizeof expected);
    size_t length = 0;
    while (length < sizeof expected) {
        uint8_t piece[300];
        size_t bytes = chance_below(&chance, sizeof piece + 1);
        if (bytes > sizeof expected - length)
            bytes = sizeof expected - length;
        for (size_t i = 0; i < bytes; i++)
            expected[length + i] = piece[i] = (uint8_t)chance_next(&chance);
        assert_int_equal(buffer_reserve(&buffer, bytes), RESULT_OK);
        if (bytes == 1)
            buffer_append_byte(&buffer, piece[0]);
        else
            buffer_append(&buffer, piece, bytes);
        length += bytes;
        assert_int_equal(buffer.length, length);
    }
    assert_memory_equal(buffer.data, expected, sizeof expected);
    buffer_release(&buffer);
}

static void the_bound_is_reached_and_never_passed(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_int_equal(buffer_reserve(&buffer, 1001), RESULT_FULL);
    assert_int_equal(buffer_reserve(&buffer, SIZE_MAX), RESULT_FULL);
    assert_int_equal(buffer_reserve(&buffer, 999), RESULT_OK);
    uint8_t bytes[999] = {1};
    buffer_append(&buffer, bytes, sizeof bytes);
    assert_int_equal(buffer_reserve(&buffer, 2), RESULT_FULL);
    assert_int_equal(buffer_reserve(&buffer, SIZE_MAX), RESULT_FULL);
    assert_int_equal(buffer_reserve(&buffer, 1), RESULT_OK);
    buffer_append_byte(&buffer, 2);
    assert_int_equal(buffer_reserve(&buffer, 1), RESULT_FULL);
    assert_int_equal(buffer_reserve(&buffer, 0), RESULT_OK);
    assert_int_equal(buffer.length, 1000);
    buffer_release(&buffer);
}

static void clearing_keeps_the_memory_and_releasing_keeps_the_bound(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_int_equal(buffer_reserve(&buffer, 600), RESULT_OK);
    buffer_append(&buffer, "usher", 5);
    const uint8_t *data = buffer.data;
    buffer_clear(&buffer);
    assert_int_equal(buffer.length, 0);
    assert_int_equal(buffer_reserve(&buffer, 600), RESULT_OK);
    assert_ptr_equal(buffer.data, data);
    buffer_release(&buffer);
    assert_int_equal(buffer.capacity, 0);
    assert_int_equal(buffer_reserve(&buffer, 1001), RESULT_FULL);
    assert_int_equal(buffer_reserve(&buffer, 1000), RESULT_OK);
    buffer_release(&buffer);
}

static void nothing_may_be_appended_from_nowhere(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 10);
    buffer_append(&buffer, NULL, 0);
    assert_int_equal(buffer.length, 0);
    buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_in_order_through_every_growth),
        cmocka_unit_test(the_bound_is_reached_and_never_passed),
        cmocka_unit_test(clearing_keeps_the_memory_and_releasing_keeps_the_bound),
        cmocka_unit_test(nothing_may_be_appended_from_nowhere),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
