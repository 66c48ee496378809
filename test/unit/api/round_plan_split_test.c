/* A round's body gives the same answer however it is split, and is found malformed where and as
 * jansson finds the whole of it to be. Bodies are made of good ones by a few random changes. */
#include "api/round_plan.h"

#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BODY_BYTES 4096
#define BODIES 4000
#define SPLITS 6

static const char *const bodies[] = {
    "{\"startTime\":\"2026-11-22T10:00:00Z\",\"seats\":[{\"seatNumber\":\"1\",\"price\":5},\n"
    " {\"seatNumber\":\"2\",\"price\":6,\"section\":\"가\",\"row\":\"R\",\"number\":\"N\"},\n\n"
    "{\"seatNumber\":\"\\\"3,]}\\\\\",\"price\":6.0,\"x\":1.5,\"y\":-2e3,\"accessible\":true,"
    "\"grade\":null}\n]}\n",
    "{\n  \"sections\": [ {\"name\": \"A\", \"rows\": 2, \"seatsPerRow\": 3, \"price\": 100},\n"
    "    {\"name\": \"스탠딩\", \"rows\": 1, \"seatsPerRow\": 11, \"price\": 0} ],\n"
    "  \"startTime\": \"2026-11-22T10:00:00+09:00\"\n}",
    "{\"a\":[1,[2,{\"b\":[]}],\"x\"],\"seats\":[],\"c\":{\"d\":[3,4]},\"e\":[ ],\n\"f\" :\n[\n7 ]}",
    "{\"se\\u0061ts\":[{\"seatNumber\":\"1\",\"price\":1},{\"seatNumber\":\"1 \",\"price\":1},"
    "{\"seatNumber\":\"2\",\"price\":-1,\"x\":2e6,\"y\":0}],\"startTime\":1}",
    "{\"seats\":[{\"seatNumber\":\"1\",\"price\":1},2],\"seats\":[{\"seatNumber\":\"1\",\"price\":"
    "1}],"
    "\"startTime\":\"2026-11-22T10:00:00Z\"}",
    "[1,2]",
};

/* What is put in at random: pieces that the cutting looks at, and bytes that JSON does not have. */
static const char *const scraps[] = {
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    " ",
    "1",
    "-",
    "1e400",
    "99999999999999999999",
    "null",
    "\x80",
    "\xed\x95\x9c",
    "\xff",
    "\"seats\":[",
    "\"sections\":[{}],",
    "\"k\":[1],",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "\x01",
    "é",
};

struct text {
    uint8_t bytes[BODY_BYTES];
    size_t length;
};

static void splice(struct text *text, size_t at, size_t cut, const char *scrap)
{
    const size_t added = strlen(scrap);
    cut = cut < text->length - at ? cut : text->length - at;
    if (text->length + added > BODY_BYTES)
        return;
    memmove(text->bytes + at + added, text->bytes + at + cut, text->length - at - cut);
    memcpy(text->bytes + at, scrap, added);
    text->length = text->length + added - cut;
}

static void make_body(struct chance *chance, struct text *text)
{
    const char *good = bodies[chance_below(chance, sizeof bodies / sizeof bodies[0])];
    text->length = strlen(good);
    memcpy(text->bytes, good, text->length);
    for (uint64_t changes = chance_below(chance, 4); changes > 0; changes--) {
        const size_t at = chance_below(chance, text->length + 1);
        const bool adds = chance_below(chance, 2) == 0;
        splice(text, at, chance_below(chance, 3),
               adds ? scraps[chance_below(chance, sizeof scraps / sizeof scraps[0])] : "");
    }
}

/* What came of a body. */
struct outcome {
    struct body body;
    struct round_plan plan;
};

/* In pieces of 1 to `piece_max` bytes, each in memory of its own so that reading past it is seen.
 */
static struct outcome *read_split(struct chance *chance, const struct text *text, size_t piece_max)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    assert_non_null(outcome);
    body_init(&outcome->body);
    round_plan_init(&outcome->plan, &outcome->body, BODY_OF_round);
    for (size_t at = 0; at < text->length;) {
        const size_t drawn = 1 + chance_below(chance, piece_max);
        const size_t length = drawn < text->length - at ? drawn : text->length - at;
        uint8_t *piece = malloc(length);
        assert_non_null(piece);
        memcpy(piece, text->bytes + at, length);
        round_plan_feed(&outcome->plan, piece, length);
        free(piece);
        at += length;
    }
    round_plan_end(&outcome->plan);
    return outcome;
}

