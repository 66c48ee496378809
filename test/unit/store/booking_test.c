/* Many rows at once from the journal to the tables: all of them, or, when they do not fit together,
 * none. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* More than one statement takes, and not a multiple of it. */
#define MANY 2345

static void more_rows_than_a_statement_takes(void **state)
{
    struct fixture *fixture = *state;
    static struct id ids[MANY];
    for (size_t i = 0; i < MANY; i++) {
        ids[i] = fixture_id(fixture);
        const struct record user = user_row(ids[i], "before", NULL);
        batch_add(fixture, &user);
    }
    batch_append(fixture);
    book_all(fixture);
    for (size_t i = 0; i < MANY; i += 2) {
        const struct record user = user_row(ids[i], "after", NULL);
        batch_add(fixture, &user);
    }
    batch_append(fixture);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(
        sql_integer(fixture, "usher.db", "SELECT count(*) FROM user WHERE name = 'after'"),
        MANY - MANY / 2);
    assert_int_equal(
        sql_integer(fixture, "usher.db", "SELECT count(*) FROM user WHERE name = 'before'"),
        MANY / 2);
}

/* The first of two new accounts has its user, the second has none. */
static void a_row_without_its_parent(void **state)
{
    struct fixture *fixture = *state;
    size_t rows;
    const struct record user = user_row(fixture_id(fixture), "somebody", NULL);
    batch_add(fixture, &user);
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                                        .as.point_account.user_id = user.as.user.id});
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                                        .as.point_account.user_id = fixture_id(fixture)});
    batch_append(fixture);
    for (int i = 0; i < 2; i++) { /* and again, with the tables opened anew */
        assert_int_equal(store_book(fixture->store, &rows, &fixture->explanation), RESULT_CORRUPT);
        assert_int_equal(rows, 0);
        assert_int_equal(store_unbooked(fixture->store), 3);
    }
    fixture_close(fixture);
    assert_int_equal(sql_integer(fixture, "usher.db",
                                 "SELECT (SELECT count(*) FROM user) + "
                                 "(SELECT count(*) FROM point_account) + "
                                 "(SELECT booked_seq FROM bookkeeping)"),
                     0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(more_rows_than_a_statement_takes),
        TEST(a_row_without_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
