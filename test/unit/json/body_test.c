/* Every way in which a body is turned away, and that good ones are read. A row is a body and the
 * errors it gets. */
#include "json/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define USER "user_01jbxyz0123456789abcdefghj"

struct fields {
    const char *line, *key, *lines, *any;
    struct email email;
    int64_t integer;
    double real;
    bool boolean;
    timestamp_ms time;
    struct id id;
    size_t count;
};

/* Asks for one field of each type, all optional but the line. */
static void read_fields(struct body *body, struct fields *fields)
{
    struct body_object root;
    const json_t *array;
    struct body_path path;
    *fields = (struct fields){0};
    body_root(body, &root);
    (void)body_text(&root, "line", BODY_REQUIRED, TEXT_LINE, 1, 5, &fields->line);
    (void)body_text(&root, "lines", BODY_OPTIONAL, TEXT_LINES, 0, 5, &fields->lines);
    (void)body_text(&root, "any", BODY_OPTIONAL, TEXT_ANY, 0, 5, &fields->any);
    (void)body_text(&root, "key", BODY_OPTIONAL, TEXT_KEY, 1, 5, &fields->key);
    (void)body_email(&root, "email", BODY_OPTIONAL, EMAIL_NEW, &fields->email);
    (void)body_integer(&root, "integer", BODY_OPTIONAL, -5, 100, &fields->integer);
    (void)body_real(&root, "real", BODY_OPTIONAL, -1, 1, &fields->real);
    (void)body_boolean(&root, "boolean", BODY_OPTIONAL, &fields->boolean);
    (void)body_time(&root, "time", BODY_OPTIONAL, &fields->time);
    (void)body_id(&root, "id", BODY_OPTIONAL, "user", &fields->id);
    if (body_array(&root, "objects", BODY_OPTIONAL, 1, 2, &array, &path)) {
        for (; fields->count < json_array_size(array); fields->count++) {
            const struct body_path at = {.parent = &path, .index = fields->count};
            struct body_object object;
            int64_t number;
            if (!body_object(body, json_array_get(array, at.index), &at, &object))
                continue;
            (void)body_integer(&object, "n", BODY_REQUIRED, 1, 9, &number);
            body_close(&object);
        }
    }
    body_close(&root);
}

static void assert_errors(const char *text, const char *expected)
{
    struct body body;
    struct fields fields;
    body_init(&body);
    assert_int_equal(body_parse(&body, (const uint8_t *)text, strlen(text), BODY_VALUES_MAX),
                     REFUSAL_NONE);
    read_fields(&body, &fields);
    const struct buffer *errors = &body.error_bytes;
    if (errors->length != strlen(expected) ||
        (errors->length > 0 && memcmp(errors->data, expected, errors->length) != 0))
        fail_msg("%s gave %.*s, not %s", text, (int)errors->length, (const char *)errors->data,
                 expected);
    assert_true(body_good(&body) == (expected[0] == '\0'));
    body_release(&body);
}

static void test_good(void **state)
{
    (void)state;
    const char *text =
        "{\"line\":\" \\u00e9t\\u00e9\\u3000\",\"lines\":\"a\\n\\tb\",\"any\":\"\\u0001\","
        "\"email\":\" A@b.com\",\"integer\":-5,\"real\":1,\"boolean\":true,"
        "\"time\":\"2026-11-22T10:00:00+09:00\",\"id\":\"" USER "\","
        "\"objects\":[{\"n\":1},{\"n\":9}]}";
    struct body body;
    struct fields fields;
    body_init(&body);
    assert_int_equal(body_parse(&body, (const uint8_t *)text, strlen(text), BODY_VALUES_MAX),
                     REFUSAL_NONE);
    read_fields(&body, &fields);
    assert_true(body_good(&body));
    assert_string_equal(fields.line, "été");
    assert_string_equal(fields.lines, "a\n\tb");
    assert_string_equal(fields.any, "\x01");
    assert_string_equal(fields.email.address, "a@b.com");
    assert_int_equal(fields.integer, -5);
    assert_true(fields.real == 1 && fields.boolean);
    assert_int_equal(fields.time, INT64_C(1795309200000));
    assert_false(id_is_none(fields.id));
    assert_int_equal(fields.count, 2);
    body_release(&body);
}