static void release(struct outcome *outcome)
{
    round_plan_release(&outcome->plan);
    body_release(&outcome->body);
    free(outcome);
}

static void assert_same_text(const char *one, const char *other)
{
    assert_true((one == NULL) == (other == NULL));
    if (one != NULL)
        assert_string_equal(one, other);
}

static void assert_same(const struct outcome *one, const struct outcome *other)
{
    assert_int_equal(one->plan.refusal, other->plan.refusal);
    assert_same_text(one->body.malformed, other->body.malformed);
    assert_int_equal(one->body.line, other->body.line);
    assert_int_equal(one->body.column, other->body.column);
    assert_int_equal(one->body.error_count, other->body.error_count);
    assert_int_equal(one->body.error_bytes.length, other->body.error_bytes.length);
    if (one->body.error_bytes.length > 0)
        assert_memory_equal(one->body.error_bytes.data, other->body.error_bytes.data,
                            one->body.error_bytes.length);
    assert_int_equal(one->plan.start_time, other->plan.start_time);
    assert_int_equal(one->plan.seat_count, other->plan.seat_count);
    for (size_t i = 0; i < one->plan.seat_count; i++) {
        const struct seat_plan *seat = &one->plan.seats[i], *same = &other->plan.seats[i];
        assert_same_text(seat->seat_number, same->seat_number);
        assert_same_text(seat->section, same->section);
        assert_same_text(seat->row, same->row);
        assert_same_text(seat->number, same->number);
        assert_same_text(seat->grade, same->grade);
        assert_int_equal(seat->price, same->price);
    }
}

/* Whether jansson, given the whole, would call it malformed for a reason that has a place. Depth
 * and numbers are looked at by us before, and in another order. */
static void compare_with_whole(const struct text *text, const struct outcome *outcome)
{
    struct body body;
    body_init(&body);
    const enum refusal refusal = body_parse(&body, text->bytes, text->length, BODY_VALUES_MAX);
    const char *context = body.malformed == NULL ? "nothing" : body.malformed;
    if (refusal == REFUSAL_MALFORMED_JSON && body.line > 0) {
        if (outcome->plan.refusal != refusal || outcome->body.malformed != body.malformed ||
            outcome->body.line != body.line || outcome->body.column != body.column)
            fail_msg("%.*s\nis %s at %d:%d, not %s at %d:%d", (int)text->length,
                     (const char *)text->bytes, context, body.line, body.column,
                     outcome->body.malformed == NULL ? "nothing" : outcome->body.malformed,
                     outcome->body.line, outcome->body.column);
    } else if (refusal == REFUSAL_NONE) {
        assert_int_not_equal(outcome->plan.refusal, REFUSAL_MALFORMED_JSON);
    }
    body_release(&body);
}

static void any_split_gives_the_answer_of_the_whole(void **state)
{
    (void)state;
    struct chance chance = {.state = 7};
    size_t refused[REFUSAL_COUNT] = {0};
    for (size_t i = 0; i < BODIES; i++) {
        struct text text;
        make_body(&chance, &text);
        struct outcome *whole = read_split(&chance, &text, BODY_BYTES * 1000);
        compare_with_whole(&text, whole);
        refused[whole->plan.refusal]++;
        for (size_t split = 0; split < SPLITS; split++) {
            struct outcome *pieces =
                read_split(&chance, &text, split < 2 ? 1 + split : (size_t)1 << split);
            assert_same(whole, pieces);
            release(pieces);
        }
        release(whole);
    }
    assert_true(refused[REFUSAL_NONE] > BODIES / 20);
    assert_true(refused[REFUSAL_INVALID_FIELD] > BODIES / 10);
    assert_true(refused[REFUSAL_MALFORMED_JSON] > BODIES / 4);
}

/* A text of one byte that repeats, between two others. */
static void read_long(const char *before, char byte, size_t count, const char *after, size_t piece,
                      struct outcome *outcome)
{
    const size_t length = strlen(before) + count + strlen(after);
    uint8_t *text = malloc(length);
    assert_non_null(text);
    memcpy(text, before, strlen(before));
    memset(text + strlen(before), byte, count);
    memcpy(text + strlen(before) + count, after, strlen(after));
    body_init(&outcome->body);
    round_plan_init(&outcome->plan, &outcome->body, BODY_OF_round);
    for (size_t at = 0; at < length; at += piece)
        round_plan_feed(&outcome->plan, text + at, piece < length - at ? piece : length - at);
    round_plan_end(&outcome->plan);
    free(text);
}

