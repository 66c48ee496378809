/* Cursors go out and come back; pages have their ends. */
#include "api/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_cursor_round_trip(void **state)
{
    (void)state;
    const struct cursor cursor = {.number = UINT64_C(0x0123456789abcdef), .id = {{1, 2, 3}}};
    struct cursor read;
    char text[CURSOR_CHARACTERS + 1];
    cursor_format(&cursor, text);
    assert_int_equal(strlen(text), CURSOR_CHARACTERS);
    assert_true(cursor_parse(text, strlen(text), &read));
    assert_true(read.number == cursor.number && id_equal(read.id, cursor.id));
    assert_false(cursor_parse(text, strlen(text) - 1, &read));
    assert_false(cursor_parse("", 0, &read));
    text[3] = '!';
    assert_false(cursor_parse(text, strlen(text), &read));
}

static void test_pages(void **state)
{
    (void)state;
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, 1000);
    json_write_init(&writer, &out);
    page_begin(&writer);
    json_write_integer(&writer, 1);
    page_end(&writer, NULL);
    static const char last[] = "{\"items\":[1],\"nextCursor\":null}";
    assert_int_equal(out.length, sizeof last - 1);
    assert_memory_equal(out.data, last, out.length);

    buffer_clear(&out);
    json_write_init(&writer, &out);
    page_begin(&writer);
    page_end(&writer, &(struct cursor){0});
    static const char more[] = "{\"items\":[],\"nextCursor\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
    assert_int_equal(out.length, sizeof more - 1);
    assert_memory_equal(out.data, more, out.length);
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor_round_trip),
        cmocka_unit_test(test_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
