/* A journal of SQLite's from before rows were chained: it is read, and the chain begins with the
 * first row that comes after. */
#include "fixture.h"

#include "store/sqlite_journal.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OLD_VERSION (CHAIN_SINCE - 1)
#define OLD_ROWS 3

/* A row's body is its sequence number. */
static void insert_old(sqlite3 *db, uint64_t seq)
{
    const uint8_t body = (uint8_t)seq;
    const uint8_t hashed[33] = {
        [0] = (uint8_t)seq, [8] = OLD_VERSION, [16] = 1, [24] = 1, [32] = body};
    uint8_t sum[16];
    sqlite3_stmt *statement;
    assert_int_equal(crypto_generichash(sum, sizeof sum, hashed, sizeof hashed, NULL, 0), 0);
    assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO journal VALUES (?1, ?2, 1, 1, ?3, ?4)", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_bind_int64(statement, 1, (sqlite3_int64)seq), SQLITE_OK);
    assert_int_equal(sqlite3_bind_int64(statement, 2, OLD_VERSION), SQLITE_OK);
    assert_int_equal(sqlite3_bind_blob(statement, 3, sum, sizeof sum, SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_bind_blob(statement, 4, &body, 1, SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
}

static void make_old(const struct fixture *fixture)
{
    char path[128], mark[64];
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture_path(fixture, "journal.db", path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA application_id = 1970497610;"
                                  "CREATE TABLE journal (seq INTEGER PRIMARY KEY, schema_version "
                                  "INTEGER NOT NULL, house_time INTEGER NOT NULL, record_count "
                                  "INTEGER NOT NULL, checksum BLOB NOT NULL, body BLOB NOT NULL) "
                                  "STRICT",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    (void)snprintf(mark, sizeof mark, "PRAGMA user_version = %d", OLD_VERSION);
    assert_int_equal(sqlite3_exec(db, mark, NULL, NULL, NULL), SQLITE_OK);
    for (uint64_t seq = 1; seq <= OLD_ROWS; seq++)
        insert_old(db, seq);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static struct journal *open_old(struct fixture *fixture)
{
    static char path[128];
    struct journal *journal = NULL;
    if (sqlite_journal_open(fixture_path(fixture, "journal.db", path), &journal,
                            &fixture->explanation) != RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    return journal;
}

static void append_new(struct fixture *fixture, struct journal *journal, uint64_t seq)
{
    const uint8_t body = (uint8_t)seq;
    uint64_t pruned;
    struct journal_tip tip = {.seq = seq - 1};
    const struct journal_row row = {
        .seq = seq, .house_time = 1, .record_count = 1, .body = &body, .body_length = 1};
    assert_int_equal(journal_look(journal, tip.seq, &tip.chain, &fixture->explanation), RESULT_OK);
    assert_int_equal(journal_append(journal, &tip, &row, 0, &pruned), STORE_DONE);
}

static enum result take_next(void *owner, const struct journal_row *row,
                             struct explanation *explanation)
{
    uint64_t *last = owner;
    (void)explanation;
    assert_int_equal(row->seq, ++*last);
    assert_true(row->body_length == 1 && row->body[0] == row->seq);
    return RESULT_OK;
}

static void check_rows(struct fixture *fixture, struct journal *journal, uint64_t last,
                       enum result expected, const char *says)
{
    uint64_t seen = 0;
    fixture->explanation.text[0] = '\0';
    assert_int_equal(
        journal_read(journal, 0, OLD_ROWS + 2, take_next, &seen, &fixture->explanation), expected);
    assert_int_equal(seen, last);
    assert_non_null(strstr(fixture->explanation.text, says));
}

static int make_and_go_on(void **state)
{
    struct fixture *fixture = fixture_new();
    make_old(fixture);
    struct journal *journal = open_old(fixture);
    check_rows(fixture, journal, OLD_ROWS, RESULT_OK, "");
    append_new(fixture, journal, OLD_ROWS + 1);
    append_new(fixture, journal, OLD_ROWS + 2);
    journal_close(&journal);
    *state = fixture;
    return 0;
}

static void check_after(struct fixture *fixture, const char *sql, uint64_t last,
                        enum result expected, const char *says)
{
    fixture_run(fixture, "journal.db", sql);
    struct journal *journal = open_old(fixture);
    check_rows(fixture, journal, last, expected, says);
    journal_close(&journal);
}

static void old_rows_are_read_and_gone_on_from(void **state)
{
    struct fixture *fixture = *state;
    struct journal *journal = open_old(fixture);
    check_rows(fixture, journal, OLD_ROWS + 2, RESULT_OK, "");
    journal_close(&journal);
    assert_int_equal(fixture_integer(fixture, "journal.db", "PRAGMA user_version"), SCHEMA_VERSION);
}

static void a_damaged_old_row_is_found(void **state)
{
    check_after(*state, "UPDATE journal SET house_time = 2 WHERE seq = 2", 1, RESULT_CORRUPT,
                "checksum of row 2");
}

static void the_first_chained_row_is_judged(void **state)
{
    check_after(*state, "UPDATE journal SET house_time = 2 WHERE seq = 4", OLD_ROWS, RESULT_CORRUPT,
                "row 4 is damaged");
}

/* Right by itself, and not what was there. */
static void an_old_row_after_chained_ones_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    sqlite3 *db;
    fixture_run(fixture, "journal.db", "DELETE FROM journal WHERE seq = 5");
    assert_int_equal(sqlite3_open(fixture_path(fixture, "journal.db", path), &db), SQLITE_OK);
    insert_old(db, 5);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    check_after(fixture, "SELECT 1", 4, RESULT_CORRUPT, "row 5 is damaged");
}

static void old_rows_are_pruned_and_the_rest_is_judged(void **state)
{
    struct fixture *fixture = *state;
    const uint8_t body = 6;
    uint64_t pruned, seen = OLD_ROWS;
    struct journal *journal = open_old(fixture);
    struct journal_tip tip = {.seq = 5};
    const struct journal_row row = {
        .seq = 6, .house_time = 1, .record_count = 1, .body = &body, .body_length = 1};
    assert_int_equal(journal_look(journal, 5, &tip.chain, &fixture->explanation), RESULT_OK);
    assert_int_equal(journal_append(journal, &tip, &row, OLD_ROWS, &pruned), STORE_DONE);
    assert_int_equal(pruned, OLD_ROWS);
    assert_int_equal(journal_read(journal, OLD_ROWS, 6, take_next, &seen, &fixture->explanation),
                     RESULT_OK);
    assert_int_equal(seen, 6);
    journal_close(&journal);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_and_go_on, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(old_rows_are_read_and_gone_on_from),
        TEST(a_damaged_old_row_is_found),
        TEST(the_first_chained_row_is_judged),
        TEST(an_old_row_after_chained_ones_is_refused),
        TEST(old_rows_are_pruned_and_the_rest_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
