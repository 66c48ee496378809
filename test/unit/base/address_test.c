/* Addresses, prefixes and lists of them. */
#include "base/address.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct address address_of(const char *text)
{
    struct address address;
    if (!address_parse(text, strlen(text), &address))
        fail_msg("%s", text);
    return address;
}

static void test_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written; /* NULL: it is none */
    } rows[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"::FFFF:c000:201", "192.0.2.1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"::", "::"},
        {"::1", "::1"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"", NULL},
        {"192.0.2", NULL},
        {"192.0.2.1.", NULL},
        {"192.0.2.256", NULL},
        {"192.0.2.01", NULL},
        {"0xc0.0.2.1", NULL},
        {" 192.0.2.1", NULL},
        {"192.0.2.1 ", NULL},
        {"192.0.2.1:80", NULL},
        {"[::1]", NULL},
        {"fe80::1%eth0", NULL},
        {":::", NULL},
        {"1::2::3", NULL},
        {"12345::", NULL},
        {"unknown", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address address;
        char text[ADDRESS_TEXT_BYTES];
        const bool good = address_parse(rows[i].text, strlen(rows[i].text), &address);
        if (good != (rows[i].written != NULL))
            fail_msg("%s", rows[i].text);
        if (!good)
            continue;
        address_format(&address, text);
        assert_string_equal(text, rows[i].written);
    }
    struct address address;
    assert_false(address_parse("192.0.2.1\0", 10, &address));
    assert_true(address_parse("192.0.2.1, 2", 9, &address));
}

static void test_sockets(void **state)
{
    (void)state;
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &ipv4.sin_addr), 1);
    assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", &ipv6.sin6_addr), 1);
    const struct address a = address_of_socket((const struct sockaddr *)&ipv4),
                         b = address_of_socket((const struct sockaddr *)&ipv6),
                         c = address_of("192.0.2.1");
    assert_true(address_equal(&a, &b));
    assert_true(address_equal(&a, &c));
    const struct sockaddr other = {.sa_family = AF_UNIX};
    const struct address none = address_of_socket(&other), zero = address_of("::");
    assert_true(address_equal(&none, &zero));
}

static void test_customers(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", true},          {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},   {"2001:db8::1", "2001:db8::2", true},
        {"2001:db8::1", "2001:db8:0:1::1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct address a = address_of(rows[i].a), b = address_of(rows[i].b);
        size_t a_length, b_length;
        const uint8_t *a_bytes = address_customer(&a, &a_length),
                      *b_bytes = address_customer(&b, &b_length);
        assert_int_equal(a_length, b_length);
        assert_true((memcmp(a_bytes, b_bytes, a_length) == 0) == rows[i].same);
    }
}

static void test_prefixes(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *inside, *outside; /* NULL: none */
    } rows[] = {
        {"10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
        {"10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"},
        {"::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.0"},
        {"192.0.2.1", "192.0.2.1", "192.0.2.0"},
        {"192.0.2.1/32", "192.0.2.1", "192.0.2.0"},
        {"192.0.2.128/25", "192.0.2.255", "192.0.2.127"},
        {"0.0.0.0/0", "255.1.2.3", "::1"},
        {"::/0", "1.2.3.4", NULL},
        {"2001:db8::/32", "2001:db8:ffff::", "2001:db9::"},
        {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
        {"::1/128", "::1", "::2"},
        {"10.0.0.1/8", NULL, NULL},
        {"10.0.0.0/33", NULL, NULL},
        {"2001:db8::/129", NULL, NULL},
        {"2001:db8::1/64", NULL, NULL},
        {"10.0.0.0/", NULL, NULL},
        {"10.0.0.0/08", NULL, NULL},
        {"10.0.0.0/-8", NULL, NULL},
        {"10.0.0.0/8/8", NULL, NULL},
        {"10.0.0.0/4294967304", NULL, NULL},
        {"/8", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address_prefix prefix;
        const char *text = rows[i].prefix;
        if (address_prefix_parse(text, strlen(text), &prefix) != (rows[i].inside != NULL))
            fail_msg("%s", text);
        if (rows[i].inside == NULL)
            continue;
        const struct address inside = address_of(rows[i].inside);
        if (!address_prefix_has(&prefix, &inside))
            fail_msg("%s lacks %s", text, rows[i].inside);
        if (rows[i].outside == NULL)
            continue;
        const struct address outside = address_of(rows[i].outside);
        if (address_prefix_has(&prefix, &outside))
            fail_msg("%s has %s", text, rows[i].outside);
    }
}

static void test_lists(void **state)
{
    (void)state;
    static struct address_list list;
    struct explanation why;
    assert_int_equal(address_list_parse(" 10.0.0.0/8 ,192.0.2.1,\t2001:db8::/32 ", &list, &why),
                     RESULT_OK);
    assert_int_equal(list.count, 3);
    static const struct {
        const char *address;
        bool there;
    } rows[] = {{"10.1.1.1", true},
                {"192.0.2.1", true},
                {"2001:db8::9", true},
                {"192.0.2.2", false},
                {"::1", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct address address = address_of(rows[i].address);
        assert_int_equal(address_list_has(&list, &address), rows[i].there);
    }
    static const char *const bad[] = {"",
                                      ",",
                                      "10.0.0.0/8,",
                                      ",10.0.0.1",
                                      "10.0.0.1 10.0.0.2",
                                      "10.0.0.1,,10.0.0.2",
                                      "localhost",
                                      "10.0.0.1;"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (address_list_parse(bad[i], &list, &why) != RESULT_MALFORMED)
            fail_msg("'%s'", bad[i]);
    static char many[8 * (ADDRESS_LIST_MAX + 1) + 1];
    size_t length = 0;
    for (size_t i = 0; i <= ADDRESS_LIST_MAX; i++)
        length +=
            (size_t)snprintf(many + length, sizeof many - length, "%s1.1.1.1", i == 0 ? "" : ",");
    assert_int_equal(address_list_parse(many, &list, &why), RESULT_FULL);
    many[8 * ADDRESS_LIST_MAX - 1] = '\0';
    assert_int_equal(address_list_parse(many, &list, &why), RESULT_OK);
    assert_int_equal(list.count, ADDRESS_LIST_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings), cmocka_unit_test(test_sockets),
        cmocka_unit_test(test_customers), cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
