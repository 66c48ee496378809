/* Bodies taken out of their framing: lengths and chunks, what is refused, the bounds, and that the
 * pieces in which they come change nothing. */
#include "http/payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DATA_BYTES_MAX 1024

/* ---- Reading ---- */

struct outcome {
    enum payload_state state;
    size_t used, length;
    char data[DATA_BYTES_MAX];
};

static struct payload chunked(void)
{
    struct payload payload;
    payload_init(&payload, &(struct request_head){.framing = FRAMING_CHUNKED});
    return payload;
}

static struct payload sized(uint64_t bytes)
{
    const struct request_head head = {.framing = bytes == 0 ? FRAMING_NONE : FRAMING_SIZED,
                                      .body_bytes = bytes};
    struct payload payload;
    payload_init(&payload, &head);
    return payload;
}

/* Reads on in a piece until it is used up or the body is over, as a connection does. */
static void read_piece(struct payload *payload, const char *bytes, size_t length,
                       struct outcome *outcome)
{
    char *copy = malloc(length == 0 ? 1 : length); /* reading past its end is noticed */
    size_t used = 0;
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    while (used < length && payload->state < PAYLOAD_OVER) {
        const char *data;
        size_t data_length;
        const enum payload_state before = payload->state;
        const size_t step = payload_read(payload, copy + used, length - used, &data, &data_length);
        assert_true(step > 0 && step <= length - used);
        assert_true(data_length <= step && (data_length == 0 || data >= copy + used));
        assert_true(data_length == 0 || data + data_length == copy + used + step);
        assert_true(data_length == 0 || before == PAYLOAD_DATA);
        assert_true(outcome->length + data_length <= sizeof outcome->data);
        memcpy(outcome->data + outcome->length, data, data_length);
        outcome->length += data_length;
        used += step;
    }
    outcome->used += used;
    outcome->state = payload->state;
    free(copy);
}

static void check_outcome(const struct outcome *outcome, const struct outcome *expected,
                          const char *bytes, size_t cut)
{
    if (outcome->state != expected->state || outcome->used != expected->used ||
        outcome->length != expected->length ||
        memcmp(outcome->data, expected->data, expected->length) != 0)
        fail_msg("%s cut at %zu: state %d after %zu bytes, not %d after %zu; data %.*s", bytes, cut,
                 (int)outcome->state, outcome->used, (int)expected->state, expected->used,
                 (int)outcome->length, outcome->data);
}

/* Whole, in two pieces, cut anywhere, and byte by byte. */
static void check(struct payload begun, const char *bytes, size_t length,
                  const struct outcome *expected)
{
    for (size_t cut = 0; cut <= length; cut++) {
        struct payload payload = begun;
        struct outcome outcome = {.used = 0};
        read_piece(&payload, bytes, cut, &outcome);
        read_piece(&payload, bytes + cut, length - cut, &outcome);
        check_outcome(&outcome, expected, bytes, cut);
    }
    struct payload payload = begun;
    struct outcome outcome = {.used = 0};
    for (size_t i = 0; i < length; i++)
        read_piece(&payload, bytes + i, 1, &outcome);
    check_outcome(&outcome, expected, bytes, length + 1);
}

struct row {
    const char *bytes, *data;
    size_t left; /* bytes after the end */
};

static void check_good(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct outcome expected = {.state = PAYLOAD_OVER, .length = strlen(rows[i].data)};
        expected.used = strlen(rows[i].bytes) - rows[i].left;
        memcpy(expected.data, rows[i].data, expected.length);
        check(chunked(), rows[i].bytes, strlen(rows[i].bytes), &expected);
    }
}

/* ---- Lengths ---- */

static void test_no_body(void **state)
{
    (void)state;
    assert_true(payload_begun(&(struct payload){.state = sized(0).state}));
    check(sized(0), "GET /", 5, &(struct outcome){.state = PAYLOAD_OVER});
}

static void test_sized(void **state)
{
    (void)state;
    const struct payload begun = sized(5);
    assert_true(payload_begun(&begun));
    check(begun, "a\0\r\nb", 5,
          &(struct outcome){.state = PAYLOAD_OVER, .used = 5, .length = 5, .data = "a\0\r\nb"});
    check(begun, "12345GET", 8,
          &(struct outcome){.state = PAYLOAD_OVER, .used = 5, .length = 5, .data = "12345"});
    check(begun, "1234", 4,
          &(struct outcome){.state = PAYLOAD_DATA, .used = 4, .length = 4, .data = "1234"});
    check(sized(UINT64_MAX / 2), "1234", 4,
          &(struct outcome){.state = PAYLOAD_DATA, .used = 4, .length = 4, .data = "1234"});
}

