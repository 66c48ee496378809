/* What is searched for is found in any letters and any normal form. */
#include "read/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool finds(const char *search, const char *text)
{
    char folded[SEARCH_BYTES];
    bool found;
    assert_int_equal(search_fold(search, folded), RESULT_OK);
    assert_int_equal(search_in(folded, text, &found), RESULT_OK);
    return found;
}

static void a_part_in_any_letters(void **state)
{
    (void)state;
    assert_true(finds("kim", "Minjun KIM"));
    assert_true(finds("A-1-", "a-1-12"));
    assert_true(finds("\xec\xa7\x80\xec\x9a\xb0", "\xea\xb9\x80\xec\xa7\x80\xec\x9a\xb0"));
    assert_true(finds("JOSE\xcc\x81", "jos\xc3\xa9 garc\xc3\xad"
                                      "a"));
    assert_true(finds("STRASSE", "stra\xc3\x9f"
                                 "e"));
    assert_false(finds("kim", "ki m"));
    assert_false(finds("kim", NULL));
    assert_false(finds("jose", "jos\xc3\xa9"));
}

static void the_longest_text(void **state)
{
    (void)state;
    char text[SEARCH_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    size_t length = 0;
    for (size_t i = 0; i < SEARCH_CHARACTERS_MAX; i++, length += 3)
        memcpy(text + length, "\xef\xac\x83", 3); /* one letter that folds to f, f and i */
    text[length] = '\0';
    assert_true(finds(text, text));
    assert_true(finds("ffiffi", text));
}

static void a_whole_id(void **state)
{
    (void)state;
    struct id id = {{1, 2, 3}}, read;
    char text[ID_TEXT_BYTES];
    id_format("reservation", id, text);
    assert_true(search_is_id(text, RECORD_KIND_SEAT_RESERVATION, &read));
    assert_true(id_equal(read, id));
    assert_false(search_is_id(text, RECORD_KIND_USER, &read));
    text[strlen(text) - 1] = '\0';
    assert_false(search_is_id(text, RECORD_KIND_SEAT_RESERVATION, &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_in_any_letters),
        cmocka_unit_test(the_longest_text),
        cmocka_unit_test(a_whole_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
