/* The two forms of a new round's seats, and what is wrong with bad ones. */
#include "api/round_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START "{\"startTime\":\"2026-11-22T10:00:00Z\","

static struct round_plan *read_plan(const char *text, struct body *body)
{
    struct round_plan *plan = calloc(1, sizeof *plan);
    assert_non_null(plan);
    body_init(body);
    round_plan_init(plan, body, BODY_OF_round);
    round_plan_feed(plan, (const uint8_t *)text, strlen(text));
    round_plan_end(plan);
    return plan;
}

static void release(struct round_plan *plan, struct body *body)
{
    round_plan_release(plan);
    free(plan);
    body_release(body);
}

static void test_sections(void **state)
{
    (void)state;
    struct body body;
    struct round_plan *plan =
        read_plan(START "\"sections\":[{\"name\":\"A\",\"rows\":2,\"seatsPerRow\":3,"
                        "\"price\":100,\"grade\":\"VIP\"},{\"name\":\"스탠딩\",\"rows\":1,"
                        "\"seatsPerRow\":11,\"price\":0}]}",
                  &body);
    assert_int_equal(plan->refusal, REFUSAL_NONE);
    assert_int_equal(plan->seat_count, 17);
    static const struct {
        size_t index;
        const char *seat_number, *section, *row, *number, *grade;
        int64_t price;
    } rows[] = {
        {0, "A-1-1", "A", "1", "1", "VIP", 100},
        {5, "A-2-3", "A", "2", "3", "VIP", 100},
        {6, "스탠딩-1-1", "스탠딩", "1", "1", NULL, 0},
        {16, "스탠딩-1-11", "스탠딩", "1", "11", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct seat_plan *seat = &plan->seats[rows[i].index];
        assert_string_equal(seat->seat_number, rows[i].seat_number);
        assert_string_equal(seat->section, rows[i].section);
        assert_string_equal(seat->row, rows[i].row);
        assert_string_equal(seat->number, rows[i].number);
        assert_true((seat->grade == NULL) == (rows[i].grade == NULL));
        assert_int_equal(seat->price, rows[i].price);
        assert_false(seat->placed || seat->accessible);
    }
    release(plan, &body);
}

static void test_seats(void **state)
{
    (void)state;
    struct body body;
    struct round_plan *plan =
        read_plan(START "\"seats\":[{\"seatNumber\":\"1\",\"price\":5},{\"seatNumber\":\"2\","
                        "\"price\":6,\"section\":\"S\",\"row\":\"R\",\"number\":\"N\","
                        "\"grade\":\"G\",\"x\":1.5,\"y\":-2,\"accessible\":true,\"companion\":true,"
                        "\"restrictedView\":true}]}",
                  &body);
    assert_int_equal(plan->refusal, REFUSAL_NONE);
    assert_int_equal(plan->seat_count, 2);
    const struct seat_plan *seats = plan->seats;
    assert_string_equal(seats[0].seat_number, "1");
    assert_true(seats[0].section == NULL && seats[0].row == NULL && !seats[0].placed);
    assert_string_equal(seats[1].section, "S");
    assert_string_equal(seats[1].row, "R");
    assert_string_equal(seats[1].number, "N");
    assert_string_equal(seats[1].grade, "G");
    assert_true(seats[1].companion && seats[1].restricted_view);
    assert_false(seats[0].companion || seats[0].restricted_view);
    assert_true(seats[1].placed && seats[1].accessible && seats[1].x == 1.5 && seats[1].y == -2);
    release(plan, &body);
}

static void test_most_seats(void **state)
{
    (void)state;
    struct body body;
    struct round_plan *plan = read_plan(START "\"sections\":[{\"name\":\"Z\",\"rows\":1000,"
                                              "\"seatsPerRow\":200,\"price\":1}]}",
                                        &body);
    assert_int_equal(plan->refusal, REFUSAL_NONE);
    assert_int_equal(plan->seat_count, 200000);
    assert_string_equal(plan->seats[199999].seat_number, "Z-1000-200");
    release(plan, &body);
}

#define FAULT(field, rule, message)                                                                \
    "{\"field\":\"" field "\",\"rule\":\"" rule "\",\"message\":\"" message "\""
#define ERROR(field, rule, message) FAULT(field, rule, message) "}"
#define BOUNDED(field, rule, message, least, most)                                                 \
    FAULT(field, rule, message) ",\"least\":" least ",\"most\":" most "}"
#define COLLISION(field, rule, message, other)                                                     \
    FAULT(field, rule, message) ",\"other\":\"" other "\"}"
/* With "-1-1" behind it two characters too long for a seatNumber. */
#define LONG_NAME "12345678901234567890123456789012345678901234567890123456789012"
#define SECTION(name) "{\"name\":\"" name "\",\"rows\":1,\"seatsPerRow\":1,\"price\":1}"

#define SEAT(seat_number) "{\"seatNumber\":\"" seat_number "\",\"price\":1}"
#define CHAIR(seat_number, number)                                                                 \
    "{\"seatNumber\":\"" seat_number "\",\"price\":1,\"row\":\"1\",\"number\":\"" number "\"}"

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *errors;
    } rows[] = {
        {START "\"sections\":[" SECTION("A") "],\"seats\":[{\"seatNumber\":\"1\",\"price\":1}]}",
         ERROR("", "one_of", "must have one of sections, seats, plan and planId")},
        {"{\"startTime\":\"2026-11-22T10:00:00Z\"}",
         ERROR("", "one_of", "must have one of sections, seats, plan and planId")},
        {START "\"sections\":[]}",
         BOUNDED("/sections", "count", "must have 1 to 1000 elements", "1", "1000")},
        {START "\"sections\":[" SECTION("A") "," SECTION("A") "]}",
         ERROR("/sections/1", "section_twice", "has the name of another section")},
        {START "\"sections\":[" SECTION(LONG_NAME) "]}",
         ERROR("/sections/0/name", "name_too_long",
               "is too long to stand before a row and a number")},
        {START "\"sections\":[{\"name\":\"A\",\"rows\":200000,\"seatsPerRow\":200000,"
               "\"price\":1}]}",
         ERROR("/sections", "seats_too_many", "have more than 200000 seats together")},
        {START "\"sections\":[{\"name\":\"A\",\"rows\":0,\"seatsPerRow\":1,\"price\":1}]}",
         BOUNDED("/sections/0/rows", "range", "must be from 1 to 200000", "1", "200000")},
        {START "\"seats\":[{\"seatNumber\":\"1\",\"price\":1,\"x\":1}]}",
         ERROR("/seats/0/y", "together", "is missing: a place has both")},
        {START "\"seats\":[{\"seatNumber\":\"1\",\"price\":-1}]}",
         BOUNDED("/seats/0/price", "range", "must be from 0 to 100000000", "0", "100000000")},
        /* Each fault once, and truly. */
        {START "\"seats\":[{\"seatNumber\":\"1\",\"price\":1,\"x\":2e6,\"y\":0}]}",
         BOUNDED("/seats/0/x", "range", "must be from -1000000 to 1000000", "-1000000", "1000000")},
        {START "\"seats\":[{\"seatNumber\":\"1\",\"price\":1,\"x\":null,\"y\":0}]}",
         ERROR("/seats/0/x", "together", "is missing: a place has both")},
        {START "\"seats\":[{\"seatNumber\":\" \",\"price\":1,\"grade\":\"  \"}]}",
         BOUNDED("/seats/0/seatNumber", "length", "must have 1 to 64 characters", "1",
                 "64") "," BOUNDED("/seats/0/grade", "length", "must have 1 to 64 characters", "1",
                                   "64")},
        {START "\"sections\":[" SECTION(" ") "]}",
         BOUNDED("/sections/0/name", "length", "must have 1 to 64 characters", "1", "64")},
        /* A chair's letters in two spellings: composed, and as some machines write Hangul. */
        {START "\"seats\":[" SEAT("\\uac00") "," SEAT("\\u1100\\u1161") "]}",
         COLLISION("/seats/1/seatNumber", "same_number", "is the number of /seats/0 too",
                   "/seats/0")},
        {START "\"sections\":[" SECTION("A") "," SECTION(" A") "]}",
         ERROR("/sections/1", "section_twice", "has the name of another section")},
        {START "\"seats\":[{\"seatNumber\":null,\"price\":1}]}",
         ERROR("/seats/0/seatNumber", "type", "must be a string")},
        {START "\"seats\":[7,{\"seatNumber\":\"1\",\"price\":1e400},"
               "{\"seatNumber\":\"1\",\"price\":2.5}]}",
         ERROR("/seats/0", "type", "must be an object") "," BOUNDED(
             "/seats/1/price", "range", "must be from 0 to 100000000", "0",
             "100000000") "," ERROR("/seats/2/price", "type",
                                    "must be an integer") "," COLLISION("/seats/2/seatNumber",
                                                                        "same_number",
                                                                        "is the number of /seats/1 "
                                                                        "too",
                                                                        "/seats/1")},
        /* Every seat that is an earlier one, beside what else is wrong. */
        {START "\"seats\":[" SEAT("1") "," SEAT(" 1") "," SEAT("1") ",{\"seatNumber\":\"2\"}]}",
         ERROR("/seats/3/price", "missing", "is missing") "," COLLISION(
             "/seats/1/seatNumber", "same_number", "is the number of /seats/0 too",
             "/seats/0") "," COLLISION("/seats/2/seatNumber", "same_number",
                                       "is the number of /seats/0 too", "/seats/0")},
        {START "\"seats\":[{\"seatNumber\":\"2\"}," SEAT("2") "]}",
         ERROR("/seats/0/price", "missing", "is missing") "," COLLISION(
             "/seats/1/seatNumber", "same_number", "is the number of /seats/0 too", "/seats/0")},
        {START "\"seats\":[" CHAIR("1", "2") "," CHAIR("2", "3") "," CHAIR("3", "2 ") "]}",
         COLLISION("/seats/2", "same_place", "has the section, row and number of /seats/0",
                   "/seats/0")},
        {START "\"seats\":{},\"other\":[1,2]}",
         ERROR("/seats", "type", "must be an array") "," ERROR("/other", "unknown",
                                                               "is not a field of this request")},
        {START "\"seats\":[{\"price\":1}]}", ERROR("/seats/0/seatNumber", "missing", "is missing")},
        {"{\"seats\":[{\"seatNumber\":\"1\",\"price\":1}]}",
         ERROR("/startTime", "missing", "is missing")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct body body;
        struct round_plan *plan = read_plan(rows[i].text, &body);
        assert_int_equal(plan->refusal, REFUSAL_INVALID_FIELD);
        if (body.error_bytes.length != strlen(rows[i].errors) ||
            memcmp(body.error_bytes.data, rows[i].errors, body.error_bytes.length) != 0)
            fail_msg("%s gave %.*s", rows[i].text, (int)body.error_bytes.length,
                     (const char *)body.error_bytes.data);
        release(plan, &body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_seats),
        cmocka_unit_test(test_most_seats),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
