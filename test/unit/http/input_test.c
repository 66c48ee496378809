/* Where requests are received: there is always room, what the head's texts point to stays, and the
 * spares are bounded. */
#include "http/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD_BYTES 4096

static struct input_spares spares;

static int make(void **state)
{
    (void)state;
    spares = (struct input_spares){.head_bytes = HEAD_BYTES};
    return 0;
}

static int release(void **state)
{
    (void)state;
    input_spares_release(&spares);
    assert_int_equal(spares.count, 0);
    return 0;
}

/* Receives so many bytes of one kind; there must be room for them. */
static void receive(struct input *input, char kind, size_t length)
{
    size_t room;
    char *bytes = input_room(input, &room);
    assert_true(length <= room);
    assert_true(bytes + room == input->bytes + input->capacity);
    memset(bytes, kind, length);
    input->end += length;
}

static size_t room_of(struct input *input)
{
    size_t room;
    (void)input_room(input, &room);
    return room;
}

/* A head of so many bytes is there and was read. */
static void read_head(struct input *input, size_t length)
{
    input->head.line_at = length;
    input_head_done(input);
}

static void check_run(const struct input *input, size_t at, char kind, size_t length)
{
    for (size_t i = at; i < at + length; i++)
        assert_int_equal(input->bytes[i], kind);
}

/* Behind a request that ends anywhere, a head at the bound has room, and its body a window. */
static void test_room_behind_any_request(void **state)
{
    (void)state;
    const size_t capacity = HEAD_BYTES + 2 * INPUT_WINDOW_BYTES;
    for (size_t before = 1; before <= capacity - 1; before += before < 64 ? 1 : 61) {
        struct input *input = input_take(&spares);
        assert_non_null(input);
        /* The first request and a byte of the next came at once. */
        receive(input, 'a', before + 1);
        read_head(input, before < 20 ? before : 20);
        input->bytes[before] = 'b';
        input->start = before;
        input_next(input);
        const size_t had = input->end - input->start;
        assert_int_equal(had, 1);
        check_run(input, input->start, 'b', had);
        receive(input, 'b', HEAD_BYTES - had);
        assert_true(room_of(input) >= INPUT_WINDOW_BYTES);
        check_run(input, input->start, 'b', HEAD_BYTES);
        read_head(input, HEAD_BYTES);
        assert_true(room_of(input) >= INPUT_WINDOW_BYTES);
        input_give_back(&spares, input);
    }
}

/* As much as can be pipelined came at once: whatever of it was read, the next head has room. */
static void test_room_behind_a_full_input(void **state)
{
    (void)state;
    for (size_t read = 1; read <= HEAD_BYTES + 2 * INPUT_WINDOW_BYTES; read += 97) {
        struct input *input = input_take(&spares);
        receive(input, 'a', input->capacity);
        read_head(input, 1);
        memset(input->bytes + read, 'b', input->capacity - read);
        input->start = read;
        input_next(input);
        const size_t had = input->end - input->start;
        assert_int_equal(had, input->capacity - read);
        check_run(input, input->start, 'b', had);
        if (had < HEAD_BYTES) /* else the head is whole or refused before more is received */
            receive(input, 'b', HEAD_BYTES - had);
        assert_true(had >= HEAD_BYTES || room_of(input) >= INPUT_WINDOW_BYTES);
        input_give_back(&spares, input);
    }
}

static void test_a_body_of_any_length_passes(void **state)
{
    (void)state;
    struct input *input = input_take(&spares);
    receive(input, 'h', HEAD_BYTES);
    read_head(input, HEAD_BYTES);
    for (unsigned i = 0; i < 100; i++) {
        const size_t room = room_of(input);
        assert_true(room >= INPUT_WINDOW_BYTES);
        receive(input, 'b', i % 2 == 0 ? room : i);
        assert_true(input->start >= HEAD_BYTES); /* the head's texts stay as they are */
        input->start = input->end;
    }
    check_run(input, 0, 'h', HEAD_BYTES);
    input_give_back(&spares, input);
}

/* What came with the head of the body is read before its place is used again. */
static void test_what_was_not_read_stays(void **state)
{
    (void)state;
    struct input *input = input_take(&spares);
    receive(input, 'h', 10);
    receive(input, 'b', 5);
    read_head(input, 10);
    assert_int_equal(input->start, 10);
    receive(input, 'c', 5);
    check_run(input, 10, 'b', 5);
    check_run(input, 15, 'c', 5);
    input->start = 20;
    receive(input, 'd', 5);
    check_run(input, 0, 'h', 10);
    check_run(input, 10, 'd', 5);
    assert_int_equal(input->start, 10);
    assert_int_equal(input->end, 15);
    input_give_back(&spares, input);
}

static void test_taken_as_new(void **state)
{
    (void)state;
    struct input *input = input_take(&spares);
    receive(input, 'h', 100);
    read_head(input, 50);
    input->head.refusal = REFUSAL_BAD_REQUEST;
    input_give_back(&spares, input);
    assert_int_equal(spares.count, 1);
    struct input *again = input_take(&spares);
    assert_ptr_equal(again, input);
    assert_int_equal(spares.count, 0);
    assert_int_equal(again->start, 0);
    assert_int_equal(again->end, 0);
    assert_int_equal(again->body_at, 0);
    assert_int_equal(again->head.line_at, 0);
    assert_int_equal(again->head.refusal, REFUSAL_NONE);
    input_give_back(&spares, again);
}

static void test_so_many_spares(void **state)
{
    (void)state;
    static struct input *inputs[INPUT_SPARES_MAX + 2];
    for (size_t i = 0; i < INPUT_SPARES_MAX + 2; i++)
        assert_non_null(inputs[i] = input_take(&spares));
    for (size_t i = 0; i < INPUT_SPARES_MAX + 2; i++)
        input_give_back(&spares, inputs[i]);
    assert_int_equal(spares.count, INPUT_SPARES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_room_behind_any_request, make, release),
        cmocka_unit_test_setup_teardown(test_room_behind_a_full_input, make, release),
        cmocka_unit_test_setup_teardown(test_a_body_of_any_length_passes, make, release),
        cmocka_unit_test_setup_teardown(test_what_was_not_read_stays, make, release),
        cmocka_unit_test_setup_teardown(test_taken_as_new, make, release),
        cmocka_unit_test_setup_teardown(test_so_many_spares, make, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
