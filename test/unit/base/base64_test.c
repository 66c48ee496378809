/* Base64 by its RFC's examples, and what is no encoding of anything. */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void url_digits_are_those_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } rows[] = {
        /* RFC 4648, section 10, without padding */
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[16];
        uint8_t bytes[16];
        const size_t length = strlen(rows[i].bytes);
        assert_int_equal(base64_encode(BASE64_URL, (const uint8_t *)rows[i].bytes, length, text),
                         strlen(rows[i].text));
        assert_memory_equal(text, rows[i].text, strlen(rows[i].text));
        assert_true(base64_decode(BASE64_URL, rows[i].text, strlen(rows[i].text), bytes, length));
        assert_memory_equal(bytes, rows[i].bytes, length);
    }
    static const char *const bad[] = {"Zh", "Z=", "Z", "Zg=", "Z/", "Z+", "Zg\n"};
    uint8_t byte;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(base64_decode(BASE64_URL, bad[i], strlen(bad[i]), &byte, 1));
}

/* The alphabets differ in two digits, and neither takes the other's. */
static void standard_digits_are_others(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xfb, 0xff};
    uint8_t decoded[sizeof bytes];
    char text[BASE64_CHARACTERS(sizeof bytes)];
    assert_int_equal(base64_encode(BASE64_STANDARD, bytes, sizeof bytes, text), sizeof text);
    assert_memory_equal(text, "+/8", sizeof text);
    assert_true(base64_decode(BASE64_STANDARD, text, sizeof text, decoded, sizeof decoded));
    assert_memory_equal(decoded, bytes, sizeof bytes);
    assert_false(base64_decode(BASE64_STANDARD, "-_8", sizeof text, decoded, sizeof decoded));
    assert_false(base64_decode(BASE64_URL, "+/8", sizeof text, decoded, sizeof decoded));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_digits_are_those_of_the_rfc),
        cmocka_unit_test(standard_digits_are_others),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
