/* What a text from outside may do to a line of the log: nothing. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *escaped;
    } rows[] = {
        {"", ""},
        {"/v1/queue", "/v1/queue"},
        {"a b~!", "a b~!"},
        {"a\"b", "a\\x22b"},
        {"a\\b", "a\\x5cb"},
        {"a\r\nb\t", "a\\x0d\\x0ab\\x09"},
        {"\x1b[2J\x7f", "\\x1b[2J\\x7f"},
        {"\xea\xb0\x80", "\\xea\\xb0\\x80"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char escaped[64];
        log_escape(rows[i].text, escaped, sizeof escaped);
        assert_string_equal(escaped, rows[i].escaped);
    }
}

/* Whatever the room, the end is there and no escape is cut in two. */
static void test_cuts(void **state)
{
    (void)state;
    char text[64], escaped[64];
    for (size_t bytes = 8; bytes < 40; bytes++)
        for (size_t length = 0; length < sizeof text; length++) {
            memset(text, length % 2 == 0 ? 'x' : '\n', length);
            text[length] = '\0';
            memset(escaped, '#', sizeof escaped);
            log_escape(text, escaped, bytes);
            const size_t written = strlen(escaped);
            const size_t each = length % 2 == 0 ? 1 : 4;
            assert_true(written < bytes);
            assert_int_equal(escaped[bytes], '#');
            if (written == each * length && strstr(escaped, "...") == NULL)
                continue;
            assert_string_equal(escaped + written - 3, "...");
            assert_int_equal((written - 3) % each, 0);
            assert_true(written + each + 3 >= bytes - 4);
        }
    log_escape("12345678901234567", escaped, 24);
    assert_string_equal(escaped, "12345678901234567");
}

static void test_quotes(void **state)
{
    (void)state;
    char quoted[32];
    log_quote("a\\x0ab", quoted);
    assert_string_equal(quoted, "a\\\\x0ab");
    log_quote("", quoted);
    assert_string_equal(quoted, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_escapes),
                                       cmocka_unit_test(test_quotes), cmocka_unit_test(test_cuts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
