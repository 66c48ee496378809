/* What follows from how the outside reaches the server. */
#include "http/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_own_origins(void **state)
{
    (void)state;
    static const struct {
        const char *certificate, *public_url; /* NULL: none */
        const char *origin, *host;
        bool own;
    } rows[] = {
        {NULL, NULL, "http://tickets.example", "tickets.example", true},
        {NULL, NULL, "http://tickets.example", "Tickets.Example:80", true},
        {NULL, NULL, "http://tickets.example:8080", "tickets.example:8080", true},
        {NULL, NULL, "https://tickets.example", "tickets.example", false},
        {NULL, NULL, "http://tickets.example:8080", "tickets.example", false},
        {NULL, NULL, "http://evil.example", "tickets.example", false},
        {NULL, NULL, "http://tickets.example", NULL, false},
        {NULL, NULL, "null", "tickets.example", false},
        {NULL, NULL, "", "tickets.example", false},
        {"cert.pem", NULL, "https://tickets.example", "tickets.example", true},
        {"cert.pem", NULL, "http://tickets.example", "tickets.example", false},
        {NULL, "https://tickets.example", "https://tickets.example", "10.0.0.1:8080", true},
        {NULL, "https://tickets.example", "http://10.0.0.1:8080", "10.0.0.1:8080", false},
        {NULL, "https://tickets.example", "null", "10.0.0.1:8080", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct http_options options = {.tls_certificate_file = rows[i].certificate,
                                             .public_url = rows[i].public_url};
        static struct site site;
        struct explanation why;
        assert_int_equal(site_init(&site, &options, &why), RESULT_OK);
        if (site_is_own(&site, rows[i].origin, rows[i].host) != rows[i].own)
            fail_msg("row %zu", i);
    }
}

static void test_foreign_pages(void **state)
{
    (void)state;
    static const struct {
        const char *sec_fetch_site, *origin; /* NULL: not there */
        bool foreign;
    } rows[] = {
        {NULL, NULL, false},
        {"same-origin", NULL, false},
        {"same-origin", "http://evil.example", false}, /* a proxy for developers */
        {"same-site", NULL, true},
        {"cross-site", NULL, true},
        {"cross-site", "http://tickets.example", true},
        {"none", NULL, true},
        {"", NULL, true},
        {"Same-Origin", NULL, true},
        {NULL, "http://tickets.example", false},
        {NULL, "http://evil.example", true},
        {NULL, "null", true},
        {NULL, "", true},
    };
    const struct http_options options = {.listen = NULL};
    static struct site site;
    struct explanation why;
    assert_int_equal(site_init(&site, &options, &why), RESULT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (site_is_foreign(&site, rows[i].sec_fetch_site, rows[i].origin, "tickets.example") !=
            rows[i].foreign)
            fail_msg("row %zu", i);
}

static void test_named_origins(void **state)
{
    (void)state;
    static const struct {
        const char *origin;
        bool named;
    } rows[] = {
        {"https://shop.example", true},
        {"https://SHOP.example:443", true},
        {"http://[::1]:3000", true},
        {"http://shop.example", false},
        {"https://shop.example:8443", false},
        {"https://a.shop.example", false},
        {"https://shop.example.evil", false},
        {"null", false},
        {"", false},
        {"*", false},
    };
    const struct http_options options = {.cors_origins =
                                             "https://shop.example , http://[::1]:3000"};
    const struct http_options none = {.cors_origins = NULL};
    static struct site site;
    struct explanation why;
    assert_int_equal(site_init(&site, &options, &why), RESULT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (origin_list_has(&site.cors_origins, rows[i].origin) != rows[i].named)
            fail_msg("row %zu", i);
    assert_int_equal(site_init(&site, &none, &why), RESULT_OK);
    assert_false(origin_list_has(&site.cors_origins, "https://shop.example"));
}

static void test_too_many_origins(void **state)
{
    (void)state;
    char text[(ORIGIN_LIST_MAX + 1) * 16] = "http://a";
    struct origin_list list;
    struct explanation why;
    for (unsigned i = 1; i < ORIGIN_LIST_MAX; i++)
        strcat(text, ",http://a");
    assert_int_equal(origin_list_parse(text, &list, &why), RESULT_OK);
    assert_int_equal(list.count, ORIGIN_LIST_MAX);
    strcat(text, ",http://a");
    assert_int_equal(origin_list_parse(text, &list, &why), RESULT_FULL);
}

static void test_secure(void **state)
{
    (void)state;
    static const struct {
        const char *certificate, *public_url;
        bool secure;
    } rows[] = {
        {NULL, NULL, false},
        {"cert.pem", NULL, true},
        {NULL, "http://tickets.example", false},
        {NULL, "https://tickets.example", true},
        {"cert.pem", "https://tickets.example", true},
        {"cert.pem", "http://tickets.example", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct http_options options = {.tls_certificate_file = rows[i].certificate,
                                             .public_url = rows[i].public_url};
        static struct site site;
        struct explanation why;
        assert_int_equal(site_init(&site, &options, &why), RESULT_OK);
        assert_int_equal(site.secure, rows[i].secure);
    }
}

static void test_options_that_are_none(void **state)
{
    (void)state;
    static const struct http_options bad[] = {{.public_url = "tickets.example"},
                                              {.trusted_proxies = "proxy.example"},
                                              {.cors_origins = "shop.example"},
                                              {.cors_origins = "https://a,,https://b"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        static struct site site;
        struct explanation why;
        assert_int_equal(site_init(&site, &bad[i], &why), RESULT_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_origins),   cmocka_unit_test(test_foreign_pages),
        cmocka_unit_test(test_named_origins), cmocka_unit_test(test_too_many_origins),
        cmocka_unit_test(test_secure),        cmocka_unit_test(test_options_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
