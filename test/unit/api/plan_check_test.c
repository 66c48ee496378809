/* What is odd about a plan; and overlapping seats beside every pair of them. */
#include "api/plan_check.h"
#include "api/plan_overlap.h"
#include "api/round_plan.h"
#include "chance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The plan of this JSON, in the form of one that is checked. */
static void check_text(const char *text, struct plan_check *check, struct round_plan **plan,
                       struct body *body)
{
    *plan = calloc(1, sizeof **plan);
    assert_non_null(*plan);
    body_init(body);
    round_plan_init(*plan, body, BODY_OF_plan_check);
    round_plan_feed(*plan, (const uint8_t *)text, strlen(text));
    round_plan_end(*plan);
    assert_int_equal((*plan)->refusal, REFUSAL_NONE);
    assert_int_equal(plan_check_init(check, *plan), RESULT_OK);
}

static void release(struct plan_check *check, struct round_plan *plan, struct body *body)
{
    plan_check_release(check);
    round_plan_release(plan);
    free(plan);
    body_release(body);
}

static void test_flaws(void **state)
{
    (void)state;
    struct plan_check check;
    struct round_plan *plan;
    struct body body;
    check_text("{\"prices\":{\"S\":7},\"plan\":{\"scale\":10,\"prices\":[{\"grade\":\"R\"},{"
               "\"grade\":\"S\"}],"
               "\"rows\":[{\"section\":\"A\",\"row\":\"1\",\"count\":4,\"firstNumber\":1,"
               "\"x\":[0,10,10,10],\"y\":[0,0,0,0],"
               "\"prices\":[{\"price\":0,\"count\":3},{\"price\":1,\"count\":1}]},"
               "{\"section\":\"A\",\"row\":\"1\",\"count\":2,\"numbers\":[\"2\",\"9\"],"
               "\"x\":[40,-6],\"y\":[0,0],\"prices\":[{\"price\":1,\"count\":2}]},"
               "{\"count\":2}]}}",
               &check, &plan, &body);
    assert_int_equal(check.seat_count, 8);
    const int64_t counts[PLAN_FLAW_COUNT] = {1, 5, 1, 1};
    assert_memory_equal(check.counts, counts, sizeof counts);
    static const struct {
        enum plan_flaw flaw;
        int64_t place, earlier, seats; /* -1: none */
        const char *grade;
    } rows[] = {
        {PLAN_FLAW_DUPLICATE, 4, 1, 1, NULL},       {PLAN_FLAW_UNPRICED, 0, -1, 3, "R"},
        {PLAN_FLAW_UNPRICED, 6, -1, 2, NULL},       {PLAN_FLAW_OVERLAPPING, 5, 3, 1, NULL},
        {PLAN_FLAW_NO_ACCESSIBLE, -1, -1, 0, NULL},
    };
    assert_int_equal(check.finding_count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < check.finding_count; i++) {
        const struct plan_finding *finding = &check.findings[i];
        assert_int_equal(finding->flaw, rows[i].flaw);
        assert_int_equal(finding->has_seat ? finding->seat.place : -1, rows[i].place);
        assert_int_equal(finding->has_earlier ? finding->earlier.place : -1, rows[i].earlier);
        assert_int_equal(finding->seats, rows[i].seats);
        assert_true(same_plan_text(finding->grade, rows[i].grade));
    }
    assert_string_equal(check.findings[0].seat.seat_number, "A-1-2");
    release(&check, plan, &body);
}

/* A hundred of each are named, and all are counted. */
static void test_many(void **state)
{
    (void)state;
    struct plan_check check;
    struct round_plan *plan;
    struct body body;
    char text[32768], *at = text;
    at += sprintf(at, "{\"plan\":{\"prices\":[{\"grade\":\"R\"},{\"grade\":\"S\"}],\"rows\":[");
    for (int i = 0; i < 150; i++)
        at +=
            sprintf(at,
                    "%s{\"section\":\"A\",\"row\":\"1\",\"count\":2,\"firstNumber\":1,\"x\":[0,5],"
                    "\"y\":[0,0],\"prices\":[{\"price\":0,\"count\":1},{\"price\":1,\"count\":1}]}",
                    i == 0 ? "" : ",");
    (void)sprintf(at, "]}}");
    check_text(text, &check, &plan, &body);
    const int64_t counts[PLAN_FLAW_COUNT] = {298, 300, 298, 1};
    assert_memory_equal(check.counts, counts, sizeof counts);
    assert_int_equal(check.finding_count, 301);
    assert_int_equal(check.findings[99].seat.place, 101);
    assert_int_equal(check.findings[199].seat.place, 99);
    release(&check, plan, &body);
}