#define FAULT(field, rule, message)                                                                \
    "{\"field\":\"" field "\",\"rule\":\"" rule "\",\"message\":\"" message "\""
#define ERROR(field, rule, message) FAULT(field, rule, message) "}"
#define BOUNDED(field, rule, message, least, most)                                                 \
    FAULT(field, rule, message) ",\"least\":" least ",\"most\":" most "}"
#define LINE "{\"line\":\"x\","

static void test_field_errors(void **state)
{
    (void)state;
    static const struct {
        const char *body, *errors;
    } rows[] = {
        {"{\"line\":\"x\"}", ""},
        {"{}", ERROR("/line", "missing", "is missing")},
        {"{\"line\":null}", ERROR("/line", "type", "must be a string")},
        {"{\"line\":1}", ERROR("/line", "type", "must be a string")},
        {"{\"line\":\"\"}", BOUNDED("/line", "length", "must have 1 to 5 characters", "1", "5")},
        {"{\"line\":\"éééééé\"}",
         BOUNDED("/line", "length", "must have 1 to 5 characters", "1", "5")},
        {"{\"line\":\"ééééé\"}", ""},
        {"{\"line\":\"   12345\\n\"}", ""},
        {"{\"line\":\"    \"}",
         BOUNDED("/line", "length", "must have 1 to 5 characters", "1", "5")},
        {"{\"line\":\"a\\u200b\"}",
         ERROR("/line", "characters", "must not contain U+200B, which nobody can see")},
        {"{\"line\":\"\\u2800\"}",
         ERROR("/line", "invisible", "must have something that can be seen")},
        {LINE "\"key\":\"a b\"}", ""},
        {LINE "\"key\":\"a b \"}",
         ERROR("/key", "blank_at_end", "must not begin or end with a blank")},
        {LINE "\"key\":\"a\\u202e\"}",
         ERROR("/key", "characters", "must not contain U+202E, which nobody can see")},
        {LINE "\"lines\":\"\\u200d\"}",
         ERROR("/lines", "invisible", "must have something that can be seen")},
        {LINE "\"email\":\"a@b\"}",
         ERROR("/email", "email", "must be an e-mail address of at most 254 bytes")},
        {"{\"line\":\"a\\nb\"}",
         ERROR("/line", "characters", "must not contain control characters")},
        {"{\"line\":\"a\\u007fb\"}",
         ERROR("/line", "characters", "must not contain control characters")},
        {"{\"line\":\"a\\u0000b\"}", ERROR("/line", "characters", "must not contain U+0000")},
        {LINE "\"lines\":\"a\\rb\"}",
         ERROR("/lines", "characters", "must not contain control characters")},
        {LINE "\"any\":\"\\u0000\"}", ERROR("/any", "characters", "must not contain U+0000")},
        {LINE "\"other\":1}", ERROR("/other", "unknown", "is not a field of this request")},
        {LINE "\"a/b~c\":1}", ERROR("/a~1b~0c", "unknown", "is not a field of this request")},
        {LINE "\"integer\":\"1\"}", ERROR("/integer", "type", "must be an integer")},
        {LINE "\"integer\":1.5}", ERROR("/integer", "type", "must be an integer")},
        {LINE "\"integer\":15e-1}", ERROR("/integer", "type", "must be an integer")},
        {LINE "\"integer\":7.0000000000000000001}",
         ERROR("/integer", "type", "must be an integer")},
        {LINE "\"integer\":1e-999999999999999999999}",
         ERROR("/integer", "type", "must be an integer")},
        {LINE "\"integer\":true}", ERROR("/integer", "type", "must be an integer")},
        {LINE "\"integer\":-6}",
         BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100")},
        {LINE "\"integer\":101}",
         BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100")},
        {LINE "\"integer\":9223372036854775808}",
         BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100")},
        {LINE "\"integer\":-99999999999999999999999}",
         BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100")},
        {LINE "\"integer\":101.0}",
         BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100")},
        {LINE "\"integer\":1e3}",
         BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100")},
        {LINE "\"integer\":1e30}",
         BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100")},
        {LINE "\"integer\":7,\"other\":99999999999999999999}",
         ERROR("/other", "unknown", "is not a field of this request")},
        {LINE "\"real\":1.5}", BOUNDED("/real", "range", "must be from -1 to 1", "-1", "1")},
        {LINE "\"real\":\"1\"}", ERROR("/real", "type", "must be a number")},
        {LINE "\"boolean\":0}", ERROR("/boolean", "type", "must be true or false")},
        {LINE "\"time\":\"2026-11-22T10:00:00\"}",
         ERROR("/time", "time", "must be an RFC 3339 time with an offset, from 2000 to 2199")},
        {LINE "\"time\":0}",
         ERROR("/time", "time", "must be an RFC 3339 time with an offset, from 2000 to 2199")},
        {LINE "\"id\":\"seat_01jbxyz0123456789abcdefghj\"}",
         ERROR("/id", "id", "must be an id of the form user_...")},
        {LINE "\"id\":\"" USER "\\u0000\"}",
         ERROR("/id", "id", "must be an id of the form user_...")},
        {LINE "\"objects\":{}}", ERROR("/objects", "type", "must be an array")},
        {LINE "\"objects\":[]}",
         BOUNDED("/objects", "count", "must have 1 to 2 elements", "1", "2")},
        {LINE "\"objects\":[{\"n\":1},2]}", ERROR("/objects/1", "type", "must be an object")},
        {LINE "\"objects\":[{},{\"n\":0}]}",
         ERROR("/objects/0/n", "missing",
               "is missing") "," BOUNDED("/objects/1/n", "range", "must be from 1 to 9", "1", "9")},
        {LINE "\"objects\":[{\"n\":1,\"m\":1}]}",
         ERROR("/objects/0/m", "unknown", "is not a field of this request")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_errors(rows[i].body, rows[i].errors);
}

static void assert_malformed(const uint8_t *bytes, size_t length, const char *why)
{
    struct body body;
    body_init(&body);
    const enum refusal refusal = body_parse(&body, bytes, length, 100);
    if (refusal != REFUSAL_MALFORMED_JSON || strcmp(body.malformed, why) != 0)
        fail_msg("%.*s is \"%s\", not \"%s\"", (int)length,
                 bytes == NULL ? "" : (const char *)bytes,
                 body.malformed == NULL ? "good" : body.malformed, why);
    body_release(&body);
}

static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *body, *why;
    } rows[] = {
        {"", "it ends too early"},
        {"{", "it ends too early"},
        {"{\"a\":\"b", "it ends too early"},
        {"{\"a\":1}x", "something follows the object"},
        {"{\"a\":1}{}", "something follows the object"},
        {"{a:1}", "a syntax error"},
        {"{\"a\":1,}", "a syntax error"},
        {"{\"a\":01}", "a syntax error"},
        {"{\"a\":NaN}", "a syntax error"},
        {"{\"a\":'b'}", "a syntax error"},
        {"{\"a\":1]", "a syntax error"},
        {"{\"a\":\"\\ud800\"}", "a syntax error"},
        {"{\"a\":1,\"a\":2}", "a key is repeated in one object"},
        {"{\"a\":{\"b\":1,\"b\":1}}", "a key is repeated in one object"},
        {"{\"a\":\"\xff\"}", "not well-formed UTF-8"},
        {"{\"a\":\"\xc0\x80\"}", "not well-formed UTF-8"},
        {"{\"a\\u0000b\":1}", "a key contains U+0000"},
        {"[]", "not an object"},
        {"null", "not an object"},
        {"\"text\"", "not an object"},
        {"1e999", "not an object"},
        {"{\"a\":1e999", "it ends too early"},
        {"{\"a\":1e999,}", "a syntax error"},
        {"{\"a\":1e999 x}", "a syntax error"},
        {"{\"a\":1e999,\"b\":01e999}", "a syntax error"},
        {"{\"a\":1e999,\"b\":1.e999}", "a syntax error"},
        {"{\"a\":1e999,\"b\":1e999.5}", "a syntax error"},
        {"{\"a\":1e999,\"b\":-}", "a syntax error"},
        {"{\"a\":1e999,\"a\":1}", "a key is repeated in one object"},
        {"{\"a\":99999999999999999999,\"b\":}", "a syntax error"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_malformed((const uint8_t *)rows[i].body, strlen(rows[i].body), rows[i].why);
    assert_malformed(NULL, 0, "it ends too early");
}

/* Wherever it stands: in a string, behind a number (where jansson would drop it), at the end. */
static void test_nul_bytes(void **state)
{
    (void)state;
    const char *good = "{\"line\":\"x\",\"integer\":12,\"real\":1e0}";
    const size_t length = strlen(good);
    for (size_t at = 0; at <= length; at++) {
        uint8_t bytes[64];
        memcpy(bytes, good, at);
        bytes[at] = '\0';
        memcpy(bytes + at + 1, good + at, length - at);
        assert_malformed(bytes, length + 1, "it contains a NUL byte");
    }
}

static void test_depth_and_values(void **state)
{
    (void)state;
    char text[1024];
    for (int depth = 31; depth <= 33; depth++) { /* arrays within the object */
        size_t length = (size_t)snprintf(text, sizeof text, "{\"line\":");
        for (int i = 0; i < depth; i++)
            text[length++] = '[';
        for (int i = 0; i < depth; i++)
            text[length++] = ']';
        text[length++] = '}';
        struct body body;
        body_init(&body);
        const enum refusal refusal = body_parse(&body, (const uint8_t *)text, length, 1000);
        assert_int_equal(refusal, depth == 31 ? REFUSAL_NONE : REFUSAL_MALFORMED_JSON);
        body_release(&body);
    }
    const char *brackets_in_text = "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[\"}";
    struct body body;
    body_init(&body);
    assert_int_equal(
        body_parse(&body, (const uint8_t *)brackets_in_text, strlen(brackets_in_text), 100),
        REFUSAL_NONE);
    body_release(&body);

    size_t length = (size_t)snprintf(text, sizeof text, "{\"a\":[0");
    for (int i = 0; i < 100; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, ",0");
    length += (size_t)snprintf(text + length, sizeof text - length, "]}");
    assert_malformed((const uint8_t *)text, length, "more values than any request has");
}

/* As JSON Schema has it (6.1.1), and to the last digit. */
static void test_integers_spelled_otherwise(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {
        {"7.0", 7},
        {"7e0", 7},
        {"-7.000", -7},
        {"70e-1", 7},
        {"0.07E+2", 7},
        {"1e2", 100},
        {"-0.0", 0},
        {"0e999999999999999999999", 0},
        {"0.0e-999999999999999999999", 0},
        {"9007199254740993.0", INT64_C(9007199254740993)},
        {"0.123456789012345678e18", INT64_C(123456789012345678)},
        {"-99999999999999999900e-2", INT64_C(-999999999999999999)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[128];
        struct body body;
        struct body_object root;
        int64_t value = -1;
        const char *string = NULL;
        (void)snprintf(text, sizeof text, "{\"7.0\\\"\":\"1e2\",\"n\":%s}", rows[i].text);
        body_init(&body);
        assert_int_equal(body_parse(&body, (const uint8_t *)text, strlen(text), 100), REFUSAL_NONE);
        body_root(&body, &root);
        assert_true(body_integer(&root, "n", BODY_REQUIRED, INT64_MIN, INT64_MAX, &value));
        assert_true(body_text(&root, "7.0\"", BODY_REQUIRED, TEXT_ANY, 1, 9, &string));
        assert_int_equal(value, rows[i].value);
        assert_string_equal(string, "1e2"); /* what is no number stays as it is */
        body_release(&body);
    }
}

/* Good JSON, so each is told of its own field, beside whatever else is wrong with the fields. */
static void test_numbers_past_every_range(void **state)
{
    (void)state;
    char text[512], digits[401];
    memset(digits, '9', sizeof digits);
    digits[400] = '\0';
    const char *const numbers[] = {"1e999",          "-1e999", "9e308",    "1.8E+308",
                                   "0.1e9999999999", "-1e309", "123e4567", digits};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        (void)snprintf(text, sizeof text, LINE "\"integer\":%s}", numbers[i]);
        assert_errors(text, BOUNDED("/integer", "range", "must be from -5 to 100", "-5", "100"));
        (void)snprintf(text, sizeof text, LINE "\"real\":%s,\"any\":1}", numbers[i]);
        assert_errors(text, ERROR("/any", "type", "must be a string") "," BOUNDED(
                                "/real", "range", "must be from -1 to 1", "-1", "1"));
        (void)snprintf(text, sizeof text, LINE "\"objects\":[%s]}", numbers[i]);
        assert_errors(text, ERROR("/objects/0", "type", "must be an object"));
        (void)snprintf(text, sizeof text, LINE "\"any\":\"1e9\",\"other\":%s}", numbers[i]);
        assert_errors(text, ERROR("/other", "unknown", "is not a field of this request"));
    }
    /* What only looks like one stays as it is. */
    const char *in_text = "{\"line\":\"1e999\",\"any\":\"\\\"1e9\",\"real\":1e999}";
    struct body body;
    struct fields fields;
    body_init(&body);
    assert_int_equal(body_parse(&body, (const uint8_t *)in_text, strlen(in_text), 100),
                     REFUSAL_NONE);
    read_fields(&body, &fields);
    assert_string_equal(fields.line, "1e999");
    assert_string_equal(fields.any, "\"1e9");
    body_release(&body);
}

static void test_errors_are_bounded(void **state)
{
    (void)state;
    char text[8192] = "{\"line\":\"x\"";
    size_t length = strlen(text);
    for (int i = 0; i < 100; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, ",\"k%d\":1", i);
    text[length++] = '}';
    struct body body;
    struct fields fields;
    body_init(&body);
    assert_int_equal(body_parse(&body, (const uint8_t *)text, length, BODY_VALUES_MAX),
                     REFUSAL_NONE);
    read_fields(&body, &fields);
    assert_int_equal(body.error_count, 100);
    size_t told = 0;
    for (size_t i = 0; i < body.error_bytes.length; i++)
        told += body.error_bytes.data[i] == '{';
    assert_int_equal(told, BODY_ERRORS_MAX);
    body_release(&body);
}

static void test_long_key_is_pointed_at_from_above(void **state)
{
    (void)state;
    char text[2048] = "{\"line\":\"x\",\"";
    size_t length = strlen(text);
    memset(text + length, 'k', 1000);
    length += 1000;
    length += (size_t)snprintf(text + length, sizeof text - length, "\":1}");
    text[length] = '\0';
    assert_errors(text, ERROR("", "unknown", "is not a field of this request"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_field_errors),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_depth_and_values),
        cmocka_unit_test(test_integers_spelled_otherwise),
        cmocka_unit_test(test_numbers_past_every_range),
        cmocka_unit_test(test_errors_are_bounded),
        cmocka_unit_test(test_long_key_is_pointed_at_from_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
