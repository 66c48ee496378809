/* What every backend answers to sql.h: values come back as they went in, a moment stays what it
 * was, and what fails says so. */
#include "fixture.h"

#include "store/sqlite_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A file with one table, opened twice. */
struct bench {
    struct fixture *fixture;
    sqlite3 *db;
    struct sql_connection *writer, *reader;
};

static struct bench bench_open(struct fixture *fixture)
{
    struct bench bench = {.fixture = fixture};
    char path[128];
    fixture_close(fixture);
    fixture_path(fixture, "bench.db", path);
    assert_int_equal(sqlite3_open(path, &bench.db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(bench.db,
                                  "PRAGMA journal_mode = WAL;"
                                  "CREATE TABLE parent (id BLOB PRIMARY KEY);"
                                  "CREATE TABLE value (id BLOB, number INTEGER, real REAL,"
                                  " text TEXT, parent BLOB REFERENCES parent(id));",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    bench.writer = sqlite_sql_lend(bench.db);
    assert_non_null(bench.writer);
    assert_int_equal(sqlite_sql_open(path, 1024, &bench.reader, &fixture->explanation), RESULT_OK);
    return bench;
}

static void bench_close(struct bench *bench)
{
    sql_close(&bench->reader);
    sql_close(&bench->writer);
    assert_int_equal(sqlite3_close(bench->db), SQLITE_OK);
    assert_int_equal(fixture_open(bench->fixture), RESULT_OK);
}

static struct sql_statement *prepared(struct bench *bench, struct sql_connection *connection,
                                      const char *text)
{
    struct sql_statement *statement = NULL;
    assert_int_equal(sql_prepare(connection, text, &statement, &bench->fixture->explanation),
                     RESULT_OK);
    return statement;
}

static void insert(struct bench *bench, const struct id *id, int64_t number, const char *text)
{
    const struct sql_value real = {.type = SQL_REAL, .as.real = 0.25}, none = {.type = SQL_NULL};
    struct sql_statement *statement =
        prepared(bench, bench->writer, "INSERT INTO value VALUES (?1, ?2, ?3, ?4, ?5)");
    assert_int_equal(sql_bind_id(statement, 1, id), RESULT_OK);
    assert_int_equal(sql_bind_integer(statement, 2, number), RESULT_OK);
    assert_int_equal(sql_bind(statement, 3, &real), RESULT_OK);
    assert_int_equal(sql_bind_text(statement, 4, text), RESULT_OK);
    assert_int_equal(sql_bind(statement, 5, &none), RESULT_OK);
    assert_int_equal(sql_step_done(statement), RESULT_OK);
    sql_drop(&statement);
    assert_null(statement);
}

static int64_t count_values(struct bench *bench)
{
    int64_t count = -1;
    assert_int_equal(sql_integer(bench->reader, "SELECT count(*) FROM value", &count,
                                 &bench->fixture->explanation),
                     RESULT_OK);
    return count;
}

static void values_come_back_as_they_went_in(void **state)
{
    struct bench bench = bench_open(*state);
    const struct id id = fixture_id(bench.fixture);
    struct id found;
    insert(&bench, &id, INT64_MIN, "표 \"한\" 장");
    struct sql_statement *statement =
        prepared(&bench, bench.reader,
                 "SELECT id, number, real, text, parent, number < 0 FROM value"
                 " WHERE id = ?1");
    assert_int_equal(sql_bind_id(statement, 1, &id), RESULT_OK);
    for (int time = 0; time < 2; time++) {
        assert_int_equal(sql_step(statement), SQL_ROW);
        const struct sql_value blob = sql_column(statement, 0), real = sql_column(statement, 2);
        assert_true(sql_read_id(&blob, &found) && id_equal(found, id));
        assert_false(sql_read_id(&real, &found));
        assert_true(sql_column_integer(statement, 1) == INT64_MIN);
        assert_true(real.type == SQL_REAL && real.as.real == 0.25);
        assert_string_equal(sql_column_text(statement, 3), "표 \"한\" 장");
        assert_int_equal(sql_column(statement, 3).length, strlen("표 \"한\" 장"));
        assert_int_equal(sql_column(statement, 4).type, SQL_NULL);
        assert_null(sql_column_text(statement, 4));
        assert_int_equal(sql_column_integer(statement, 4), 0);
        assert_int_equal(sql_column_integer(statement, 5), 1);
        assert_int_equal(sql_step(statement), SQL_DONE);
        sql_rewind(statement);
    }
    sql_drop(&statement);
    bench_close(&bench);
}

static void a_moment_stays_what_it_was(void **state)
{
    struct bench bench = bench_open(*state);
    const struct id id = fixture_id(bench.fixture);
    insert(&bench, &id, 1, "one");
    assert_int_equal(sql_begin(bench.reader), RESULT_OK);
    assert_int_equal(count_values(&bench), 1);
    insert(&bench, &id, 2, "two");
    assert_int_equal(count_values(&bench), 1);
    sql_end(bench.reader);
    assert_int_equal(count_values(&bench), 2);
    sql_end(bench.reader); /* which was not begun */
    assert_int_equal(count_values(&bench), 2);
    bench_close(&bench);
}

static void what_fails_says_so(void **state)
{
    struct bench bench = bench_open(*state);
    struct explanation *explanation = &bench.fixture->explanation;
    struct sql_statement *statement = NULL;
    int64_t integer = 7;
    assert_int_not_equal(
        sql_prepare(bench.reader, "SELECT 1 FROM nowhere", &statement, explanation), RESULT_OK);
    assert_null(statement);
    assert_non_null(strstr(explanation->text, "nowhere"));
    assert_non_null(strstr(explanation->text, sql_name(bench.reader)));
    assert_int_equal(sql_integer(bench.reader, "SELECT number FROM value", &integer, explanation),
                     RESULT_NOT_FOUND);
    assert_int_equal(integer, 7);
    /* A reader writes nothing. */
    statement = prepared(&bench, bench.reader, "DELETE FROM value");
    assert_int_equal(sql_step(statement), SQL_FAILED);
    assert_int_not_equal(sql_failure(bench.reader, explanation), RESULT_OK);
    sql_drop(&statement);
    sql_drop(&statement);
    bench_close(&bench);
}

/* Goes on so often. */
static bool count_down(void *owner)
{
    unsigned *left = owner;
    return (*left)-- > 1;
}

static void a_statement_that_may_not_go_on_fails(void **state)
{
    struct bench bench = bench_open(*state);
    unsigned left = 5;
    int64_t count;
    sql_watch(bench.reader, count_down, &left);
    assert_int_not_equal(
        sql_integer(bench.reader,
                    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number"
                    " WHERE n < 100000000) SELECT count(*) FROM number",
                    &count, &bench.fixture->explanation),
        RESULT_OK);
    assert_int_equal(left, 0);
    bench_close(&bench);
}

static void note_fault(void *owner, const char *text)
{
    struct explanation *told = owner;
    (void)snprintf(told->text, sizeof told->text, "%s", text); /* cut to fit */
}

static void a_row_that_names_none_is_found(void **state)
{
    struct bench bench = bench_open(*state);
    struct explanation told = {.text = ""};
    assert_int_equal(sql_inspect(bench.reader, note_fault, &told, &bench.fixture->explanation),
                     RESULT_OK);
    assert_string_equal(told.text, "");
    struct sql_statement *orphan =
        prepared(&bench, bench.writer, "INSERT INTO value (parent) VALUES (x'01')");
    assert_int_equal(sql_step_done(orphan), RESULT_OK);
    sql_drop(&orphan);
    assert_int_equal(sql_inspect(bench.reader, note_fault, &told, &bench.fixture->explanation),
                     RESULT_OK);
    assert_string_equal(told.text, "a row of value names a row of parent that is not there");
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_come_back_as_they_went_in, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_moment_stays_what_it_was, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(what_fails_says_so, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_statement_that_may_not_go_on_fails, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_row_that_names_none_is_found, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
