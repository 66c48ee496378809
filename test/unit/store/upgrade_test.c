/* A data directory of version 2, as that version left it, taken up: what is there afterwards, what
 * is refused, and what a disk that fails at any moment leaves. */
#include "fault_vfs.h"
#include "fixture.h"

#include "store/database.h"
#include "store/rebuild.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DUMP_BYTES_MAX (1 << 20)
#define FILE_BYTES_MAX (1 << 22)

/* Far more than an upgrade of the recorded directory does to the disk. */
#define OPERATIONS_MAX 2000

/* ---- The old directory ---- */

/* `name`: of a file in test/fault/old/sold. OLD_DIRECTORY is where that is. */
static char *dump(const char *name)
{
    char path[512];
    char *text = calloc(1, DUMP_BYTES_MAX);
    assert_non_null(text);
    assert_true(snprintf(path, sizeof path, OLD_DIRECTORY "/%s.sql", name) < (int)sizeof path);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    const size_t length = fread(text, 1, DUMP_BYTES_MAX - 1, file);
    assert_true(length > 0 && length < DUMP_BYTES_MAX - 1);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void make_file(const struct fixture *fixture, const char *file, const char *sql)
{
    char path[128];
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture_path(fixture, file, path), &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", file, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void remove_file(const struct fixture *fixture, const char *file)
{
    char path[128];
    assert_true(unlink(fixture_path(fixture, file, path)) == 0 || access(path, F_OK) != 0);
}

static void copy_file(const struct fixture *fixture, const char *from, const char *to)
{
    char from_path[128], to_path[128];
    char *bytes = malloc(FILE_BYTES_MAX);
    assert_non_null(bytes);
    FILE *file = fopen(fixture_path(fixture, from, from_path), "re");
    assert_non_null(file);
    const size_t length = fread(bytes, 1, FILE_BYTES_MAX, file);
    assert_true(length > 0 && length < FILE_BYTES_MAX && fclose(file) == 0);
    file = fopen(fixture_path(fixture, to, to_path), "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

/* The two files as they were kept, and nothing else. */
static void put_old(const struct fixture *fixture)
{
    static const char *const made[] = {"journal.db-wal", "usher.db-wal", "usher.db-shm",
                                       "usher.db.new"};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        remove_file(fixture, made[i]);
    copy_file(fixture, "kept-journal.db", "journal.db");
    copy_file(fixture, "kept.db", "usher.db");
}

/* Kept as "kept.db" and "kept-journal.db", to begin anew from and to compare with. */
static void make_old(const struct fixture *fixture)
{
    char *journal = dump("journal"), *tables = dump("usher");
    make_file(fixture, "kept-journal.db", journal);
    make_file(fixture, "kept.db", tables);
    free(journal);
    free(tables);
    put_old(fixture);
}

static int setup(void **state)
{
    *state = fixture_new();
    make_old(*state);
    return 0;
}

/* ---- Taking up ---- */

/* What a watch was told. */
struct heard {
    size_t words;
    enum store_upgrade_stage stage;
    struct store_upgrade last;
};

static void hear(void *owner, const struct store_upgrade *upgrade)
{
    struct heard *heard = owner;
    assert_true(upgrade->stage == heard->stage || upgrade->stage == heard->stage + 1);
    assert_true(heard->words > 0 || upgrade->stage == STORE_UPGRADE_BEGINS);
    assert_true(upgrade->percent >= heard->last.percent && upgrade->percent <= 100);
    heard->stage = upgrade->stage;
    heard->last = *upgrade;
    heard->words++;
}

static enum result take_up(struct fixture *fixture, struct heard *heard)
{
    const struct store_options options = {.directory = fixture->directory};
    const struct store_upgrade_watch watch = {.owner = heard, .tell = hear};
    *heard = (struct heard){0};
    fixture->explanation.text[0] = '\0';
    enum result result = store_lock(&fixture->store, &options, &fixture->explanation);
    if (result != RESULT_OK)
        return result;
    result = store_begin(fixture->store, &watch, &fixture->explanation);
    if (result != RESULT_OK)
        fixture_close(fixture);
    return result;
}

static void must_take_up(struct fixture *fixture)
{
    struct heard heard;
    if (take_up(fixture, &heard) != RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
}

/* Answers how much was told before. */
static size_t check_refused(struct fixture *fixture, enum result expected, const char *says)
{
    struct heard heard;
    assert_int_equal(take_up(fixture, &heard), expected);
    if (strstr(fixture->explanation.text, says) == NULL)
        fail_msg("'%s' does not say '%s'", fixture->explanation.text, says);
    return heard.words;
}

/* ---- What is there ---- */

/* The tables, with the kept ones beside them. */
static sqlite3 *open_both(const struct fixture *fixture)
{
    char path[128];
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture_path(fixture, "usher.db", path), &db), SQLITE_OK);
    char *sql = sqlite3_mprintf("ATTACH '%q/kept.db' AS kept", fixture->directory);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_free(sql);
    return db;
}

/* No row that only one of them has, and as many in both. */
static void check_same(sqlite3 *db, const char *columns, const char *table, const char *suffix)
{
    sqlite3_stmt *statement;
    char *sql = sqlite3_mprintf(
        "SELECT (SELECT count(*) FROM kept.%s) IS (SELECT count(*) FROM main.%s)"
        " AND NOT EXISTS (SELECT %s FROM kept.%s%s EXCEPT SELECT %s FROM main.%s%s)",
        table, table, columns, table, suffix, columns, table, suffix);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    if (sqlite3_column_int(statement, 0) != 1)
        fail_msg("%s has other rows", table);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    sqlite3_free(sql);
}

/* Of a kept table's view: the new one may have more. */
static char *kept_columns(sqlite3 *db, const char *table)
{
    sqlite3_stmt *statement;
    char *sql = sqlite3_mprintf(
        "SELECT group_concat(name) FROM pragma_table_info('%s_readable', 'kept')", table);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    char *columns = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    sqlite3_free(sql);
    return columns;
}

#define KEPT_VERSION 2

/* Whether there was such a table already. */
static bool is_kept_kind(enum record_kind kind)
{
    return record_schema(kind)->since <= KEPT_VERSION;
}

/* The views of both versions show the same: ids as text, and all but secrets. */
static void check_same_rows(const struct fixture *fixture)
{
    sqlite3 *db = open_both(fixture);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
        const char *table = record_schema((enum record_kind)i)->table;
        if (!is_kept_kind((enum record_kind)i))
            continue;
        char *columns = kept_columns(db, table);
        check_same(db, columns, table, "_readable");
        sqlite3_free(columns);
    }
    check_same(db, "created_at, secret_hash", "session", "");
    check_same(db, "created_at, password_hash", "user", "");
    check_same(db, "token_key", "house", "");
    check_same(db, "booked_seq", "bookkeeping", "");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static bool has_file(const struct fixture *fixture, const char *file)
{
    char path[128];
    return access(fixture_path(fixture, file, path), F_OK) == 0;
}

/* The old version would go on from here. */
static void check_old(const struct fixture *fixture)
{
    assert_int_equal(fixture_integer(fixture, "usher.db", "PRAGMA user_version"), KEPT_VERSION);
    assert_int_equal(fixture_integer(fixture, "journal.db", "PRAGMA user_version"), KEPT_VERSION);
    sqlite3 *db = open_both(fixture);
    for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
        if (is_kept_kind((enum record_kind)i))
            check_same(db, "*", record_schema((enum record_kind)i)->table, "");
    check_same(db, "booked_seq", "bookkeeping", "");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_false(has_file(fixture, "usher.db.new"));
}

static void print_violation(void *owner, int invariant, const char *text)
{
    (void)owner;
    print_error("invariant %d: %s\n", invariant, text);
}

/* With the tail of the old journal booked, the books are right. */
static void check_books(struct fixture *fixture)
{
    size_t violations = 1;
    assert_int_equal(store_unbooked(fixture->store) > 0, 1);
    book_all(fixture);
    assert_int_equal(store_booked_seq(fixture->store), 58);
    if (store_audit(fixture->store, print_violation, NULL, &violations, &fixture->explanation) !=
        RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    assert_int_equal(violations, 0);
}

/* ---- Tests ---- */

static void every_row_is_taken_along(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard;
    struct loaded loaded;
    if (take_up(fixture, &heard) != RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    check_same_rows(fixture);
    assert_int_equal(heard.stage, STORE_UPGRADE_DONE);
    assert_int_equal(heard.last.percent, 100);
    assert_int_equal(heard.last.rows, 106);
    assert_in_range(heard.words, 4, 104);
    assert_true(heard.last.bytes_needed > 0 && heard.last.seconds > 0);
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_int_equal(loaded.position.seq, 58);
    loaded_release(&loaded);
    check_books(fixture);
    fixture_close(fixture);
    assert_false(has_file(fixture, "usher.db.new"));
    assert_int_equal(fixture_integer(fixture, "usher.db", "PRAGMA user_version"), SCHEMA_VERSION);
    assert_int_equal(fixture_open(fixture), RESULT_OK); /* and is no old one any more */
}

static void the_way_to_the_schema_does_not_matter(void **state)
{
    struct fixture *fixture = *state;
    static const char sql[] =
        "SELECT (SELECT group_concat(sql, ';') FROM (SELECT sql FROM main.sqlite_schema ORDER BY"
        " name)) IS (SELECT group_concat(sql, ';') FROM (SELECT sql FROM made.sqlite_schema ORDER"
        " BY name))";
    struct fixture *made = fixture_new();
    char attach[256];
    assert_int_equal(fixture_open(made), RESULT_OK);
    fixture_close(made);
    must_take_up(fixture);
    fixture_close(fixture);
    assert_true(snprintf(attach, sizeof attach, "ATTACH '%s/usher.db' AS made", made->directory) <
                (int)sizeof attach);
    char path[128];
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(fixture_path(fixture, "usher.db", path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 1);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    fixture_free(made);
}

/* Version 1 had no idempotency keys. */
static void version_1_is_taken_up_too(void **state)
{
    struct fixture *fixture = *state;
    fixture_run(fixture, "usher.db",
                "DROP VIEW idempotency_key_readable; DROP TABLE idempotency_key;"
                "PRAGMA user_version = 1");
    fixture_run(fixture, "kept.db", "DELETE FROM idempotency_key");
    fixture_run(fixture, "journal.db", "PRAGMA user_version = 1");
    must_take_up(fixture);
    check_same_rows(fixture);
    book_all(fixture); /* the tail brings keys */
    fixture_close(fixture);
    assert_int_equal(fixture_integer(fixture, "usher.db", "SELECT count(*) FROM idempotency_key"),
                     2);
}

static void without_a_watch_it_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_open(fixture), RESULT_OLDER);
    assert_non_null(strstr(fixture->explanation.text, "usher serve"));
    check_old(fixture);
}

static void what_a_broken_off_upgrade_left_is_removed(void **state)
{
    struct fixture *fixture = *state;
    make_file(fixture, "usher.db.new", "CREATE TABLE user (half)");
    must_take_up(fixture);
    check_same_rows(fixture);
    assert_false(has_file(fixture, "usher.db.new"));
}

static void rights_are_those_of_the_old_file(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    struct stat status;
    assert_int_equal(chmod(fixture_path(fixture, "usher.db", path), 0640), 0);
    must_take_up(fixture);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & ACCESSPERMS, 0640);
}

/* A log may hold what the file does not have yet. */
static void the_old_log_is_taken_along(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    sqlite3 *db;
    static const char sql[] = "UPDATE user SET name = 'Ann Other' WHERE name = 'ann'";
    assert_int_equal(sqlite3_open(fixture_path(fixture, "usher.db", path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    fixture_run(fixture, "kept.db", sql);
    must_take_up(fixture);
    check_same_rows(fixture);
}

/* As after a restore by other hands. */
static void a_file_without_a_log_is_taken_up(void **state)
{
    struct fixture *fixture = *state;
    fixture_run(fixture, "usher.db", "PRAGMA journal_mode = DELETE");
    must_take_up(fixture);
    check_same_rows(fixture);
}

/* ---- Refusals ---- */

static void a_row_without_an_id_is_named(void **state)
{
    struct fixture *fixture = *state;
    static const char broken[] =
        "UPDATE session SET user_id = 'nobody' WHERE id = (SELECT min(id) FROM session)";
    fixture_run(fixture, "usher.db", broken);
    fixture_run(fixture, "kept.db", broken);
    (void)check_refused(fixture, RESULT_CORRUPT, "table session, row \"session_");
    assert_non_null(strstr(fixture->explanation.text, "user_id \"nobody\" is no id"));
    check_old(fixture);
}

static void an_id_of_another_kind_is_no_id(void **state)
{
    struct fixture *fixture = *state;
    static const char broken[] =
        "UPDATE payment SET reservation_id = replace(reservation_id, 'reservation', 'seat')";
    fixture_run(fixture, "usher.db", broken);
    fixture_run(fixture, "kept.db", broken);
    (void)check_refused(fixture, RESULT_CORRUPT, "table payment");
    check_old(fixture);
}

static void a_reference_to_nothing_is_named(void **state)
{
    struct fixture *fixture = *state;
    static const char broken[] = "DELETE FROM queue_token WHERE reason = 'finished'";
    fixture_run(fixture, "usher.db", broken);
    fixture_run(fixture, "kept.db", broken);
    (void)check_refused(fixture, RESULT_CORRUPT,
                        "table seat_reservation names a row of queue_token");
    check_old(fixture);
}

static void what_others_added_is_not_thrown_away(void **state)
{
    struct fixture *fixture = *state;
    fixture_run(fixture, "usher.db", "CREATE TABLE notes (text)");
    assert_int_equal(check_refused(fixture, RESULT_FOREIGN, "column text of table notes"), 0);
    fixture_run(fixture, "usher.db",
                "DROP TABLE notes; ALTER TABLE user ADD COLUMN shoe_size INTEGER");
    assert_int_equal(check_refused(fixture, RESULT_FOREIGN, "column shoe_size of table user"), 0);
    fixture_run(fixture, "usher.db", "ALTER TABLE user DROP COLUMN shoe_size; ANALYZE");
    check_old(fixture);
    must_take_up(fixture); /* what SQLite itself added is nobody's */
}

static void nobody_else_may_have_it_open(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture_path(fixture, "usher.db", path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT count(*) FROM user", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(check_refused(fixture, RESULT_BUSY, "open in another program"), 0);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    check_old(fixture);
    must_take_up(fixture);
}

/* ---- The check ---- */

static void count_steps(void *owner, uint64_t steps)
{
    *(uint64_t *)owner += steps;
}

/* Builds in memory what `spoil` then changes; the check's answer. */
static enum result check_spoiled(struct fixture *fixture, const char *spoil)
{
    static struct schema schema;
    uint64_t steps = 0;
    sqlite3 *db;
    schema_current(&schema);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    char *sql = sqlite3_mprintf("ATTACH '%q/usher.db' AS old", fixture->directory);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_free(sql);
    const struct rebuild rebuild = {
        .db = db, .schema = &schema, .from = 2, .advance = count_steps, .owner = &steps};
    if (rebuild_tables(&rebuild, &fixture->explanation) != RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    if (sqlite3_exec(db, spoil, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", spoil, sqlite3_errmsg(db));
    enum result result = rebuild_compare(&rebuild, &fixture->explanation);
    if (result == RESULT_OK)
        result = rebuild_inspect(&rebuild, &fixture->explanation);
    if (result == RESULT_OK)
        assert_int_equal(steps, 106 * REBUILD_STEPS_A_ROW);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return result;
}

#define CONCERT_COLUMNS "id, title, description, reservation_open_at, reservation_close_at"

static void whatever_is_not_the_same_is_found(void **state)
{
    struct fixture *fixture = *state;
    static const char *const rows[][2] = {
        {"UPDATE main.user SET name = name || ' ' WHERE name = 'ann'", "table user"},
        {"UPDATE main.seat SET x = x + 1e-9 WHERE x > 1", "table seat"},
        {"UPDATE main.seat SET section = NULL", "table seat"},
        {"UPDATE main.session SET secret_hash = zeroblob(32)", "table session"},
        {"UPDATE main.point_account SET balance = balance + 1", "table point_account"},
        {"UPDATE main.payment SET reservation_id = randomblob(16)", "table payment"},
        {"UPDATE main.payment SET reservation_id = x'00'", "table payment"},
        {"UPDATE main.user SET email = NULL WHERE name = 'eve'", "table user"},
        {"DELETE FROM main.house", "table house has fewer"},
        {"DELETE FROM main.reservation_seat WHERE position = 0", "table reservation_seat"},
        {"INSERT INTO main.concert (" CONCERT_COLUMNS ") VALUES (zeroblob(16), '', '', 0, 0)",
         "table concert"},
        {"INSERT INTO main.concert (" CONCERT_COLUMNS
         ") VALUES (x'ffffffffffffffffffffffffffffffff', '', '', 0, 0)",
         "table concert has more"},
        {"UPDATE main.bookkeeping SET booked_seq = 52", "another place of the journal"},
    };
    assert_int_equal(check_spoiled(fixture, "SELECT 1"), RESULT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (check_spoiled(fixture, rows[i][0]) != RESULT_CORRUPT)
            fail_msg("not found: %s", rows[i][0]);
        if (strstr(fixture->explanation.text, rows[i][1]) == NULL)
            fail_msg("'%s' does not say '%s'", fixture->explanation.text, rows[i][1]);
    }
}

/* A row that an index does not have, by leaving the index's pages as they were. */
static void a_broken_index_is_found(void **state)
{
    assert_int_equal(
        check_spoiled(*state, "PRAGMA writable_schema = ON;"
                              "UPDATE main.sqlite_schema SET sql = replace(sql, '(\"concert_id\")',"
                              " '(\"start_time\")') WHERE name = 'concert_round_concert_id';"
                              "PRAGMA writable_schema = RESET"),
        RESULT_CORRUPT);
}

/* ---- A disk that fails ---- */

static struct fault_plan plan; /* of the file system of every test here */

/* Fails at one operation after the other, or at each of so many, until an upgrade does not come so
 * far. What is found is old or new, whole, and is taken up once the disk works. */
static void fail_everywhere(struct fixture *fixture, int result, bool lasting, int stride)
{
    int taken_up = 0, refused = 0, failed = 1;
    for (int operation = 1; operation <= OPERATIONS_MAX && failed > 0; operation += stride) {
        struct heard heard;
        put_old(fixture);
        plan = (struct fault_plan){.countdown = operation, .lasting = lasting, .result = result};
        const enum result answer = take_up(fixture, &heard);
        failed = plan.failed;
        plan = (struct fault_plan){0};
        if (answer == RESULT_OK)
            fixture_close(fixture);
        if (fixture_integer(fixture, "usher.db", "PRAGMA user_version") == 2) {
            check_old(fixture);
            refused++;
        } else {
            taken_up++;
        }
        must_take_up(fixture);
        check_same_rows(fixture);
        assert_false(has_file(fixture, "usher.db.new"));
        fixture_close(fixture);
    }
    assert_int_equal(failed, 0);
    assert_true(refused > 40 / stride && taken_up > 1);
}

static void a_full_disk_loses_nothing(void **state)
{
    fail_everywhere(*state, SQLITE_FULL, true, 1);
}

static void a_failing_disk_loses_nothing(void **state)
{
    fail_everywhere(*state, SQLITE_IOERR_WRITE, false, 3);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_is_taken_along),
        TEST(the_way_to_the_schema_does_not_matter),
        TEST(version_1_is_taken_up_too),
        TEST(without_a_watch_it_is_left_alone),
        TEST(what_a_broken_off_upgrade_left_is_removed),
        TEST(rights_are_those_of_the_old_file),
        TEST(the_old_log_is_taken_along),
        TEST(a_file_without_a_log_is_taken_up),
        TEST(a_row_without_an_id_is_named),
        TEST(an_id_of_another_kind_is_no_id),
        TEST(a_reference_to_nothing_is_named),
        TEST(what_others_added_is_not_thrown_away),
        TEST(nobody_else_may_have_it_open),
        TEST(whatever_is_not_the_same_is_found),
        TEST(a_broken_index_is_found),
        TEST(a_full_disk_loses_nothing),
        TEST(a_failing_disk_loses_nothing),
    };
    fault_vfs_install(&plan);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