/* ---- Chunks ---- */

static void test_chunks(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"0\r\n\r\n", "", 0},
        {"000\r\n\r\n", "", 0},
        {"5\r\nhello\r\n0\r\n\r\n", "hello", 0},
        {"5\r\nhello\r\n0\r\n\r\nGET /", "hello", 5},
        {"0\r\n\r\n\r\n", "", 2},
        {"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc", 0},
        {"a\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0},
        {"A\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0},
        {"10\r\n0123456789abcdef\r\n0\r\n\r\n", "0123456789abcdef", 0},
        {"0000000000000001\r\na\r\n0000000000000000\r\n\r\n", "a", 0},
        {"4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", 0},
        {"5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n", 0},
    };
    check_good(rows, sizeof rows / sizeof rows[0]);
}

static void test_extensions_and_trailers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"1;a\r\nx\r\n0;b\r\n\r\n", "x", 0},
        {"1;a=b\r\nx\r\n0\r\n\r\n", "x", 0},
        {"1; \ta=b;c;d=e\r\nx\r\n0\r\n\r\n", "x", 0},
        {"1;a=\"\"\r\nx\r\n0\r\n\r\n", "x", 0},
        {"1;a=\"b c;\t\\\"\\\\\xff\"\r\nx\r\n0\r\n\r\n", "x", 0},
        {"1;a=\"b\";c=\"d\"\r\nx\r\n0\r\n\r\n", "x", 0},
        {"0\r\nA: b\r\n\r\n", "", 0},
        {"0\r\nA:b\r\nC:\r\nD: \xff\t \r\n\r\n", "", 0},
        {"0\r\nContent-Length: 5\r\n\r\nhello", "", 5},
    };
    check_good(rows, sizeof rows / sizeof rows[0]);
}

/* Of each the last byte is what breaks it. */
static void test_broken(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "\r",
        "\n",
        " ",
        "g",
        ";",
        "-",
        "+",
        "x",
        "0x",
        "1 ",
        "1\t",
        "1\n",
        "1\r\r",
        "1\r ",
        "1\r\nab",
        "1\r\na\n",
        "1\r\na\r\r",
        "1\r\na\r\n\r",
        "1\r\na\r\n\n",
        "1\r\na ",
        "1,",
        "8000000000000000\r",
        "ffffffffffffffff\r",
        "ffffffffffffffff;",
        "00000000000000000",
        "1;\r",
        "1;;",
        "1;=",
        "1; \r",
        "1;a ",
        "1;a\n",
        "1;a=\r",
        "1;a=;",
        "1;a= ",
        "1;a==",
        "1;a=b ",
        "1;a=b\"",
        "1;a=\"b\n",
        "1;a=\"b\r",
        "1;a=\"\\\r",
        "1;a=\"b\"c",
        "1;a=\"b\" ",
        "1;a=\"\x01",
        "1;a=\"\x7f",
        "1;a\"",
        "1;\xff",
        "0\r\n ",
        "0\r\n:",
        "0\r\n\n",
        "0\r\nA ",
        "0\r\nA\r",
        "0\r\nA: b\n",
        "0\r\nA: b\r\r",
        "0\r\nA: b\r\n ",
        "0\r\nA: \x01",
        "0\r\nA: \x7f",
        "0\r\n\r\r",
        "0\r\n\r ",
        "0\r\nA: b\r\n\rC",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[64];
        struct outcome expected = {.state = PAYLOAD_BROKEN, .used = strlen(rows[i])};
        if (strncmp(rows[i], "1\r\na", 4) == 0) {
            expected.length = 1;
            expected.data[0] = 'a';
        }
        (void)snprintf(bytes, sizeof bytes, "%s\r\n0\r\n\r\n", rows[i]);
        check(chunked(), bytes, strlen(bytes), &expected);
    }
    check(chunked(), "0\r\nA: \0", 7, &(struct outcome){.state = PAYLOAD_BROKEN, .used = 7});
    check(chunked(), "\0", 1, &(struct outcome){.state = PAYLOAD_BROKEN, .used = 1});
}

