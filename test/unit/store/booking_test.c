/* Many rows at once from the journal to the tables: all of them, or, when they do not fit together,
 * none. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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

static void change_user(struct fixture *fixture, struct id id, enum record_why why)
{
    struct record user = user_row(id, "somebody", NULL);
    user.why = why;
    batch_add(fixture, &user);
    batch_append(fixture);
}

static int64_t counted(struct fixture *fixture, const char *condition)
{
    char sql[200];
    assert_true(snprintf(sql, sizeof sql,
                         "SELECT ifnull(sum(rows), 0) FROM happening WHERE entity = 'user' AND %s",
                         condition) > 0);
    return sql_integer(fixture, "usher.db", sql);
}

/* Also what newer images hide; what was booked before a crash is not counted again. */
static void what_happened_is_counted_image_by_image(void **state)
{
    struct fixture *fixture = *state;
    const struct id id = fixture_id(fixture);
    change_user(fixture, id, WHY_REGISTERED);
    change_user(fixture, id, WHY_USER_CHANGED);
    change_user(fixture, id, WHY_USER_CHANGED);
    book_all(fixture);
    change_user(fixture, id, WHY_USER_CHANGED);
    change_user(fixture, id, WHY_UNTOLD);
    fixture_reopen(fixture);
    change_user(fixture, id, WHY_SIGNED_IN);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(counted(fixture, "why = 'registered'"), 1);
    assert_int_equal(counted(fixture, "why = 'user_changed'"), 3);
    assert_int_equal(counted(fixture, "why = 'signed_in'"), 1);
    assert_int_equal(counted(fixture, "true"), 5);
    assert_int_equal(counted(fixture, "minute % 60000 <> 0"), 0);
}

static enum store_outcome append_at(struct fixture *fixture, timestamp_ms house_time)
{
    const enum store_outcome outcome = store_append(fixture->store, ++fixture->seq, house_time,
                                                    &fixture->batch, fixture->batch_count);
    buffer_clear(&fixture->batch);
    fixture->batch_count = 0;
    return outcome;
}

static void each_minute_is_counted_apart_and_old_ones_go(void **state)
{
    struct fixture *fixture = *state;
    static const timestamp_ms times[] = {NOW + 1, NOW + 59999, NOW + 60000, NOW + 30 * DAY_MS,
                                         NOW + 30 * DAY_MS + MINUTE_MS};
    struct record user = user_row(fixture_id(fixture), "somebody", NULL);
    user.why = WHY_USER_CHANGED;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        batch_add(fixture, &user);
        assert_int_equal(append_at(fixture, times[i]), STORE_DONE);
        if (i == 2) {
            book_all(fixture);
            fixture_close(fixture);
            assert_int_equal(counted(fixture, "minute = 1800000000000"), 2);
            assert_int_equal(counted(fixture, "minute = 1800000060000"), 1);
            fixture_reopen(fixture);
        }
    }
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(counted(fixture, "minute = 1800000000000"), 0);
    assert_int_equal(counted(fixture, "true"), 3);
}

static void older_tables_are_counted_from_here_on(void **state)
{
    struct fixture *fixture = *state;
    const struct id id = fixture_id(fixture);
    change_user(fixture, id, WHY_REGISTERED);
    book_all(fixture);
    fixture_close(fixture);
    sql_run(fixture, "usher.db",
            "DROP TABLE happening; DROP VIEW concert_round_readable;"
            "ALTER TABLE concert_round DROP COLUMN paused; PRAGMA user_version = 3");
    sql_run(fixture, "journal.db", "PRAGMA user_version = 3");
    fixture_reopen(fixture);
    change_user(fixture, id, WHY_USER_CHANGED);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(counted(fixture, "why = 'user_changed'"), 1);
    assert_int_equal(counted(fixture, "true"), 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(more_rows_than_a_statement_takes),
        TEST(a_row_without_its_parent),
        TEST(what_happened_is_counted_image_by_image),
        TEST(each_minute_is_counted_apart_and_old_ones_go),
        TEST(older_tables_are_counted_from_here_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
