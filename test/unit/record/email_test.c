/* Which addresses may be given, and which are one mailbox. */
#include "record/email.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void one_mailbox_has_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *given, *address, *mailbox;
    } rows[] = {
        {"ann@example.com", "ann@example.com", "ann@example.com"},
        {"ANN@Example.COM", "ann@example.com", "ann@example.com"},
        {"Ann.Lee+tickets@example.com", "ann.lee+tickets@example.com",
         "ann.lee+tickets@example.com"},
        {" \tann@example.com \r\n", "ann@example.com", "ann@example.com"},
        {"\u3000ann@example.com\u00a0", "ann@example.com", "ann@example.com"},
        {"josé@example.com", "josé@example.com", "josé@example.com"},
        {"JOSÉ@example.com", "josé@example.com", "josé@example.com"},
        {"jose\u0301@example.com", "josé@example.com", "josé@example.com"},
        {"JOSE\u0301@EXAMPLE.com", "josé@example.com", "josé@example.com"},
        {"a@bücher.example", "a@bücher.example", "a@bücher.example"},
        {"a@BÜCHER.example", "a@bücher.example", "a@bücher.example"},
        {"a@bu\u0308cher.example", "a@bücher.example", "a@bücher.example"},
        {"a@xn--bcher-kva.example", "a@bücher.example", "a@bücher.example"},
        {"A@XN--Bcher-KVA.EXAMPLE", "a@bücher.example", "a@bücher.example"},
        {"표@한국。kr", "표@한국.kr", "표@한국.kr"},
        {"\u1111\u116d@xn--3e0b707e.kr", "표@한국.kr", "표@한국.kr"},
        {"a@faß.de", "a@faß.de", "a@faß.de"}, /* a domain of its own since IDNA 2008 */
        {"straße@example.com", "straße@example.com", "strasse@example.com"},
        {"STRASSE@example.com", "strasse@example.com", "strasse@example.com"},
        {"ΝΊΚΟΣ@example.gr", "νίκος@example.gr", "νίκοσ@example.gr"},
        {"\u212aim@example.com", "kim@example.com", "kim@example.com"}, /* the Kelvin sign */
        {"İ@example.com", "i\u0307@example.com", "i\u0307@example.com"},
        {"a@r3---b.example.com", "a@r3---b.example.com", "a@r3---b.example.com"},
        {"root@localhost", "root@localhost", "root@localhost"},
        {"a@4.example", "a@4.example", "a@4.example"},
        {"..@example.com", "..@example.com", "..@example.com"}, /* phones' providers had such */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct email email;
        if (email_read(rows[i].given, EMAIL_NEW, &email) != RESULT_OK)
            fail_msg("%s is refused", rows[i].given);
        assert_string_equal(email.address, rows[i].address);
        assert_string_equal(email.mailbox, rows[i].mailbox);
        char room[EMAIL_BYTES_MAX + 1];
        const char *mailbox;
        assert_int_equal(email_mailbox(email.address, room, &mailbox), RESULT_OK);
        assert_string_equal(mailbox, rows[i].mailbox);
    }
}

static void what_can_be_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "@",
        "a",
        "a@",
        "@b.com",
        "a@b@c.com",
        "a b@c.com",
        "a@b\tc.com",
        "a@b.com\r\nbcc: c@d.com",
        "a@\xff.com",
        "\xff@b.com",
        "a@.",
        "a@x..com",
        "a@.com",
        "a@x.com.",
        "a@x.", /* empty labels */
        "a@house",
        "a@com", /* a label alone */
        "a@-x.com",
        "a@x-.com",
        "a@x.c-",
        "a@x_y.com",
        "a@x!.com",
        "a@x\uff3fy.com",
        "a@1.2.3.4",
        "a@[1.2.3.4]",
        "a@x.1",
        "a@xn--.com",
        "a@xn--a.com",
        "a@xn--bcher-kva8.example", /* no A-labels */
        "a@\u0301x.com",
        "a@x\u200b.com",
        "a@x\u00ad.com",
        "a@x\u202e.com",
        "a@x\u3164.com",
        "a@💩.la",
        "a@x y.com",
        "a@1\u05d0.com",
        "a\u200b@x.com",
        "\u200da@x.com",
        "a\u200db@x.com",
        "\u3164@x.com",
        "\u202ea@x.com",
        "a\u00a0b@x.com",
        "\u0301@x.com",
        "a\ufe0f@x.com",
        "a\U000e0041@x.com",
        "a\u2800@x.com",
        "\ufffe@x.com",
        "\U0001fae8@x.com", /* younger than the tables: what it folds to is not known */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct email email;
        if (email_read(bad[i], EMAIL_NEW, &email) != RESULT_MALFORMED)
            fail_msg("%s is taken", bad[i]);
    }
}

