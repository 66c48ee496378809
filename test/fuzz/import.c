/* Bodies of new rounds in any split: the same bytes give the same seats, errors and places of
 * errors; and they are found malformed where jansson finds the whole to be.
 *
 * The first eight bytes choose where the body is cut; the rest is the body. */
#include "fuzz.h"

#include "api/round_plan.h"
#include "api/shown_plan.h"
#include "body_call.h"
#include "split.h"

#include <stdlib.h>

/* Rounds larger than this take long to lay out and go the way of smaller ones. */
#define ROUND_SEATS_TRIED_MAX 3000

struct outcome {
    struct body body;
    struct round_plan plan;
};

static void feed_body(void *plan, const uint8_t *piece, size_t length)
{
    round_plan_feed(plan, piece, length);
}

/* As feed_in_pieces hands it over. */
static struct outcome *read_body(const uint8_t *data, size_t size, uint64_t seed, size_t piece_max)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    CHECK(outcome != NULL);
    body_init(&outcome->body);
    round_plan_init(&outcome->plan, &outcome->body, BODY_OF_round);
    feed_in_pieces(data, size, seed, piece_max, feed_body, &outcome->plan);
    round_plan_end(&outcome->plan);
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
    CHECK(same_plan_text(one->body.malformed, other->body.malformed));
    CHECK(one->body.line == other->body.line && one->body.column == other->body.column);
    check_same_errors(&one->body, &other->body);
    if (one->plan.refusal == REFUSAL_NONE)
        check_same_seats(&one->plan, &other->plan);
}

/* What we look at before jansson, depth and number of values and of bytes, has no place, or comes
 * in another order. */
static void check_as_a_whole(const uint8_t *data, size_t size, const struct outcome *outcome)
{
    struct body body;
    body_init(&body);
    /* After a value jansson calls it an early end in one case and a syntax error in the other;
     * after a number it forgets it, and counts one column less. */
    const bool has_nul = size > 0 && memchr(data, '\0', size) != NULL;
    const enum refusal refusal = body_parse(&body, data, size, SIZE_MAX);
    if (refusal == REFUSAL_MALFORMED_JSON && body.line > 0 && outcome->body.line > 0 && !has_nul)
        CHECK(same_plan_text(body.malformed, outcome->body.malformed) &&
              body.line == outcome->body.line && body.column == outcome->body.column);
    if (refusal == REFUSAL_MALFORMED_JSON)
        CHECK(outcome->plan.refusal == REFUSAL_MALFORMED_JSON);
    else if (size <= JSON_CUT_BYTES_MAX && json_object_size(body.root) <= JSON_CUT_ARRAYS_MAX)
        CHECK(refusal == REFUSAL_INVALID_FIELD || outcome->plan.refusal != REFUSAL_MALFORMED_JSON);
    body_release(&body);
}

/* As many seats as the sections of a body ask for together. */
static double seats_asked(const uint8_t *data, size_t size)
{
    double seats = 0;
    json_t *root = json_loadb((const char *)data, size, JSON_DECODE_INT_AS_REAL, NULL);
    const json_t *sections = json_object_get(root, "sections");
    for (size_t i = 0; i < json_array_size(sections); i++) {
        const json_t *section = json_array_get(sections, i);
        seats += json_number_value(json_object_get(section, "rows")) *
                 json_number_value(json_object_get(section, "seatsPerRow"));
    }
    json_decref(root);
    return seats;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started)
        body_start();
    started = true;
    struct fuzz_input input = {.at = data, .end = data + size};
    const uint64_t seed = fuzz_number(&input);
    const uint8_t *body = input.at;
    const size_t length = fuzz_left(&input);
    const double seats = length == 0 ? 0 : seats_asked(body, length);
    if (seats > ROUND_SEATS_TRIED_MAX && seats <= ROUND_SEATS_MAX)
        return 0;
    struct outcome *whole = read_body(body, length, 0, 0);
    static const size_t pieces[] = {1, 7, 64, 4096};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct outcome *split = read_body(body, length, seed, pieces[i]);
        check_same(whole, split);
        release(split);
    }
    check_as_a_whole(body, length, whole);
    if (whole->plan.refusal == REFUSAL_NONE)
        check_plan(&whole->plan);
    else if (whole->plan.refusal == REFUSAL_MALFORMED_JSON)
        CHECK(whole->body.malformed != NULL);
    else
        CHECK(whole->plan.refusal == REFUSAL_INVALID_FIELD && !body_good(&whole->body));
    release(whole);
    return 0;
}
