/* Origins: what is one, and which spellings are the same. */
#include "base/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_same(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"https://tickets.example", "https://tickets.example", true},
        {"https://tickets.example", "HTTPS://Tickets.EXAMPLE:443/", true},
        {"http://tickets.example", "http://tickets.example:80", true},
        {"https://tickets.example", "http://tickets.example", false},
        {"https://tickets.example:80", "http://tickets.example", false},
        {"https://tickets.example", "https://tickets.example:444", false},
        {"https://tickets.example", "https://tickets.example.evil", false},
        {"http://[::1]:8080", "http://[::1]:8080", true},
        {"http://127.0.0.1:8080", "http://localhost:8080", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct origin a, b;
        assert_true(origin_parse(rows[i].a, &a));
        assert_true(origin_parse(rows[i].b, &b));
        if (origin_equal(&a, &b) != rows[i].same)
            fail_msg("%s %s", rows[i].a, rows[i].b);
    }
}

static void test_none(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "null",
        "tickets.example",
        "//tickets.example",
        "ftp://tickets.example",
        "https://",
        "https:///",
        "https://:443",
        "https://tickets.example/path",
        "https://tickets.example?",
        "https://tickets.example//",
        "https://ann@tickets.example",
        "https://tickets.example:0",
        "https://tickets.example:65536",
        "https://tickets.example:4294967739",
        "https://tickets.example:",
        "https://tickets.example:x",
        "https://tickets example",
        "https://[::1",
        "https://[::1]x",
        "https://[tickets]",
        "https://[192.0.2.1]",
        "https://a,https://b",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct origin origin = {.port = 7};
        if (origin_parse(rows[i], &origin))
            fail_msg("%s", rows[i]);
        assert_int_equal(origin.port, 7);
    }
    struct origin origin;
    char longest[sizeof "https://" + ORIGIN_HOST_BYTES_MAX + 1] = "https://";
    memset(longest + strlen(longest), 'a', ORIGIN_HOST_BYTES_MAX);
    assert_true(origin_parse(longest, &origin));
    longest[strlen(longest)] = 'a';
    assert_false(origin_parse(longest, &origin));
}

static void test_hosts(void **state)
{
    (void)state;
    static const struct {
        bool secure;
        const char *host, *origin; /* NULL: it is none */
    } rows[] = {
        {true, "Tickets.example", "https://tickets.example"},
        {false, "tickets.example", "http://tickets.example"},
        {true, "tickets.example:8443", "https://tickets.example:8443"},
        {false, "[::1]:8080", "http://[::1]:8080"},
        {false, "tickets.example/", NULL},
        {false, "", NULL},
        {false, "a b", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct origin host, origin;
        const bool good = origin_of_host(rows[i].secure, rows[i].host, &host);
        assert_int_equal(good, rows[i].origin != NULL);
        if (!good)
            continue;
        assert_true(origin_parse(rows[i].origin, &origin));
        assert_true(origin_equal(&host, &origin));
    }
}

static void the_origin_that_an_address_begins_with(void **state)
{
    static const struct {
        const char *address, *origin, *rest;
    } rows[] = {
        {"https://shop.example/a?b#c", "https://shop.example", "/a?b#c"},
        {"https://SHOP.example", "https://shop.example", ""},
        {"http://[::1]:8080?x", "http://[::1]:8080", "?x"},
        {"https://shop.example:443#", "https://shop.example", "#"},
        {"https://shop.example@evil.example/", NULL, NULL},
        {"https://shop.example:1@evil.example/", NULL, NULL},
        {"https://shop.example\\@evil.example/", NULL, NULL},
        {"https:///shop.example", NULL, NULL},
        {"https:shop.example", NULL, NULL},
        {"javascript://shop.example/%0aalert(1)", NULL, NULL},
        {"//shop.example/", NULL, NULL},
        {"", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct origin origin;
        const char *rest;
        char text[ORIGIN_TEXT_BYTES];
        assert_int_equal(origin_of_address(rows[i].address, &origin, &rest),
                         rows[i].origin != NULL);
        if (rows[i].origin == NULL)
            continue;
        origin_format(&origin, text);
        assert_string_equal(text, rows[i].origin);
        assert_string_equal(rest, rows[i].rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_origin_that_an_address_begins_with),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