static void test_a_good_plan(void **state)
{
    (void)state;
    struct plan_check check;
    struct round_plan *plan;
    struct body body;
    check_text("{\"plan\":{\"prices\":[{\"grade\":\"R\",\"price\":5}],\"rows\":[{\"section\":\"A\","
               "\"count\":2,\"x\":[0,2],\"y\":[0,0],\"accessible\":[1],"
               "\"prices\":[{\"price\":0,\"count\":2}]},"
               "{\"section\":\"B\",\"count\":2,\"x\":[0,2],\"y\":[1,0],"
               "\"prices\":[{\"price\":0,\"count\":2}]}]}}",
               &check, &plan, &body);
    assert_int_equal(check.finding_count, 0);
    release(&check, plan, &body);
}

/* ---- Overlaps ---- */

#define SEATS 300

struct pairs {
    size_t earlier[SEATS]; /* of each seat that overlaps; SIZE_MAX: it does not */
    size_t last;
};

static void note(void *owner, size_t later, size_t earlier)
{
    struct pairs *pairs = owner;
    assert_true(later > pairs->last || pairs->last == 0);
    pairs->last = later;
    pairs->earlier[later] = earlier;
}

/* Every pair is looked at. `side` is from where on two seats do not overlap. */
static void expect_pairs(const struct seat_plan *seats, double side, const struct pairs *pairs)
{
    bool told[SEATS] = {false};
    for (size_t i = 0; i < SEATS; i++) {
        size_t earliest = SIZE_MAX;
        for (size_t k = 0; seats[i].placed && k < i && earliest == SIZE_MAX; k++)
            if (seats[k].placed && !told[k] &&
                hypot(seats[k].x - seats[i].x, seats[k].y - seats[i].y) < side)
                earliest = k;
        told[i] = earliest != SIZE_MAX;
        assert_int_equal(pairs->earlier[i], earliest);
    }
}

/* Pairs of neighbours two apart, wherever they stand: seats overlap from one on downwards. */
static void test_overlaps_beside_every_pair(void **state)
{
    (void)state;
    struct chance chance = {.state = 5};
    for (int round = 0; round < 50; round++) {
        struct seat_plan seats[SEATS] = {0};
        char rows[SEATS][8];
        struct pairs pairs = {.last = 0};
        const uint64_t width = 4 + chance_below(&chance, 60);
        for (size_t i = 0; i < SEATS; i += 2) {
            (void)snprintf(rows[i], sizeof rows[i], "%zu", i);
            seats[i] = (struct seat_plan){
                .row = rows[i],
                .placed = chance_below(&chance, 20) > 0,
                .x = (double)chance_below(&chance, width * 10) / 10 - (double)width / 2,
                .y = (double)chance_below(&chance, width * 10) / 10 - (double)width / 2,
            };
            seats[i + 1] = seats[i];
            seats[i + 1].x += 2;
        }
        memset(pairs.earlier, 0xff, sizeof pairs.earlier);
        assert_int_equal(overlaps_find(seats, SEATS, note, &pairs), RESULT_OK);
        expect_pairs(seats, 1, &pairs);
    }
}

static void test_one_point(void **state)
{
    (void)state;
    struct pairs pairs = {.last = 0};
    const struct seat_plan seats[] = {
        {.row = "1", .placed = true, .x = 1e6, .y = -1e6},
        {.row = "2", .placed = true, .x = 1e6 - 0.001, .y = -1e6},
        {.row = "3", .placed = true, .x = 1e6, .y = -1e6},
        {.row = "4"},
        {.row = "5"},
    };
    memset(pairs.earlier, 0xff, sizeof pairs.earlier);
    assert_int_equal(overlaps_find(seats, sizeof seats / sizeof seats[0], note, &pairs), RESULT_OK);
    const size_t none = SIZE_MAX, expected[] = {none, none, 0, none, none};
    assert_memory_equal(pairs.earlier, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flaws),       cmocka_unit_test(test_many),
        cmocka_unit_test(test_a_good_plan), cmocka_unit_test(test_overlaps_beside_every_pair),
        cmocka_unit_test(test_one_point),
    };
    return cmocka_run_group_tests_name("plan check", tests, NULL, NULL);
}
