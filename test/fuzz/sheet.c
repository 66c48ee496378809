/* Rounds as CSV in any split: the same bytes give the same seats, errors and places of errors;
 * seats are in the bounds of a body's, and errors stand where there is text.
 *
 * The first eight bytes choose where the text is cut; the rest is the text. */
#include "fuzz.h"

#include "api/seat_sheet.h"
#include "body_call.h"
#include "split.h"

#include <stdlib.h>

struct outcome {
    struct body body;
    struct round_plan plan;
    struct seat_sheet sheet;
};

static void feed_sheet(void *sheet, const uint8_t *piece, size_t length)
{
    seat_sheet_feed(sheet, piece, length);
}

/* As feed_in_pieces hands it over. */
static struct outcome *read_sheet(const uint8_t *data, size_t size, uint64_t seed, size_t piece_max)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    CHECK(outcome != NULL);
    body_init(&outcome->body);
    round_plan_init(&outcome->plan, &outcome->body, BODY_OF_round);
    outcome->plan.start_time = INT64_C(1800000000000);
    seat_sheet_init(&outcome->sheet, &outcome->plan);
    feed_in_pieces(data, size, seed, piece_max, feed_sheet, &outcome->sheet);
    seat_sheet_end(&outcome->sheet);
    return outcome;
}

static void release(struct outcome *outcome)
{
    round_plan_release(&outcome->plan);
    body_release(&outcome->body);
    free(outcome);
}

static void check_same(const struct outcome *one, const struct outcome *other)
{
    CHECK(one->plan.refusal == other->plan.refusal);
    check_same_errors(&one->body, &other->body);
    check_same_seats(&one->plan, &other->plan);
    for (size_t i = 0; i < one->plan.seat_count; i++)
        CHECK(one->plan.lines[i] == other->plan.lines[i]);
}

/* The lines of a text, in whichever way they end; the last may be empty. */
static size_t count_lines(const uint8_t *data, size_t size)
{
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\r' || (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'));
    return lines;
}

static void check_places(const struct outcome *outcome, const uint8_t *data, size_t size)
{
    const struct buffer *bytes = &outcome->body.error_bytes;
    const size_t lines = count_lines(data, size);
    char *text = malloc(bytes->length + 3);
    CHECK(text != NULL);
    text[0] = '[';
    if (bytes->length > 0)
        memcpy(text + 1, bytes->data, bytes->length);
    text[bytes->length + 1] = ']';
    json_t *errors = json_loadb(text, bytes->length + 2, 0, NULL);
    free(text);
    CHECK(json_is_array(errors) && json_array_size(errors) <= BODY_ERRORS_MAX);
    CHECK((json_array_size(errors) > 0) == (outcome->body.error_count > 0));
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *error = json_array_get(errors, i), *column = json_object_get(error, "column");
        const json_int_t line = json_integer_value(json_object_get(error, "line"));
        CHECK(line >= 1 && (size_t)line <= lines);
        CHECK(column == NULL ||
              (json_integer_value(column) >= 1 && (size_t)json_integer_value(column) <= size + 1));
    }
    json_decref(errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started)
        body_start();
    started = true;
    struct fuzz_input input = {.at = data, .end = data + size};
    const uint64_t seed = fuzz_number(&input);
    const uint8_t *text = input.at;
    const size_t length = fuzz_left(&input);
    struct outcome *whole = read_sheet(text, length, 0, 0);
    CHECK(whole->plan.refusal == REFUSAL_NONE || whole->plan.refusal == REFUSAL_INVALID_FIELD);
    CHECK((whole->plan.refusal == REFUSAL_NONE) == (whole->body.error_count == 0));
    if (whole->plan.refusal == REFUSAL_NONE)
        check_plan(&whole->plan);
    check_places(whole, text, length);
    for (size_t piece_max = 1; piece_max <= 64; piece_max *= 8) {
        struct outcome *split = read_sheet(text, length, seed, piece_max);
        check_same(whole, split);
        release(split);
    }
    release(whole);
    return 0;
}
