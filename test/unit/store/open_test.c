/* Opening a data directory: making it, locking it, and refusing what is not ours. */
#include "scene.h"

#include "record/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int setup(void **state)
{
    *state = fixture_new();
    return 0;
}

static void check_refused(struct fixture *fixture, enum result expected, const char *says)
{
    assert_int_equal(fixture_open(fixture), expected);
    assert_null(fixture->store);
    if (strstr(fixture->explanation.text, says) == NULL)
        fail_msg("'%s' does not say '%s'", fixture->explanation.text, says);
}

static enum result open_at(const char *path, bool must_exist, struct explanation *explanation)
{
    struct store *store;
    const struct store_options options = {.directory = path, .must_exist = must_exist};
    const enum result result = store_open(&store, &options, explanation);
    if (result == RESULT_OK)
        store_close(store);
    return result;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_new_directory_is_private(void **state)
{
    struct fixture *fixture = *state;
    struct explanation explanation;
    struct stat status;
    char path[128], file[192];
    fixture_path(fixture, "made", path);
    assert_int_equal(open_at(path, false, &explanation), RESULT_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    static const char *const names[] = {"usher.lock", "journal.db", "usher.db"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(snprintf(file, sizeof file, "%s/%s", path, names[i]) < (int)sizeof file);
        assert_int_equal(stat(file, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
    }
    assert_int_equal(open_at(path, true, &explanation), RESULT_OK);
}

static void what_must_exist_is_not_made(void **state)
{
    struct fixture *fixture = *state;
    struct explanation explanation;
    struct stat status;
    char path[128];
    fixture_path(fixture, "missing", path);
    assert_int_equal(open_at(path, true, &explanation), RESULT_NOT_FOUND);
    assert_int_equal(stat(path, &status), -1);
    assert_int_equal(open_at(fixture->directory, true, &explanation), RESULT_NOT_FOUND);
    assert_non_null(strstr(explanation.text, fixture->directory));
    fixture_path(fixture, "journal.db", path);
    assert_int_equal(stat(path, &status), -1);
}

static void a_parent_must_exist(void **state)
{
    struct fixture *fixture = *state;
    struct explanation explanation;
    char path[128];
    fixture_path(fixture, "no/such", path);
    assert_int_equal(open_at(path, false, &explanation), RESULT_IO);
    assert_non_null(strstr(explanation.text, path));
    assert_non_null(strstr(explanation.text, strerror(ENOENT)));
}

static void a_file_is_no_directory(void **state)
{
    struct fixture *fixture = *state;
    struct explanation explanation;
    char path[128];
    write_file(fixture_path(fixture, "file", path), "text");
    assert_int_equal(open_at(path, false, &explanation), RESULT_FOREIGN);
    assert_non_null(strstr(explanation.text, "is not a directory"));
}

#define NOBODY 65534

/* Root reads everything, so the question is asked by somebody else, in a child. */
static void an_unreadable_directory_is_told(void **state)
{
    struct fixture *fixture = *state;
    int status;
    assert_int_equal(chmod(fixture->directory, 0), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(2);
        const bool told = fixture_open(fixture) == RESULT_IO &&
                          strstr(fixture->explanation.text, strerror(EACCES)) != NULL &&
                          strstr(fixture->explanation.text, fixture->directory) != NULL;
        _exit(told ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(fixture->directory, 0700), 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_name_that_is_too_long_is_told(void **state)
{
    (void)state;
    struct explanation explanation;
    char path[PATH_MAX + 2];
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(open_at(path, true, &explanation), RESULT_IO);
    assert_non_null(strstr(explanation.text, "cannot open the data directory"));
    assert_int_equal(open_at(path, false, &explanation), RESULT_IO);
    assert_non_null(strstr(explanation.text, "cannot make the data directory"));
}

static void a_lock_that_is_no_file_is_told(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    assert_int_equal(mkdir(fixture_path(fixture, "usher.lock", path), 0700), 0);
    check_refused(fixture, RESULT_IO, "usher.lock");
    assert_int_equal(rmdir(path), 0);
}

static void a_second_server_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct explanation explanation;
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    assert_int_equal(open_at(fixture->directory, false, &explanation), RESULT_BUSY);
    assert_non_null(strstr(explanation.text, fixture->directory));
    assert_non_null(strstr(explanation.text, "another usher server"));
    fixture_close(fixture);
    assert_int_equal(open_at(fixture->directory, false, &explanation), RESULT_OK);
}

static void a_journal_that_is_open_elsewhere_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    sqlite3 *db;
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    fixture_close(fixture);
    assert_int_equal(sqlite3_open(fixture_path(fixture, "journal.db", path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM journal", NULL, NULL, NULL),
                     SQLITE_OK);
    check_refused(fixture, RESULT_BUSY, "journal.db");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(fixture_open(fixture), RESULT_OK);
}

static void text_is_foreign(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    static const char *const names[] = {"journal.db", "usher.db"};
    for (size_t i = 0; i < 2; i++) {
        write_file(fixture_path(fixture, names[i], path), "not a database, and long enough to be "
                                                          "sure of it: one hundred bytes or more, "
                                                          "since SQLite reads that much at first");
        check_refused(fixture, RESULT_FOREIGN, names[i]);
        assert_int_equal(unlink(path), 0);
    }
}

static void make_database(const struct fixture *fixture, const char *file, const char *sql)
{
    char path[128];
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture_path(fixture, file, path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void another_programs_database_is_foreign(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    static const char *const names[] = {"journal.db", "usher.db"};
    for (size_t i = 0; i < 2; i++) {
        make_database(fixture, names[i], "CREATE TABLE theirs (x)");
        check_refused(fixture, RESULT_FOREIGN, names[i]);
        assert_int_equal(fixture_integer(fixture, names[i], "SELECT count(*) FROM theirs"), 0);
        assert_int_equal(unlink(fixture_path(fixture, names[i], path)), 0);
        make_database(fixture, names[i], "PRAGMA application_id = 1234");
        check_refused(fixture, RESULT_FOREIGN, "not a file of usher's");
        assert_int_equal(unlink(path), 0);
    }
}

/* Nothing is made in a directory that is refused. */
static void a_foreign_directory_is_left_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    char path[128];
    make_database(fixture, "usher.db", "CREATE TABLE theirs (x)");
    check_refused(fixture, RESULT_FOREIGN, "usher.db");
    static const char *const names[] = {"usher.lock", "journal.db", "journal.db-wal",
                                        "usher.db-wal", "usher.db-shm"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(stat(fixture_path(fixture, names[i], path), &status), -1);
}

static void the_two_files_are_not_taken_for_each_other(void **state)
{
    struct fixture *fixture = *state;
    char journal[128], tables[128];
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    fixture_close(fixture);
    fixture_path(fixture, "journal.db", journal);
    fixture_path(fixture, "usher.db", tables);
    assert_int_equal(unlink(journal), 0);
    assert_int_equal(link(tables, journal), 0);
    check_refused(fixture, RESULT_FOREIGN, "journal.db");
}

static void a_newer_version_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"journal.db", "usher.db"};
    char sql[64];
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    fixture_close(fixture);
    for (size_t i = 0; i < 2; i++) {
        fixture_run(fixture, names[i], "PRAGMA user_version = 99");
        check_refused(fixture, RESULT_NEWER, names[i]);
        assert_non_null(strstr(fixture->explanation.text, "version 99"));
        assert_true(snprintf(sql, sizeof sql, "PRAGMA user_version = %d", SCHEMA_VERSION) > 0);
        fixture_run(fixture, names[i], sql);
    }
    assert_int_equal(fixture_open(fixture), RESULT_OK);
}

static void a_missing_file_of_two_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct scene scene;
    char path[128];
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    scene_open(&scene, fixture);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(unlink(fixture_path(fixture, "journal.db", path)), 0);
    check_refused(fixture, RESULT_CORRUPT, "belong together");
}

/* The tables can be made again as long as the whole journal is there. */
static void lost_tables_come_back_from_a_whole_journal(void **state)
{
    struct fixture *fixture = *state;
    struct scene scene;
    char path[128];
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    scene_open(&scene, fixture);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(unlink(fixture_path(fixture, "usher.db", path)), 0);
    assert_int_equal(unlink(fixture_path(fixture, "usher.db-wal", path)), 0);
    fixture_reopen(fixture);
    assert_true(store_unbooked(fixture->store) > SCENE_SEATS);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(fixture_integer(fixture, "usher.db", "SELECT count(*) FROM seat"),
                     SCENE_SEATS);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_directory_is_private),
        TEST(what_must_exist_is_not_made),
        TEST(a_parent_must_exist),
        TEST(a_file_is_no_directory),
        TEST(an_unreadable_directory_is_told),
        TEST(a_name_that_is_too_long_is_told),
        TEST(a_lock_that_is_no_file_is_told),
        TEST(a_second_server_is_refused),
        TEST(a_journal_that_is_open_elsewhere_is_refused),
        TEST(text_is_foreign),
        TEST(another_programs_database_is_foreign),
        TEST(a_foreign_directory_is_left_as_it_was),
        TEST(the_two_files_are_not_taken_for_each_other),
        TEST(a_newer_version_is_refused),
        TEST(a_missing_file_of_two_is_refused),
        TEST(lost_tables_come_back_from_a_whole_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
