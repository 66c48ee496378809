/* Session tokens: made, read, forged; where a request carries them. */
#include "api/credentials.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct secret key = {{7, 7, 7}};

static struct session_token sample(void)
{
    struct session_token token;
    randombytes_buf(&token, sizeof token);
    return token;
}

static void test_round_trip(void **state)
{
    (void)state;
    const struct session_token token = sample();
    struct session_token read;
    char text[SESSION_TOKEN_CHARACTERS + 1];
    session_token_format(&token, &key, text);
    assert_int_equal(strlen(text), SESSION_TOKEN_CHARACTERS);
    assert_memory_equal(text, "usher_", 6);
    assert_true(session_token_parse(text, strlen(text), &key, &read));
    assert_memory_equal(&read, &token, sizeof token);
}

static void test_every_changed_character_is_forged(void **state)
{
    (void)state;
    const struct session_token token = sample();
    struct session_token read;
    char text[SESSION_TOKEN_CHARACTERS + 1];
    session_token_format(&token, &key, text);
    for (size_t i = 0; i < SESSION_TOKEN_CHARACTERS; i++) {
        const char was = text[i];
        text[i] = was == 'A' ? 'B' : 'A';
        assert_false(session_token_parse(text, SESSION_TOKEN_CHARACTERS, &key, &read));
        text[i] = was;
    }
    assert_false(session_token_parse(text, SESSION_TOKEN_CHARACTERS - 1, &key, &read));
    assert_false(session_token_parse(text, 0, &key, &read));
    const struct secret other_key = {{8}};
    assert_false(session_token_parse(text, SESSION_TOKEN_CHARACTERS, &other_key, &read));
}

static void test_secret_hash(void **state)
{
    (void)state;
    const uint8_t a[SESSION_SECRET_BYTES] = {1}, b[SESSION_SECRET_BYTES] = {2};
    const struct secret hash_a = session_secret_hash(a), hash_b = session_secret_hash(b);
    const struct secret again = session_secret_hash(a);
    assert_memory_equal(&hash_a, &again, sizeof again);
    assert_memory_not_equal(&hash_a, &hash_b, sizeof hash_b);
}

static void test_bearer(void **state)
{
    (void)state;
    static const struct {
        const char *header, *token;
    } rows[] = {
        {"Bearer abc", "abc"},
        {"bearer  abc ", "abc"},
        {"BEARER abc def", "abc"},
        {"Bearer ", ""},
        {"Basic abc", NULL},
        {"Bearer", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = 0;
        const char *token = bearer_find(rows[i].header, &length);
        assert_true((token == NULL) == (rows[i].token == NULL));
        if (token != NULL) {
            assert_int_equal(length, strlen(rows[i].token));
            assert_memory_equal(token, rows[i].token, length);
        }
    }
}

static void test_cookie(void **state)
{
    (void)state;
    static const struct {
        const char *header, *value;
    } rows[] = {
        {"usher_session=abc", "abc"},
        {"a=b; usher_session=abc; c=d", "abc"},
        {"a=b;usher_session=abc", "abc"},
        {" usher_session=", ""},
        {"usher_session=\"abc\"", "abc"},
        {"a=\"b\"; usher_session=\"abc\" ; c=d", "abc"},
        {"usher_session=\"\"", ""},
        {"usher_session=\"", "\""},
        {"usher_session=\"abc", "\"abc"},
        {"usher_session=abc\"", "abc\""},
        {"xusher_session=abc", NULL},
        {"usher_sessionx=abc", NULL},
        {"a=usher_session=abc", NULL},
        {"usher_session", NULL},
        {";;;", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = 0;
        const char *value = cookie_find(rows[i].header, "usher_session", &length);
        assert_true((value == NULL) == (rows[i].value == NULL));
        if (value != NULL) {
            assert_int_equal(length, strlen(rows[i].value));
            assert_memory_equal(value, rows[i].value, length);
        }
    }
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_changed_character_is_forged),
        cmocka_unit_test(test_secret_hash),
        cmocka_unit_test(test_bearer),
        cmocka_unit_test(test_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
