/* Which paths lead where, and which do not. */
#include "api/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SUFFIX "01jbxyz0123456789abcdefghj"

static void test_found(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *pattern;
        bool has_id;
    } rows[] = {
        {"GET", "/v1/queue", "/v1/queue", false},
        {"HEAD", "/v1/queue", "/v1/queue", false},
        {"PATCH", "/v1/queue", "/v1/queue", false},
        {"GET", "/v1/queue/tokens/current", "/v1/queue/tokens/current", false},
        {"GET", ("/v1/queue/tokens/token_" SUFFIX), "/v1/queue/tokens/{token}", true},
        {"GET", "/v1/users/me", "/v1/users/me", false},
        {"DELETE", "/v1/users/me", "/v1/users/me", false},
        {"GET", ("/v1/users/user_" SUFFIX), "/v1/users/{user}", true},
        {"POST", ("/v1/reservations/reservation_" SUFFIX "/cancel"),
         "/v1/reservations/{reservation}/cancel", true},
        {"GET", ("/v1/rounds/round_" SUFFIX "/map"), "/v1/rounds/{round}/map", true},
        {"GET", "/problems/not_found", "/problems/{code}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct path_match match = {0};
        unsigned allowed;
        const struct route *route =
            route_find(method_parse(rows[i].method), rows[i].path, &match, &allowed);
        assert_non_null(route);
        assert_string_equal(route->pattern, rows[i].pattern);
        assert_true(id_is_none(match.id) != rows[i].has_id);
    }
}

static void test_not_found(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "/",
        "/v1",
        "/v1/",
        "/v1/queue/",
        "//v1/queue",
        "/v1//queue",
        "/V1/queue",
        "/v1/queues",
        "/v1/users/",
        "/v1/users/you",
        "/v1/users/user_",
        ("/v1/users/user_" SUFFIX "x"),
        ("/v1/users/user_" SUFFIX "/"),
        ("/v1/users/seat_" SUFFIX),
        "/v1/users/user_01JBXYZ0123456789ABCDEFGHJ",
        "/v1/users/user_00000000000000000000000000",
        ("/v1/rounds/round_" SUFFIX "/seats/x"),
        "/problems/",
        "/problems/a/b",
        "/problems/a_code_that_is_longer_than_any_that_exists",
        "/v1/openapi.json",
        "/%2e",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct path_match match;
        unsigned allowed;
        assert_null(route_find(METHOD_GET, paths[i], &match, &allowed));
        assert_int_equal(allowed, 0);
    }
}

static void test_allow(void **state)
{
    (void)state;
    static const struct {
        const char *path, *allow;
    } rows[] = {
        {"/v1/queue", "GET, HEAD, PATCH"},
        {"/v1/queue/notice", "PUT, DELETE"},
        {"/v1/queue/tokens", "POST"},
        {"/v1/concerts/concert_" SUFFIX, "GET, HEAD, PATCH, DELETE"},
        {"/v1/sessions", "GET, HEAD, POST, DELETE"},
        {"/healthz", "GET, HEAD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct path_match match;
        unsigned allowed;
        char allow[ALLOW_TEXT_BYTES];
        assert_null(route_find(method_parse("BREW"), rows[i].path, &match, &allowed));
        allow_format(allowed, allow);
        assert_string_equal(allow, rows[i].allow);
    }
    char allow[ALLOW_TEXT_BYTES];
    allow_format(~0u, allow);
    assert_string_equal(allow, "GET, HEAD, POST, PUT, PATCH, DELETE");
}

static void test_methods(void **state)
{
    (void)state;
    static const char *const others[] = {"", "get", "Get", "OPTIONS", "TRACE", "GETX", "PUTS"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(method_parse(others[i]), METHOD_OTHER);
}

/* Every route answers to its own pattern with a fitting id, and to no other before it. */
static void test_each_route_is_reached(void **state)
{
    (void)state;
    size_t count;
    const struct route *table = routes(&count);
    for (size_t i = 0; i < count; i++) {
        char path[160];
        size_t length = 0;
        for (const char *at = table[i].pattern; *at != '\0'; at++) {
            if (*at != '{') {
                path[length++] = *at;
                continue;
            }
            const size_t name = strcspn(at + 1, "}");
            memcpy(path + length, at + 1, name);
            length += name;
            memcpy(path + length, "_" SUFFIX, sizeof SUFFIX);
            length += sizeof SUFFIX;
            at += name + 1;
        }
        path[length] = '\0';
        struct path_match match;
        unsigned allowed;
        assert_ptr_equal(route_find(table[i].method, path, &match, &allowed), &table[i]);
    }
}

/* Where nothing but metrics is told, three routes exist and ask nobody who it is; where people buy,
 * all do, and metrics take a session. */
static void test_metrics_alone(void **state)
{
    (void)state;
    size_t count, existing = 0;
    const struct route *table = routes(&count);
    for (size_t i = 0; i < count; i++) {
        const enum route_access access = route_access_at(&table[i], false);
        assert_true(route_exists(&table[i], false));
        assert_true(access == ACCESS_ANYBODY || access == ACCESS_EITHER ||
                    access == ACCESS_PUBLIC || access == ACCESS_SIGNED_IN);
        if (strcmp(table[i].pattern, "/metrics") == 0)
            assert_int_equal(access, ACCESS_SIGNED_IN);
        if (!route_exists(&table[i], true))
            continue;
        existing++;
        assert_int_equal(route_access_at(&table[i], true), ACCESS_ANYBODY);
        assert_true(strcmp(table[i].pattern, "/metrics") == 0 ||
                    strcmp(table[i].pattern, "/healthz") == 0 ||
                    strcmp(table[i].pattern, "/readyz") == 0);
    }
    assert_int_equal(existing, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_allow),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_each_route_is_reached),
        cmocka_unit_test(test_metrics_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
