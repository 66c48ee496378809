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

static void test_a_token_of_one_kind_is_none_of_another(void **state)
{
    (void)state;
    struct reset_token token, read;
    char text[RESET_TOKEN_CHARACTERS + 1];
    randombytes_buf(&token, sizeof token);
    reset_token_format(&token, &key, text);
    assert_int_equal(strlen(text), RESET_TOKEN_CHARACTERS);
    assert_memory_equal(text, "usher_reset_", 12);
    assert_true(reset_token_parse(text, &key, &read));
    assert_memory_equal(&read, &token, sizeof token);
    struct session_token session;
    assert_false(session_token_parse(text, strlen(text), &key, &session));
    /* Nor is one whose MAC was made without the domain of its kind. */
    uint8_t bytes[RESET_TOKEN_BYTES];
    memcpy(bytes, &token, sizeof token);
    assert_int_equal(crypto_generichash(bytes + sizeof token, TOKEN_MAC_BYTES, bytes, sizeof token,
                                        key.bytes, SECRET_BYTES),
                     0);
    (void)base64_encode(BASE64_URL, bytes, sizeof bytes, text + 12);
    assert_false(reset_token_parse(text, &key, &read));
}

static void test_secret_hash(void **state)
{
    (void)state;
    const uint8_t a[TOKEN_SECRET_BYTES] = {1}, b[TOKEN_SECRET_BYTES] = {2};
    const struct secret hash_a = token_secret_hash(a), hash_b = token_secret_hash(b);
    const struct secret again = token_secret_hash(a);
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

static void handover_codes(void **state)
{
    (void)state;
    struct handover_code code = {.session_id = {{1, 2, 3}}, .secret = {4, 5, 6}}, read;
    const struct secret other_key = {{8}};
    char text[HANDOVER_CODE_CHARACTERS + sizeof "./a.b?c=d"];
    const char *to;
    handover_code_format(&code, &key, text);
    assert_int_equal(strlen(text), HANDOVER_CODE_CHARACTERS);
    assert_false(handover_code_parse(text, &key, &read, &to)); /* without an address */
    strcat(text, "./a.b?c=d");
    assert_true(handover_code_parse(text, &key, &read, &to));
    assert_string_equal(to, "/a.b?c=d");
    assert_true(id_equal(read.session_id, code.session_id));
    assert_memory_equal(read.secret, code.secret, sizeof read.secret);
    assert_false(handover_code_parse(text, &other_key, &read, &to));
    for (size_t i = 0; i < HANDOVER_CODE_CHARACTERS; i++) {
        const char right = text[i];
        text[i] = right == 'A' ? 'B' : 'A';
        assert_false(handover_code_parse(text, &key, &read, &to));
        text[i] = right;
    }
}

static void the_hash_of_a_handover_is_of_its_address_too(void **state)
{
    (void)state;
    const uint8_t secret[TOKEN_SECRET_BYTES] = {1}, other[TOKEN_SECRET_BYTES] = {2};
    const struct secret a = handover_hash(secret, "/a"), b = handover_hash(secret, "/b"),
                        c = handover_hash(other, "/a"), again = handover_hash(secret, "/a");
    assert_memory_equal(&a, &again, sizeof a);
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handover_codes),
        cmocka_unit_test(the_hash_of_a_handover_is_of_its_address_too),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_changed_character_is_forged),
        cmocka_unit_test(test_a_token_of_one_kind_is_none_of_another),
        cmocka_unit_test(test_secret_hash),
        cmocka_unit_test(test_bearer),
        cmocka_unit_test(test_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
