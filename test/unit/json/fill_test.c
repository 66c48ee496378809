/* Objects of a body are read by rows: values into their places, what is wrong as errors. */
#include "json/fill.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct target {
    const char *text, *password;
    int64_t integer;
    double real;
    bool flag, told;
    timestamp_ms time;
    struct id id;
    const struct id *ids;
    size_t id_count;
    struct email email;
};

static const struct body_field rows[] = {
    {.name = "text",
     .type = BODY_TEXT,
     .presence = BODY_REQUIRED,
     .kind = TEXT_LINE,
     .min = 1,
     .max = 5,
     .offset = offsetof(struct target, text)},
    {.name = "integer",
     .type = BODY_INTEGER,
     .presence = BODY_OPTIONAL,
     .min = 1,
     .max = 9,
     .offset = offsetof(struct target, integer),
     .tells = true,
     .told_offset = offsetof(struct target, told)},
    {.name = "real",
     .type = BODY_REAL,
     .presence = BODY_NULLABLE,
     .min = -1,
     .max = 1,
     .offset = offsetof(struct target, real)},
    {.name = "flag",
     .type = BODY_BOOLEAN,
     .presence = BODY_OPTIONAL,
     .offset = offsetof(struct target, flag)},
    {.name = "time",
     .type = BODY_TIME,
     .presence = BODY_OPTIONAL,
     .offset = offsetof(struct target, time)},
    {.name = "id",
     .type = BODY_ID,
     .presence = BODY_OPTIONAL,
     .id_of = RECORD_KIND_USER,
     .offset = offsetof(struct target, id)},
    {.name = "ids",
     .type = BODY_IDS,
     .presence = BODY_OPTIONAL,
     .id_of = RECORD_KIND_SEAT,
     .min = 1,
     .max = 3,
     .offset = offsetof(struct target, ids),
     .count_offset = offsetof(struct target, id_count)},
    {.name = "email",
     .type = BODY_EMAIL,
     .presence = BODY_OPTIONAL,
     .rule = EMAIL_NEW,
     .offset = offsetof(struct target, email)},
    {.name = "objects", .type = BODY_OBJECTS, .presence = BODY_OPTIONAL, .min = 1, .max = 2},
    {.name = "password",
     .type = BODY_PASSWORD,
     .presence = BODY_OPTIONAL,
     .min = 8,
     .offset = offsetof(struct target, password)},
};
static const struct body_schema schema = {
    .name = "target", .meaning = "", .fields = rows, .field_count = sizeof rows / sizeof rows[0]};

#define SEAT_A "seat_01jbxyz0123456789abcdefghj"
#define SEAT_B "seat_01jbxyz0123456789abcdefghk"

static void *taken;

static void *take(void *owner, size_t bytes)
{
    (void)owner;
    free(taken);
    taken = calloc(1, bytes);
    return taken;
}

static void *take_nothing(void *owner, size_t bytes)
{
    (void)owner;
    (void)bytes;
    return NULL;
}

static void fill(struct body *body, const char *json, enum body_extent extent,
                 struct target *target, void *(*memory)(void *owner, size_t bytes))
{
    const struct body_memory from = {.take = memory};
    struct body_object root;
    *target = (struct target){0};
    body_init(body);
    assert_int_equal(body_parse(body, (const uint8_t *)json, strlen(json), BODY_VALUES_MAX),
                     REFUSAL_NONE);
    body_root(body, &root);
    body_fill(&root, &schema, extent, target, &from);
}

static void test_values_go_to_their_places(void **state)
{
    struct body *body = malloc(sizeof *body);
    struct target target;
    (void)state;
    fill(body,
         "{\"text\":\" ab \",\"integer\":9,\"real\":0.5,\"flag\":true,"
         "\"time\":\"2026-01-01T00:00:00Z\",\"id\":\"user_01jbxyz0123456789abcdefghj\","
         "\"ids\":[\"" SEAT_A "\",\"" SEAT_B "\"],\"email\":\"A@b.example\","
         "\"password\":\"a long password\"}",
         BODY_WHOLE, &target, take);
    assert_true(body_good(body));
    assert_string_equal(target.text, "ab");
    assert_int_equal(target.integer, 9);
    assert_true(target.real == 0.5 && target.flag && target.told && target.time > 0);
    assert_false(id_is_none(target.id));
    assert_int_equal(target.id_count, 2);
    assert_false(id_equal(target.ids[0], target.ids[1]));
    assert_string_equal(target.email.address, "a@b.example");
    assert_string_equal(target.password, "a long password");
    body_release(body);
    free(body);
}

/* The errors of a body, as far as they are told. */
static void assert_errors(const char *json, enum body_extent extent, const char *errors)
{
    struct body *body = malloc(sizeof *body);
    struct target target;
    fill(body, json, extent, &target, take);
    assert_int_equal(body->error_bytes.length, strlen(errors));
    assert_memory_equal(errors, body->error_bytes.data, strlen(errors));
    assert_false(target.told);
    body_release(body);
    free(body);
}

#define FAULT(field, rule, message)                                                                \
    "{\"field\":\"" field "\",\"rule\":\"" rule "\",\"message\":\"" message "\""
#define ERROR(field, rule, message) FAULT(field, rule, message) "}"
#define BOUNDED(field, rule, message, least, most)                                                 \
    FAULT(field, rule, message) ",\"least\":" least ",\"most\":" most "}"

static void test_errors_are_told_in_the_order_of_the_rows(void **state)
{
    (void)state;
    assert_errors("{\"flag\":1,\"integer\":10}", BODY_WHOLE,
                  ERROR("/text", "missing", "is missing") "," BOUNDED(
                      "/integer", "range", "must be from 1 to 9", "1",
                      "9") "," ERROR("/flag", "type", "must be true or false"));
    assert_errors("{\"text\":\"a\",\"ids\":[\"" SEAT_A "\",\"" SEAT_A "\"]}", BODY_WHOLE,
                  ERROR("/ids/1", "twice", "stands there twice"));
    assert_errors("{\"text\":\"a\",\"ids\":[]}", BODY_WHOLE,
                  BOUNDED("/ids", "count", "must have 1 to 3 elements", "1", "3"));
    assert_errors("{\"text\":\"a\",\"password\":\"password\"}", BODY_WHOLE,
                  ERROR("/password", "password_common",
                        "must not be one of the passwords that are guessed first"));
}

static void test_of_a_part_nothing_is_required(void **state)
{
    (void)state;
    assert_errors("{}", BODY_PART, "");
    assert_errors("{\"text\":null}", BODY_PART, ERROR("/text", "type", "must be a string"));
    assert_errors("{\"real\":null}", BODY_PART, "");
}

static void test_want_of_memory_is_no_error_of_the_client(void **state)
{
    struct body *body = malloc(sizeof *body);
    struct target target;
    (void)state;
    fill(body, "{\"text\":\"a\",\"ids\":[\"" SEAT_A "\"]}", BODY_WHOLE, &target, take_nothing);
    assert_int_equal(body->error_count, 0);
    assert_true(body->no_memory && !body_good(body));
    assert_null(target.ids);
    body_release(body);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_go_to_their_places),
        cmocka_unit_test(test_errors_are_told_in_the_order_of_the_rows),
        cmocka_unit_test(test_of_a_part_nothing_is_required),
        cmocka_unit_test(test_want_of_memory_is_no_error_of_the_client),
    };
    body_start();
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(taken);
    return failed;
}