/* The longest that is taken, and one byte more, as a whole and in pieces. */
static void what_is_kept_is_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after;
        char byte;
        int line, column; /* of where it is told */
        size_t count_max;
    } rows[] = {
        {"{\"seats\":[1,\n\"", "\"]}", 'x', 2, 0, JSON_CUT_BYTES_MAX - 2},
        {"{\"k\":\"", "\"}", 'x', 1, JSON_CUT_BYTES_MAX + 1, JSON_CUT_BYTES_MAX - 8},
    };
    static const size_t pieces[] = {SIZE_MAX / 2, 1, 1000, JSON_CUT_BYTES_MAX};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            struct outcome outcome;
            read_long(rows[i].before, rows[i].byte, rows[i].count_max, rows[i].after, pieces[k],
                      &outcome);
            assert_int_equal(outcome.plan.refusal, REFUSAL_INVALID_FIELD);
            round_plan_release(&outcome.plan);
            body_release(&outcome.body);
            read_long(rows[i].before, rows[i].byte, rows[i].count_max + 1, rows[i].after, pieces[k],
                      &outcome);
            assert_int_equal(outcome.plan.refusal, REFUSAL_MALFORMED_JSON);
            assert_string_equal(outcome.body.malformed,
                                "something in it is longer than 65536 bytes");
            assert_int_equal(outcome.body.line, rows[i].line);
            assert_int_equal(outcome.body.column, rows[i].column);
            round_plan_release(&outcome.plan);
            body_release(&outcome.body);
        }
    }
}

/* A quote that is missing makes an element of all that follows; it is still told where. */
static void a_fault_in_what_is_too_long_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *before, *malformed;
        int line, column;
    } rows[] = {
        {"{\"seats\":[1,\n{\"seatNumber\":\"1,\"price\":1},", body_syntax_error, 2, 23},
        {"{\"a\":[1],\n\"startTime\":\"2,\"b\":1,\"", body_syntax_error, 2, 17},
        {"{\"seats\":[{\"a\":\"\xff\",\"b\":\"", "not well-formed UTF-8", 1, 16},
        {"{\"seats\":[{\"b\":\"", NULL, 1, 10},
    };
    static const size_t pieces[] = {SIZE_MAX / 2, 1, 1000};
    for (size_t i = 0; i < 3 * sizeof rows / sizeof rows[0]; i++) {
        struct outcome outcome;
        read_long(rows[i / 3].before, 'x', 100000, "\"}]}", pieces[i % 3], &outcome);
        assert_int_equal(outcome.plan.refusal, REFUSAL_MALFORMED_JSON);
        assert_string_equal(outcome.body.malformed,
                            rows[i / 3].malformed == NULL
                                ? "something in it is longer than 65536 bytes"
                                : rows[i / 3].malformed);
        assert_int_equal(outcome.body.line, rows[i / 3].line);
        assert_int_equal(outcome.body.column, rows[i / 3].column);
        round_plan_release(&outcome.plan);
        body_release(&outcome.body);
    }
}

/* 6,400,000 values, with the object, the array and its first element. */
static void the_values_of_the_whole_are_bounded(void **state)
{
    (void)state;
    const struct text begin = {.bytes = "{\"a\":[1", .length = 7},
                      more = {.bytes = ",1", .length = 2};
    struct outcome *outcome = calloc(1, sizeof *outcome);
    assert_non_null(outcome);
    body_init(&outcome->body);
    round_plan_init(&outcome->plan, &outcome->body, BODY_OF_round);
    round_plan_feed(&outcome->plan, begin.bytes, begin.length);
    for (size_t i = 3; i <= 6400000; i++) {
        assert_int_equal(outcome->plan.refusal, REFUSAL_NONE);
        round_plan_feed(&outcome->plan, more.bytes, more.length);
    }
    round_plan_feed(&outcome->plan, (const uint8_t *)",1]}", 4);
    round_plan_end(&outcome->plan);
    assert_int_equal(outcome->plan.refusal, REFUSAL_MALFORMED_JSON);
    assert_string_equal(outcome->body.malformed, body_too_many_values);
    release(outcome);
}

int main(void)
{
    body_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_split_gives_the_answer_of_the_whole),
        cmocka_unit_test(what_is_kept_is_bounded),
        cmocka_unit_test(a_fault_in_what_is_too_long_is_found),
        cmocka_unit_test(the_values_of_the_whole_are_bounded),
    };
    return cmocka_run_group_tests_name("round plan, split", tests, NULL, NULL);
}
