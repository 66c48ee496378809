/* Ids: the vectors of the TypeID specification 0.3, what is not an id, and the order of new ones.
 */
#include "base/id.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* typeid/spec/valid.yml; its vectors without a prefix stand here with one, since ours all have. */
static const struct {
    const char *text;
    struct id id;
} vectors[] = {
    {"prefix_00000000000000000000000001", {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01}}},
    {"prefix_0000000000000000000000000a", {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a}}},
    {"prefix_0000000000000000000000000g", {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10}}},
    {"prefix_00000000000000000000000010", {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20}}},
    {"prefix_7zzzzzzzzzzzzzzzzzzzzzzzzz",
     {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
       0xff}}},
    {"prefix_0123456789abcdefghjkmnpqrs",
     {{0x01, 0x10, 0xc8, 0x53, 0x1d, 0x09, 0x52, 0xd8, 0xd7, 0x3e, 0x11, 0x94, 0xe9, 0x5b, 0x5f,
       0x19}}},
    {"prefix_01h455vb4pex5vsknk084sn02q",
     {{0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b, 0xbc, 0xce, 0xb3, 0x02, 0x09, 0x9a, 0x80,
       0x57}}},
};

static void vectors_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct id id = ID_NONE;
        assert_true(id_parse("prefix", vectors[i].text, strlen(vectors[i].text), &id));
        assert_memory_equal(id.bytes, vectors[i].id.bytes, ID_BYTES);
    }
}

static void vectors_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        char text[ID_TEXT_BYTES];
        assert_int_equal(id_format("prefix", vectors[i].id, text), strlen(vectors[i].text));
        assert_string_equal(text, vectors[i].text);
    }
}

/* typeid/spec/invalid.yml, and what this API refuses beside it. */
static const char *const malformed[] = {
    "",
    "_",
    "prefix",
    "prefix_",
    "PREFIX_01h455vb4pex5vsknk084sn02q",
    "prefi_01h455vb4pex5vsknk084sn02q",
    "prefixx_01h455vb4pex5vsknk084sn02q",
    "suffix_01h455vb4pex5vsknk084sn02q",
    "_01h455vb4pex5vsknk084sn02q",
    "01h455vb4pex5vsknk084sn02q",
    "prefix-01h455vb4pex5vsknk084sn02q",
    "prefix__01h455vb4pex5vsknk084sn02q",
    "  prefix_01h455vb4pex5vsknk084sn02q",
    "prefix_1234567890123456789012345",
    "prefix_123456789012345678901234567",
    "prefix_1234567890123456789012345 ",
    "prefix_0123456789ABCDEFGHJKMNPQRS",
    "prefix_123456789-123456789-123456",
    "prefix_ooooooiiiiiiuuuuuuulllllll",
    "prefix_i23456789ol23456789oi23456",
    "prefix_01h455vb4pex5vsknk084sn02u",
    "prefix_01h455vb4pex5vsknk084sn02l",
    "prefix_123456789-0123456789-0123456",
    "prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz",
    "prefix_g1h455vb4pex5vsknk084sn02q",
    "prefix_/1h455vb4pex5vsknk084sn02q",
    "prefix_\xc3\xa9h455vb4pex5vsknk084sn02q",
    "prefix_00000000000000000000000000",
};

static void malformed_ids_are_refused_and_nothing_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        struct id id = vectors[0].id;
        if (id_parse("prefix", malformed[i], strlen(malformed[i]), &id))
            fail_msg("taken for an id: %s", malformed[i]);
        assert_memory_equal(id.bytes, vectors[0].id.bytes, ID_BYTES);
    }
}

static void an_id_ends_where_its_length_says(void **state)
{
    (void)state;
    struct id id = ID_NONE;
    const char *text = "prefix_01h455vb4pex5vsknk084sn02q";
    assert_false(id_parse("prefix", text, strlen(text) - 1, &id));
    assert_false(id_parse("prefix", text, strlen(text) + 1, &id));
    assert_false(id_parse("prefix", "prefix_01h455vb4p\0x5vsknk084sn02q", strlen(text), &id));
}

