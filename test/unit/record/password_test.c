/* The normal form of passwords, and those that nobody may choose. */
#include "record/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void one_password_has_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *given, *form;
    } rows[] = {
        {"correct horse battery", "correct horse battery"},
        {"correct\u00a0horse\u3000battery", "correct horse battery"},
        {"e\u0301t\u00e9", "\u00e9t\u00e9"},
        {"\u1111\u116d", "표"},
        {"Straße Σ", "Straße Σ"}, /* case counts, and what is alike only stays apart */
        {"ﬁ１", "ﬁ１"},
        {" a\t", " a\t"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char form[PASSWORD_FORM_BYTES];
        assert_int_equal(password_form(rows[i].given, form), RESULT_OK);
        assert_string_equal(form, rows[i].form);
    }
}

static void forms_have_a_bound(void **state)
{
    (void)state;
    char given[PASSWORD_GIVEN_BYTES_MAX + 2], form[PASSWORD_FORM_BYTES];
    memset(given, 'a', sizeof given);
    given[PASSWORD_FORM_BYTES - 1] = '\0';
    assert_int_equal(password_form(given, form), RESULT_OK);
    given[PASSWORD_FORM_BYTES - 1] = 'a';
    given[PASSWORD_FORM_BYTES] = '\0';
    assert_int_equal(password_form(given, form), RESULT_FULL);
    given[PASSWORD_FORM_BYTES] = 'a';
    given[PASSWORD_GIVEN_BYTES_MAX + 1] = '\0';
    assert_int_equal(password_form(given, form), RESULT_FULL);
    assert_int_equal(password_form("\xff", form), RESULT_MALFORMED);
    /* 128 syllables in their pieces. */
    given[0] = '\0';
    for (size_t i = 0; i < PASSWORD_CHARACTERS_MAX; i++)
        memcpy(given + 6 * i, "\u1100\u1161", 7);
    assert_int_equal(password_form(given, form), RESULT_OK);
    assert_int_equal(strlen(form), 3 * PASSWORD_CHARACTERS_MAX);
}

static void some_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *password, *mailbox, *name;
        enum rule broken;
    } rows[] = {
        {"correct horse battery", "ann@example.com", "Ann", RULE_NONE},
        {"a good password", "ann@example.com", "Ann", RULE_NONE},
        {"password of ann@example.com", "ann@example.com", "Ann", RULE_NONE},
        {"password", NULL, NULL, RULE_PASSWORD_COMMON},
        {"PassWord1", NULL, NULL, RULE_PASSWORD_COMMON},
        {" password1 ", NULL, NULL, RULE_PASSWORD_COMMON},
        {"1q2w3e4r5t", NULL, NULL, RULE_PASSWORD_COMMON},
        {"00000000", NULL, NULL, RULE_PASSWORD_COMMON},
        {"zxcvbnm1", NULL, NULL, RULE_PASSWORD_COMMON},
        {"         ", NULL, NULL, RULE_INVISIBLE},
        {"\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b", NULL, NULL, RULE_INVISIBLE},
        {"\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u3164", NULL, NULL, RULE_INVISIBLE},
        {"ANN@Example.com", "ann@example.com", "Ann", RULE_PASSWORD_EMAIL},
        {"a@xn--bcher-kva.example", "a@bücher.example", NULL, RULE_PASSWORD_EMAIL},
        {"ann-margret", "ann-margret@example.com", NULL, RULE_PASSWORD_EMAIL},
        {"Ann-Margret ", "ann-margret@example.com", NULL, RULE_PASSWORD_EMAIL},
        {"ann-margret1", "ann-margret@example.com", "Ann-Margret", RULE_NONE},
        {"JOSÉ-MARIA", NULL, "José-Maria", RULE_PASSWORD_NAME},
        {"jose\u0301-maria", NULL, "José-Maria", RULE_PASSWORD_NAME},
        {"example.com", "ann@example.com", NULL, RULE_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum rule broken = RULE_COUNT;
        assert_int_equal(password_judge(rows[i].password, rows[i].mailbox, rows[i].name, &broken),
                         RESULT_OK);
        if (broken != rows[i].broken)
            fail_msg("row %zu: %s", i, broken == RULE_NONE ? "taken" : rule_words(broken));
    }
}

/* Of eight characters or more, once each, in small letters and in order: what else would stand
 * there would never be found. */
static void the_list_is_what_it_says(void **state)
{
    (void)state;
    static const char *const listed[] = {
#define COMMON_PASSWORD(text) text,
#include "record/common_password.def"
    };
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        enum rule broken = RULE_NONE;
        assert_in_range(strlen(listed[i]), PASSWORD_CHARACTERS_MIN, PASSWORD_CHARACTERS_MAX);
        assert_true(i == 0 || strcmp(listed[i - 1], listed[i]) < 0);
        assert_int_equal(password_judge(listed[i], NULL, NULL, &broken), RESULT_OK);
        assert_int_equal(broken, RULE_PASSWORD_COMMON);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_password_has_one_form),
        cmocka_unit_test(forms_have_a_bound),
        cmocka_unit_test(some_are_refused),
        cmocka_unit_test(the_list_is_what_it_says),
    };
    return cmocka_run_group_tests_name("passwords", tests, NULL, NULL);
}
