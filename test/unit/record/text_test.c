/* Names that people can see, and those that they cannot; prose; what is trimmed. */
#include "record/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void lines_that_can_be_seen(void **state)
{
    (void)state;
    static const char *const good[] = {
        "Ann",
        "김민아",
        "José Ó Súilleabháin",
        "jose\u0301",                     /* in pieces */
        "می\u200cخواهم",                  /* Persian needs its ZWNJ */
        "क्\u200dष",                       /* and Hindi its ZWJ */
        "❤\ufe0f\u200d🔥 👩\u200d👩\u200d👧", /* emoji of several */
        "1\ufe0f\u20e3",                  /* a keycap */
        "葛\U000e0100城",                 /* a variant of an ideograph */
        "שלום\u200f!",                    /* a mark of direction between two that are seen */
        "\u1828\u180e\u1820",             /* Mongolian's vowel separator */
        "\ue000",                         /* private use: names in Hong Kong have it */
        "\U0001fae8",                     /* younger than the tables */
        "가\u3000나",                     /* an ideographic space */
        "\ufffd",
    };
    struct text_problem problem;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!text_is_line(good[i], &problem))
            fail_msg("%s %s", good[i], problem.words);
}

#define HIDDEN(point) "must not contain " point ", which nobody can see"
#define NOTHING "must have something that can be seen"
#define CONTROL "must not contain control characters"

static const struct row {
    const char *text, *problem;
} refused_lines[] = {
    {"", NOTHING},
    {"   ", NOTHING},
    {"\u00a0\u3000", NOTHING},
    {"\u2800\u2800", NOTHING}, /* Braille's empty cells */
    {"\u0301", NOTHING},       /* an accent on nothing */
    {"\U0001d159", NOTHING},
    {"\u200b", HIDDEN("U+200B")},
    {"an\u200bn", HIDDEN("U+200B")},
    {"ann\ufeff", HIDDEN("U+FEFF")},
    {"an\u00adn", HIDDEN("U+00AD")},
    {"\u3164", HIDDEN("U+3164")}, /* Hangul's fillers */
    {"\u115f", HIDDEN("U+115F")},
    {"\u1160", HIDDEN("U+1160")},
    {"\uffa0", HIDDEN("U+FFA0")},
    {"가\u3164", HIDDEN("U+3164")},
    {"ann\u202e", HIDDEN("U+202E")}, /* overrides, embeddings, isolates */
    {"\u202aann\u202c", HIDDEN("U+202A")},
    {"\u2066ann\u2069", HIDDEN("U+2066")},
    {"ann\U000e0041", HIDDEN("U+E0041")}, /* tags */
    {"\U0001f3f4\U000e0067\U000e007f", HIDDEN("U+E0067")},
    {"\u200d", HIDDEN("U+200D")}, /* joiners with nobody to join */
    {"ann\u200d", HIDDEN("U+200D")},
    {"\u200cann", HIDDEN("U+200C")},
    {"ann \u200dann", HIDDEN("U+200D")},
    {"an\u200d\u200cn", HIDDEN("U+200D")},
    {"ann\u200f", HIDDEN("U+200F")},
    {"\ufe0f", HIDDEN("U+FE0F")}, /* a variant of nothing */
    {"a \ufe0f", HIDDEN("U+FE0F")},
    {"a\ufe0f\ufe0f", HIDDEN("U+FE0F")},
    {"ann\ufffe", HIDDEN("U+FFFE")},
    {"ann\U0010ffff", HIDDEN("U+10FFFF")},
    {"ann\ufdd0", HIDDEN("U+FDD0")},
    {"\ufffc", HIDDEN("U+FFFC")},
    {"a\nb", CONTROL},
    {"a\xc2\x85"
     "b",
     CONTROL},
    {"a\u2028b", CONTROL},
    {"a\x7f", CONTROL},
};

static void lines_that_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused_lines / sizeof refused_lines[0]; i++) {
        struct text_problem problem;
        if (text_is_line(refused_lines[i].text, &problem))
            fail_msg("row %zu is taken", i);
        if (strcmp(problem.words, refused_lines[i].problem) != 0)
            fail_msg("row %zu %s", i, problem.words);
    }
}

static void prose_may_have_more(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "  ",
                                       "a\n\tb",
                                       "ก\u200bข",
                                       "a\u00adb\u200d",
                                       "\u2067שלום\u2069 hello",
                                       "a\u2028b",
                                       "🏴\U000e0067\U000e007f"};
    static const struct row refused[] = {
        {"a\rb", CONTROL},
        {"a\xc2\x85"
         "b",
         CONTROL},
        {"\u200b\u200d", NOTHING},
        {"a\ufffe", HIDDEN("U+FFFE")},
        {"\u202e\n", NOTHING},
    };
    struct text_problem problem;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!text_is_prose(good[i], &problem))
            fail_msg("row %zu %s", i, problem.words);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (text_is_prose(refused[i].text, &problem))
            fail_msg("row %zu is taken", i);
        assert_string_equal(problem.words, refused[i].problem);
    }
}

static void blanks_around_a_text_are_taken_off(void **state)
{
    (void)state;
    static const struct {
        const char *text, *trimmed;
    } rows[] = {
        {"", ""},
        {" ", ""},
        {"\t \n\u3000", ""},
        {"ann", "ann"},
        {" ann ", "ann"},
        {"\u00a0ann lee\u3000\n", "ann lee"},
        {"가 ", "가"},
        {"\u200bann", "\u200bann"}, /* no blank: it is refused, not taken off */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length;
        const char *first = text_trim(rows[i].text, &length);
        if (length != strlen(rows[i].trimmed) || memcmp(first, rows[i].trimmed, length) != 0)
            fail_msg("row %zu became %.*s", i, (int)length, first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_can_be_seen),
        cmocka_unit_test(lines_that_are_refused),
        cmocka_unit_test(prose_may_have_more),
        cmocka_unit_test(blanks_around_a_text_are_taken_off),
    };
    return cmocka_run_group_tests_name("texts", tests, NULL, NULL);
}