static void random_ids_come_back_and_texts_sort_as_ids_do(void **state)
{
    (void)state;
    struct chance chance = {1};
    struct id last = ID_NONE;
    char last_text[ID_TEXT_BYTES] = "reservation_";
    for (size_t i = 0; i < 20000; i++) {
        struct id id, again;
        for (size_t byte = 0; byte < ID_BYTES; byte++)
            id.bytes[byte] = (uint8_t)chance_next(&chance);
        char text[ID_TEXT_BYTES];
        const size_t length = id_format("reservation", id, text);
        assert_int_equal(length, strlen(text));
        assert_true(id_parse("reservation", text, length, &again));
        assert_true(id_equal(id, again));
        assert_int_equal(id_compare(id, last) < 0, strcmp(text, last_text) < 0);
        last = id;
        memcpy(last_text, text, sizeof text);
    }
}

static const uint64_t seed[4] = {1, 2, 3, 4};

static void new_ids_grow_whatever_the_clock_does(void **state)
{
    (void)state;
    struct id_source source;
    struct chance chance = {2};
    id_source_init(&source, seed);
    timestamp_ms now = INT64_C(1700000000000), latest = now;
    struct id last = ID_NONE;
    for (size_t i = 0; i < 100000; i++) {
        now += (timestamp_ms)chance_below(&chance, 7) - 3; /* it stands, runs and steps back */
        latest = now > latest ? now : latest;
        const struct id id = id_next(&source, now);
        assert_true(id_compare(id, last) > 0);
        assert_true(id_time(id) >= latest && id_time(id) <= latest + 1);
        assert_int_equal(id.bytes[6] >> 4, 7);    /* RFC 9562, 5.7: the version */
        assert_int_equal(id.bytes[8] >> 6, 0x02); /* and the variant */
        assert_true(id_compare(id_floor(id_time(id)), id) <= 0);
        assert_true(id_compare(id_floor(id_time(id) + 1), id) > 0);
        last = id;
    }
}

/* The random part of the last id is at its end: the next id borrows from the millisecond. */
static void a_full_millisecond_borrows_the_next(void **state)
{
    (void)state;
    struct id_source source;
    id_source_init(&source, seed);
    const struct id first = id_next(&source, 1000);
    source.last = first;
    memset(source.last.bytes + 9, 0xff, 7);
    source.last.bytes[8] = 0xbf;
    const struct id at_end = source.last, carried = id_next(&source, 1000);
    assert_true(id_compare(carried, at_end) > 0);
    assert_int_equal(id_time(carried), 1000);
    assert_int_equal(carried.bytes[6] >> 4, 7);

    source.last.bytes[6] = 0x7f;
    memset(source.last.bytes + 7, 0xff, 9);
    source.last.bytes[8] = 0xbf;
    const struct id full = source.last, borrowed = id_next(&source, 1000);
    assert_true(id_compare(borrowed, full) > 0);
    assert_int_equal(id_time(borrowed), 1001);
    assert_int_equal(borrowed.bytes[6] >> 4, 7);
    assert_true(id_compare(id_next(&source, 1000), borrowed) > 0);
}

static void the_same_seed_gives_the_same_ids(void **state)
{
    (void)state;
    struct id_source a, b, zero;
    id_source_init(&a, seed);
    id_source_init(&b, seed);
    id_source_init(&zero, (const uint64_t[4]){0, 0, 0, 0});
    for (timestamp_ms now = 1; now < 1000; now++) {
        const struct id id = id_next(&a, now);
        assert_true(id_equal(id, id_next(&b, now)));
        assert_false(id_equal(id, id_next(&zero, now)));
    }
}

static void none_is_all_zero_and_equal_to_nothing_made(void **state)
{
    (void)state;
    struct id_source source;
    id_source_init(&source, seed);
    assert_true(id_is_none(ID_NONE));
    assert_false(id_is_none(id_next(&source, 1)));
    assert_true(id_compare(ID_NONE, id_next(&source, 1)) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_are_read),
        cmocka_unit_test(vectors_are_written),
        cmocka_unit_test(malformed_ids_are_refused_and_nothing_is_written),
        cmocka_unit_test(an_id_ends_where_its_length_says),
        cmocka_unit_test(random_ids_come_back_and_texts_sort_as_ids_do),
        cmocka_unit_test(new_ids_grow_whatever_the_clock_does),
        cmocka_unit_test(a_full_millisecond_borrows_the_next),
        cmocka_unit_test(the_same_seed_gives_the_same_ids),
        cmocka_unit_test(none_is_all_zero_and_equal_to_nothing_made),
    };
    return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
