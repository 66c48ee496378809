/* Accounts with one mailbox are told of, each mailbox once, and nobody else is. */
#include "fixture.h"
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct told {
    size_t count;
    char last[512];
};

static void note(void *owner, const char *text)
{
    struct told *told = owner;
    told->count++;
    assert_true(snprintf(told->last, sizeof told->last, "%s", text) > 0);
}

static size_t look(struct fixture *fixture, struct told *told)
{
    size_t count;
    book_all(fixture);
    *told = (struct told){0};
    assert_int_equal(store_remarks(fixture->store, note, told, &count, &fixture->explanation),
                     RESULT_OK);
    return count;
}

static void add(struct fixture *fixture, const char *email)
{
    const struct record row = user_row(fixture_id(fixture), "somebody", email);
    append_one(fixture, &row);
}

static void mailboxes_that_are_one_accounts_are_not_told(void **state)
{
    struct fixture *fixture = *state;
    struct told told;
    static const char *const emails[] = {NULL,
                                         NULL,
                                         "ann@example.com",
                                         "josÉ@example.com",
                                         "a@xn--bcher-kva.example",
                                         "straße@example.com",
                                         "a@x..com",
                                         "a@house"};
    assert_int_equal(look(fixture, &told), 0);
    for (size_t i = 0; i < sizeof emails / sizeof emails[0]; i++)
        add(fixture, emails[i]);
    assert_int_equal(look(fixture, &told), 0);
    assert_int_equal(told.count, 0);
}

static void a_mailbox_of_several_is_told_once_in_the_order_of_their_age(void **state)
{
    struct fixture *fixture = *state;
    struct told told;
    add(fixture, "a@xn--bcher-kva.example");
    add(fixture, "a@bücher.example");
    add(fixture, "a@bÜcher.example");
    assert_int_equal(look(fixture, &told), 1);
    const char *first = strstr(told.last, "(a@xn--bcher-kva.example) and user_");
    const char *second = strstr(told.last, "(a@bücher.example) and user_");
    const char *third = strstr(told.last, "(a@bÜcher.example) have one mailbox");
    assert_true(first != NULL && first < second && second < third);
    /* Neither of these is kept as the mailbox is. */
    add(fixture, "josÉ@example.com");
    add(fixture, "jose\u0301@example.com");
    assert_int_equal(look(fixture, &told), 2);
}

static void a_hundred_are_told_and_all_are_counted(void **state)
{
    struct fixture *fixture = *state;
    struct told told;
    for (int i = 0; i < 120; i++) {
        char email[64];
        assert_true(snprintf(email, sizeof email, "É%d@example.com", i) > 0);
        add(fixture, email);
        assert_true(snprintf(email, sizeof email, "é%d@example.com", i) > 0);
        add(fixture, email);
    }
    assert_int_equal(look(fixture, &told), 120);
    assert_int_equal(told.count, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mailboxes_that_are_one_accounts_are_not_told, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_mailbox_of_several_is_told_once_in_the_order_of_their_age,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_hundred_are_told_and_all_are_counted, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests_name("remarks", tests, NULL, NULL);
}