/* `local` bytes, '@', then labels of `label` bytes up to a domain of `domain` bytes. */
static void make(char text[static 600], size_t local, size_t label, size_t domain)
{
    memset(text, 'a', local);
    text[local] = '@';
    for (size_t i = 0; i < domain; i++)
        text[local + 1 + i] = i % (label + 1) == label ? '.' : 'b';
    text[local + 1 + domain] = '\0';
}

static void lengths_end_where_dns_and_mail_end_them(void **state)
{
    (void)state;
    static const struct {
        size_t local, label, domain;
        bool good;
    } rows[] = {
        {1, 63, 127, true},   {1, 64, 129, false},   {1, 63, 252, true},  {1, 62, 253, false},
        {126, 63, 127, true}, {127, 63, 127, false}, {200, 10, 53, true}, {200, 10, 54, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[600];
        struct email email;
        make(text, rows[i].local, rows[i].label, rows[i].domain);
        if ((email_read(text, EMAIL_NEW, &email) == RESULT_OK) != rows[i].good)
            fail_msg("row %zu", i);
    }
    /* Short in letters, and too long as it stands in DNS: 60 syllables of A-form. */
    char text[600] = "a@";
    size_t length = 2;
    for (size_t i = 0; i < 60; i++, length += 3)
        memcpy(text + length, i % 2 == 0 ? "가" : "힣", 3);
    memcpy(text + length, ".kr", sizeof ".kr");
    struct email email;
    assert_int_equal(email_read(text, EMAIL_NEW, &email), RESULT_MALFORMED);
    /* Of 254 bytes in U-labels, and of 260 as it is sent. */
    memset(text, 'a', 242);
    memcpy(text + 242, "@bü.example", sizeof "@bü.example");
    assert_int_equal(strlen(text), EMAIL_BYTES_MAX);
    assert_int_equal(email_read(text, EMAIL_NEW, &email), RESULT_MALFORMED);
    assert_int_equal(email_read(text + 6, EMAIL_NEW, &email), RESULT_OK);
    /* In pieces it is longer than an address, and together it is none too long. */
    for (length = 0; length < 50 * 6; length += 6)
        memcpy(text + length, "\u1100\u1161", 6);
    memcpy(text + length, "@example.com", sizeof "@example.com");
    assert_true(strlen(text) > EMAIL_BYTES_MAX);
    assert_int_equal(email_read(text, EMAIL_NEW, &email), RESULT_OK);
    assert_int_equal(strlen(email.address), 50 * 3 + strlen("@example.com"));
}

static void what_the_first_schema_took_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *given, *spelled, *mailbox;
    } rows[] = {
        {"A@X..com", "a@x..com", "a@x..com"},
        {"a@.", "a@.", "a@."},
        {" a@house ", "a@house", "a@house"},
        {"a\u200b@x.com", "a\u200b@x.com", "a\u200b@x.com"},
        {"\u3000a@x.com", "\u3000a@x.com", "a@x.com"},
        {"JOSÉ@x.com", "josÉ@x.com", "josé@x.com"},
        {"A@xn--bcher-kva.example", "a@xn--bcher-kva.example", "a@bücher.example"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct email email;
        char room[EMAIL_BYTES_MAX + 1];
        const char *mailbox;
        assert_int_equal(email_read(rows[i].given, EMAIL_KNOWN, &email), RESULT_OK);
        assert_string_equal(email.spelled, rows[i].spelled);
        assert_string_equal(email.mailbox, rows[i].mailbox);
        assert_int_equal(email_mailbox(email.spelled, room, &mailbox), RESULT_OK);
        assert_string_equal(mailbox, rows[i].mailbox);
    }
    static const char *const never[] = {"",          "a",     "@x.com",    "a@",
                                        "a b@x.com", "a@b@c", "\xff@x.com"};
    struct email email;
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        assert_int_equal(email_read(never[i], EMAIL_KNOWN, &email), RESULT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_mailbox_has_one_form),
        cmocka_unit_test(what_can_be_no_address_is_refused),
        cmocka_unit_test(lengths_end_where_dns_and_mail_end_them),
        cmocka_unit_test(what_the_first_schema_took_is_known),
    };
    return cmocka_run_group_tests_name("e-mail addresses", tests, NULL, NULL);
}
