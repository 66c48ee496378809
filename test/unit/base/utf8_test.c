/* UTF-8: the table of RFC 3629, section 4, tried with every sequence of up to four bytes that can
 * tell right from wrong. */
#include "base/utf8.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static size_t encode(uint32_t point, char text[static 4])
{
    if (point < 0x80) {
        text[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        text[0] = (char)(0xc0 | point >> 6);
        text[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        text[0] = (char)(0xe0 | point >> 12);
        text[1] = (char)(0x80 | (point >> 6 & 0x3f));
        text[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    text[0] = (char)(0xf0 | point >> 18);
    text[1] = (char)(0x80 | (point >> 12 & 0x3f));
    text[2] = (char)(0x80 | (point >> 6 & 0x3f));
    text[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

static void every_code_point_but_surrogates_counts_as_one(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x200000; point++) {
        char text[4];
        size_t count = 9;
        const size_t length = encode(point, text);
        const bool good = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        if (utf8_count(text, length, &count) != good)
            fail_msg("U+%04X", (unsigned)point);
        assert_int_equal(count, good ? 1 : 9);
        for (size_t shorter = 1; shorter < length; shorter++)
            assert_false(utf8_count(text, shorter, &count));
    }
}

/* A decoder that knows nothing of the table: it decodes, then looks whether encoding gives the same
 * bytes back. */
static bool is_well_formed(const uint8_t *bytes, size_t length, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < length; (*count)++) {
        const uint8_t first = bytes[i];
        const size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (size > length - i)
            return false;
        uint32_t point = size == 1 ? first : first & (0x7fU >> size);
        for (size_t k = 1; k < size; k++)
            point = point << 6 | (bytes[i + k] & 0x3f);
        char again[4];
        if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff ||
            encode(point, again) != size || memcmp(again, bytes + i, size) != 0)
            return false;
        i += size;
    }
    return true;
}

static void compare(const uint8_t *bytes, size_t length)
{
    size_t expected, count = 0;
    const bool good = is_well_formed(bytes, length, &expected);
    if (utf8_count((const char *)bytes, length, &count) != good)
        fail_msg("%02x %02x %02x %02x: %s", bytes[0], bytes[1], bytes[2], bytes[3],
                 good ? "is well-formed" : "is not well-formed");
    if (good)
        assert_int_equal(count, expected);
}

/* The edges of every range of the table, in every place. */
static void every_edge_of_every_range_is_kept(void **state)
{
    (void)state;
    static const uint8_t edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1,
                                    0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1,
                                    0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
    const size_t count = sizeof edges;
    for (size_t i = 0; i < count * count * count * count; i++) {
        const uint8_t bytes[4] = {edges[i % count], edges[i / count % count],
                                  edges[i / count / count % count],
                                  edges[i / count / count / count]};
        for (size_t length = 1; length <= 4; length++)
            compare(bytes, length);
    }
}

static void random_bytes_are_judged_as_a_decoder_judges(void **state)
{
    (void)state;
    struct chance chance = {3};
    for (size_t i = 0; i < 200000; i++) {
        uint8_t bytes[16];
        const size_t length = chance_below(&chance, sizeof bytes + 1);
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)chance_next(&chance);
        for (size_t k = 0; chance_percent(&chance, 80) && k + 4 <= sizeof bytes; k += 4) {
            char text[4];
            memcpy(bytes + k, text, encode((uint32_t)chance_below(&chance, 0x110000), text));
        }
        compare(bytes, length);
    }
}

static void nothing_is_nothing_and_nul_is_a_character(void **state)
{
    (void)state;
    size_t count = 9;
    assert_true(utf8_count("", 0, &count));
    assert_int_equal(count, 0);
    assert_true(utf8_count("a\0b", 3, &count));
    assert_int_equal(count, 3);
    assert_true(utf8_count("\xed\x95\x9c\xea\xb5\xad", 6, &count)); /* the two of "Hanguk" */
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_but_surrogates_counts_as_one),
        cmocka_unit_test(every_edge_of_every_range_is_kept),
        cmocka_unit_test(random_bytes_are_judged_as_a_decoder_judges),
        cmocka_unit_test(nothing_is_nothing_and_nul_is_a_character),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
