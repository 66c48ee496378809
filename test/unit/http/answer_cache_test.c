/* Shared bodies: entity tags, what is found again, and how the cache stays within its bound. */
#include "http/answer_cache.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int make_cache(void **state)
{
    static struct answer_cache cache;
    answer_cache_init(&cache);
    *state = &cache;
    return 0;
}

static int release_cache(void **state)
{
    answer_cache_release(*state);
    return 0;
}

/* A body of `length` bytes; its first tells it from others. */
static struct cached_answer *body_of(uint8_t first, size_t length)
{
    struct buffer bytes;
    buffer_init(&bytes, ANSWER_CACHE_BYTES_MAX);
    assert_int_equal(buffer_reserve(&bytes, length), RESULT_OK);
    bytes.length = length;
    memset(bytes.data, 0, length);
    bytes.data[0] = first;
    struct cached_answer *body = cached_answer_new(&bytes);
    assert_non_null(body);
    assert_null(bytes.data);
    return body;
}

static void test_etag_of_content(void **state)
{
    (void)state;
    struct cached_answer *a = body_of(1, 10), *same = body_of(1, 10), *other = body_of(2, 10);
    assert_int_equal(strlen(a->etag), ETAG_BYTES - 1);
    assert_string_equal(a->etag, same->etag);
    assert_string_not_equal(a->etag, other->etag);
    cached_answer_drop(a);
    cached_answer_drop(same);
    cached_answer_drop(other);
}

static void test_found_by_key_and_version(void **state)
{
    const struct cached_answer_key key = {.kind = 1, .from = 10, .limit = 50};
    struct cached_answer *body = body_of(1, 10);
    answer_cache_keep(*state, &key, 7, body);
    cached_answer_drop(body);
    struct cached_answer *found = answer_cache_find(*state, &key, 7);
    assert_ptr_equal(found, body);
    cached_answer_drop(found);
    assert_null(answer_cache_find(*state, &key, 8));
    static const struct cached_answer_key others[] = {
        {.kind = 2, .from = 10, .limit = 50},
        {.kind = 1, .from = 11, .limit = 50},
        {.kind = 1, .from = 10, .limit = 51},
        {.kind = 1, .id = {{1}}, .from = 10, .limit = 50},
        {.kind = 1, .from = 10, .limit = 50, .since = 1},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_null(answer_cache_find(*state, &others[i], 7));
    struct cached_answer *newer = body_of(2, 10);
    answer_cache_keep(*state, &key, 8, newer);
    cached_answer_drop(newer);
    assert_null(answer_cache_find(*state, &key, 7));
}

static void test_bytes_stay_bounded(void **state)
{
    struct answer_cache *cache = *state;
    const size_t each = ANSWER_CACHE_BYTES_MAX / 8;
    for (uint64_t i = 0; i < 20; i++) {
        const struct cached_answer_key key = {.kind = 2, .from = i};
        struct cached_answer *body = body_of((uint8_t)i, each);
        answer_cache_keep(cache, &key, 0, body);
        cached_answer_drop(body);
        assert_true(cache->bytes <= ANSWER_CACHE_BYTES_MAX);
    }
    const struct cached_answer_key last = {.kind = 2, .from = 19};
    struct cached_answer *found = answer_cache_find(cache, &last, 0);
    assert_non_null(found);
    cached_answer_drop(found);
    struct cached_answer *huge = body_of(0, ANSWER_CACHE_BYTES_MAX / 2 + 1);
    const struct cached_answer_key key = {.kind = 2, .from = 100};
    answer_cache_keep(cache, &key, 0, huge);
    cached_answer_drop(huge);
    assert_null(answer_cache_find(cache, &key, 0));
}

static void test_if_none_match(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        bool matches;
    } rows[] = {
        {"\"abc\"", true},
        {"W/\"abc\"", true},
        {"*", true},
        {"\"x\", \"abc\"", true},
        {"\"x\",W/\"abc\" ", true},
        {" , \"abc\"", true},
        {"\"ab\"", false},
        {"\"abcd\"", false},
        {"abc", false},
        {"\"abc", false},
        {"", false},
        {"\"x\" \"y\"", false},
        {"\"x\", abc", false},
        {"W/", false},
        {"\"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (etag_matches(rows[i].header, "\"abc\"") != rows[i].matches)
            fail_msg("%s", rows[i].header);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_etag_of_content),
        cmocka_unit_test_setup_teardown(test_found_by_key_and_version, make_cache, release_cache),
        cmocka_unit_test_setup_teardown(test_bytes_stay_bounded, make_cache, release_cache),
        cmocka_unit_test(test_if_none_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
