/* What the JSON writer writes: commas, escapes, numbers, and its end when the buffer is full. */
#include "json/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_written(const struct buffer *out, const char *expected)
{
    assert_int_equal(out->length, strlen(expected));
    assert_memory_equal(out->data, expected, out->length);
}

static void test_commas(void **state)
{
    (void)state;
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, 1000);
    json_write_init(&writer, &out);
    json_write_object_begin(&writer);
    json_write_key(&writer, "empty");
    json_write_array_begin(&writer);
    json_write_array_end(&writer);
    json_write_key(&writer, "list");
    json_write_array_begin(&writer);
    json_write_integer(&writer, 1);
    json_write_object_begin(&writer);
    json_write_object_end(&writer);
    json_write_boolean(&writer, true);
    json_write_boolean(&writer, false);
    json_write_null(&writer);
    json_write_raw(&writer, "7,8", 3);
    json_write_raw(&writer, "", 0);
    json_write_text(&writer, NULL);
    json_write_array_end(&writer);
    json_write_key(&writer, "last");
    json_write_integer(&writer, 2);
    json_write_object_end(&writer);
    assert_false(writer.failed);
    assert_written(&out, "{\"empty\":[],\"list\":[1,{},true,false,null,7,8,null],\"last\":2}");
    buffer_release(&out);
}

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
        {"a\nb", "\"a\\nb\""},
        {"좌석 ①", "\"좌석 ①\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer out;
        struct json_writer writer;
        buffer_init(&out, 1000);
        json_write_init(&writer, &out);
        json_write_text(&writer, rows[i].text);
        assert_written(&out, rows[i].expected);
        buffer_release(&out);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, 1000);
    json_write_init(&writer, &out);
    json_write_array_begin(&writer);
    json_write_integer(&writer, 0);
    json_write_integer(&writer, -1);
    json_write_integer(&writer, INT64_MAX);
    json_write_integer(&writer, INT64_MIN);
    json_write_real(&writer, 0.5);
    json_write_real(&writer, 0.1);
    json_write_real(&writer, -1000000);
    json_write_real(&writer, 0.10000000000000002);
    json_write_array_end(&writer);
    assert_written(&out, "[0,-1,9223372036854775807,-9223372036854775808,0.5,0.1,-1000000,"
                         "0.10000000000000002]");
    buffer_release(&out);
}

static void test_ids_and_times(void **state)
{
    (void)state;
    struct id id = {{[15] = 1}};
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, 1000);
    json_write_init(&writer, &out);
    json_write_array_begin(&writer);
    json_write_id(&writer, "seat", id);
    json_write_id(&writer, "seat", ID_NONE);
    json_write_time(&writer, 0);
    json_write_time(&writer, 946684800000);
    json_write_array_end(&writer);
    assert_written(&out, "[\"seat_00000000000000000000000001\",null,null,"
                         "\"2000-01-01T00:00:00.000Z\"]");
    buffer_release(&out);
}

static void test_full_buffer_fails_for_good(void **state)
{
    (void)state;
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, 4);
    json_write_init(&writer, &out);
    json_write_text(&writer, "too long");
    assert_true(writer.failed);
    const size_t length = out.length;
    json_write_integer(&writer, 1);
    assert_true(writer.failed);
    assert_int_equal(out.length, length);
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_ids_and_times),
        cmocka_unit_test(test_full_buffer_fails_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