static void test_the_longest_size(void **state)
{
    (void)state;
    static const char bytes[] = "7fffffffffffffff\r\nab";
    check(chunked(), bytes, sizeof bytes - 1,
          &(struct outcome){
              .state = PAYLOAD_DATA, .used = sizeof bytes - 1, .length = 2, .data = "ab"});
}

/* A connection decides before it takes the first byte. */
static void test_begun(void **state)
{
    (void)state;
    static const char full[] = "1;a=\"b\"\r\n", empty[] = "0;a\r\nb: c\r\n\r\n";
    const char *data;
    size_t length;
    struct payload payload = chunked();
    for (size_t i = 0; i < sizeof full - 1; i++) {
        assert_false(payload_begun(&payload));
        assert_int_equal(payload_read(&payload, full + i, 1, &data, &length), 1);
    }
    assert_true(payload_begun(&payload));
    assert_int_equal(payload.state, PAYLOAD_DATA);
    payload = chunked();
    assert_int_equal(payload_read(&payload, "1\r\na\r\n", 6, &data, &length), 3);
    assert_int_equal(length, 0);
    payload = chunked();
    for (size_t i = 0; i < sizeof empty - 1; i++) {
        assert_false(payload_begun(&payload));
        assert_int_equal(payload_read(&payload, empty + i, 1, &data, &length), 1);
    }
    assert_true(payload_begun(&payload));
    assert_int_equal(payload.state, PAYLOAD_OVER);
    payload = chunked();
    assert_int_equal(payload_read(&payload, "0\r\n\ra", 5, &data, &length), 5);
    assert_true(payload_begun(&payload));
    assert_int_equal(payload.state, PAYLOAD_BROKEN);
}

/* ---- Bounds ---- */

/* `front`, as many of 'a' as make `length` bytes of the two, `back`. */
static void check_run(const char *before, const char *front, size_t length, const char *back,
                      bool good)
{
    char *bytes = malloc(strlen(before) + length + strlen(back) + 1);
    struct outcome outcome = {.used = 0};
    assert_non_null(bytes);
    const size_t begins = strlen(before), run = length - strlen(front);
    memcpy(bytes, before, begins);
    memcpy(bytes + begins, front, strlen(front));
    memset(bytes + begins + strlen(front), 'a', run);
    memcpy(bytes + begins + length, back, strlen(back) + 1);
    struct payload payload = chunked();
    read_piece(&payload, bytes, strlen(bytes), &outcome);
    assert_int_equal(outcome.state, good ? PAYLOAD_OVER : PAYLOAD_BROKEN);
    check(chunked(), bytes, strlen(bytes), &outcome);
    free(bytes);
}

/* The bound counts the line's CR. */
static void test_the_longest_line_of_a_chunk(void **state)
{
    (void)state;
    static const char *const befores[] = {"", "1\r\nx\r\n", "1;a\r\nx\r\n2\r\nxy\r\n"};
    for (size_t i = 0; i < sizeof befores / sizeof befores[0]; i++) {
        static const char back[] = "\r\n\r\n", quoted[] = "\"\r\n\r\n";
        check_run(befores[i], "0;", CHUNK_LINE_BYTES_MAX - 1, back, true);
        check_run(befores[i], "0;", CHUNK_LINE_BYTES_MAX, back, false);
        check_run(befores[i], "0;a=\"", CHUNK_LINE_BYTES_MAX - 2, quoted, true);
        check_run(befores[i], "0;a=\"", CHUNK_LINE_BYTES_MAX - 1, quoted, false);
    }
}

/* The bound counts all lines, with their ends, and the empty one's CR. */
static void test_the_longest_trailers(void **state)
{
    (void)state;
    static const char last[] = "\r\n\r\n";
    check_run("0\r\n", "a:", TRAILER_BYTES_MAX - 3, last, true);
    check_run("0\r\n", "a:", TRAILER_BYTES_MAX - 2, last, false);
    check_run("0\r\nb: c\r\n", "a:", TRAILER_BYTES_MAX - 9, last, true);
    check_run("0\r\nb: c\r\n", "a:", TRAILER_BYTES_MAX - 8, last, false);
    /* A line before them does not count. */
    check_run("1;b=c\r\nx\r\n0;b=c\r\n", "a:", TRAILER_BYTES_MAX - 3, last, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_body),
        cmocka_unit_test(test_sized),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_extensions_and_trailers),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_the_longest_size),
        cmocka_unit_test(test_begun),
        cmocka_unit_test(test_the_longest_line_of_a_chunk),
        cmocka_unit_test(test_the_longest_trailers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
