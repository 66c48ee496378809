/* What is asked over the control socket: written, read, and refused; and who may ask. */
#include "app/control_socket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static enum result read_text(struct control_request *request, const char *text)
{
    static char bytes[CONTROL_REQUEST_BYTES_MAX];
    struct explanation explanation;
    const size_t length = strlen(text);
    memcpy(bytes, text, length);
    return control_request_read(request, bytes, length, &explanation);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const struct control_request request = {.verb = CONTROL_ORGANIZER_ADD,
                                            .fields = {"", "a@example.com", " p w "}};
    struct control_request read;
    struct explanation explanation;
    struct buffer out;
    buffer_init(&out, CONTROL_REQUEST_BYTES_MAX);
    assert_int_equal(control_request_write(&request, &out), RESULT_OK);
    assert_true(control_request_is_whole((char *)out.data, out.length));
    assert_false(control_request_is_whole((char *)out.data, out.length - 1));
    assert_int_equal(control_request_read(&read, (char *)out.data, out.length, &explanation),
                     RESULT_OK);
    assert_int_equal(read.verb, CONTROL_ORGANIZER_ADD);
    for (size_t i = 0; i < CONTROL_FIELD_COUNT; i++)
        assert_string_equal(read.fields[i], request.fields[i]);
    buffer_release(&out);
}

static void a_value_cannot_end_its_line(void **state)
{
    (void)state;
    const struct control_request request = {.verb = CONTROL_ORGANIZER_PASSWORD,
                                            .fields = {NULL, "a@example.com", "p\n\nusher 1"}};
    struct buffer out;
    buffer_init(&out, CONTROL_REQUEST_BYTES_MAX);
    assert_int_equal(control_request_write(&request, &out), RESULT_FULL);
    buffer_release(&out);
}

static void what_is_no_request_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum result result;
    } rows[] = {
        {"usher 1 status\n\n", RESULT_OK},
        {"usher 1 status json\n\n", RESULT_OK},
        {"usher 1 organizer password\nemail x\npassword y\n\n", RESULT_OK},
        {"usher 1 organizer password\npassword \nemail x\n\n", RESULT_OK},
        {"", RESULT_MALFORMED},
        {"usher 1 status", RESULT_MALFORMED},
        {"usher 1 status\n", RESULT_MALFORMED},
        {"usher 1 status\n\n\n", RESULT_MALFORMED},
        {"usher 1 status\nname x\n\n", RESULT_MALFORMED},
        {"usher 1 organizer password\nemail x\n\n", RESULT_MALFORMED},
        {"usher 1 organizer password\nemail x\nemail x\npassword y\n\n", RESULT_MALFORMED},
        {"usher 1 organizer password\nemail x\npassword\n\n", RESULT_MALFORMED},
        {"usher 2 status\n\n", RESULT_NEWER},
        {"usher 1 statu\n\n", RESULT_NEWER},
        {"\n\n", RESULT_NEWER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct control_request request;
        assert_int_equal(read_text(&request, rows[i].text), rows[i].result);
    }
}

static void the_servers_own_user_and_root_may_ask(void **state)
{
    (void)state;
    assert_true(control_may_ask(0, 998));
    assert_true(control_may_ask(998, 998));
    assert_true(control_may_ask(0, 0));
    assert_false(control_may_ask(1000, 998));
    assert_false(control_may_ask(1000, 0));
}

static void a_user_without_a_name_has_a_number(void **state)
{
    (void)state;
    struct administrator administrator;
    administrator_name(&administrator, 0);
    assert_string_equal(administrator.name, "root");
    administrator_name(&administrator, 3999999999u);
    assert_string_equal(administrator.name, "3999999999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_value_cannot_end_its_line),
        cmocka_unit_test(what_is_no_request_is_refused),
        cmocka_unit_test(the_servers_own_user_and_root_may_ask),
        cmocka_unit_test(a_user_without_a_name_has_a_number),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
