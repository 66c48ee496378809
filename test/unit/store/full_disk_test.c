/* A disk that takes no more: a limit on the size of files stands in for it, in a process of its
 * own, since such a limit cannot be lifted for one test alone. */
#include "scene.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define APPENDS_MAX 20000 /* far more than the limit takes */

/* In the child a failed check prints and exits: cmocka's way back leads into the parent's test. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    MUST(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = bytes;
    MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* Beyond the file's present size by `more`, rounded so that a page is cut in two. */
static void limit_after(const struct fixture *fixture, const char *file, rlim_t more)
{
    char path[128];
    struct stat status;
    MUST(stat(fixture_path(fixture, file, path), &status) == 0);
    limit_files((rlim_t)status.st_size + more + 1000);
}

static void in_a_child(struct fixture *fixture, void (*play)(struct fixture *fixture))
{
    fixture_close(fixture);
    const pid_t child = fork();
    int status;
    assert_true(child >= 0);
    if (child == 0) {
        MUST(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
        fixture_reopen(fixture);
        play(fixture);
        fixture_close(fixture);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void add_heartbeat(struct scene *scene)
{
    scene->house.heartbeat_at = NOW + (timestamp_ms)scene->fixture->seq + 1;
    batch_add(scene->fixture,
              &(struct record){.kind = RECORD_KIND_HOUSE, .as.house = scene->house});
}

/* Appends until the journal does not take more. */
static void fill(struct scene *scene)
{
    enum store_outcome outcome = STORE_DONE;
    for (int i = 0; i < APPENDS_MAX && outcome == STORE_DONE; i++) {
        add_heartbeat(scene);
        outcome = batch_try_append(scene->fixture);
    }
    MUST(outcome == STORE_PENDING);
}

/* Everything up to the last acknowledged append is there, and nothing that is pending. */
static void check_nothing_is_lost(struct fixture *fixture)
{
    struct loaded loaded;
    MUST(load(fixture, &loaded) == RESULT_OK);
    MUST(loaded.position.seq == fixture->seq);
    MUST(loaded_heartbeat(&loaded) == NOW + (timestamp_ms)loaded.position.seq);
    loaded_release(&loaded);
}

static void fill_and_settle(struct fixture *fixture)
{
    struct scene scene;
    scene_open(&scene, fixture);
    for (int round = 0; round < 3; round++) {
        limit_after(fixture, "journal.db-wal", 40000);
        fill(&scene);
        /* The log cannot be copied into the file: writing does not work, reading does. */
        limit_files(0);
        for (int again = 0; again < 2; again++) {
            MUST(batch_settle(fixture) == STORE_PENDING);
            MUST(strstr(fixture->explanation.text, "journal.db") != NULL);
            check_nothing_is_lost(fixture);
        }
        /* Room again. */
        limit_files(RLIM_INFINITY);
        MUST(batch_settle(fixture) == STORE_DONE);
        check_nothing_is_lost(fixture);
        add_heartbeat(&scene);
        MUST(batch_try_append(fixture) == STORE_DONE);
    }
}

static void a_full_disk_loses_nothing(void **state)
{
    struct fixture *fixture = *state;
    in_a_child(fixture, fill_and_settle);
    fixture_reopen(fixture);
    book_all(fixture);
}

static void book_without_room(struct fixture *fixture)
{
    struct scene scene;
    struct person person;
    size_t rows;
    struct store_reader *reader;
    struct record_page page;
    const struct record_query query = {.kind = RECORD_KIND_USER, .limit = 50};
    scene_open(&scene, fixture);
    for (int i = 0; i < 20; i++)
        scene_join(&scene, &person, "somebody");
    const size_t unbooked = store_unbooked(fixture->store);
    MUST(store_reader_open(fixture->store, &reader, &fixture->explanation) == RESULT_OK);
    limit_files(2000);
    for (int i = 0; i < 3; i++) {
        MUST(store_book(fixture->store, &rows, &fixture->explanation) != RESULT_OK);
        MUST(strstr(fixture->explanation.text, "usher.db") != NULL);
        MUST(rows == 0 && store_unbooked(fixture->store) == unbooked);
        MUST(store_booked_seq(fixture->store) == 0);
        MUST(store_reader_list(reader, &query, &page) == RESULT_OK);
        MUST(page.count == 20);
        record_page_release(&page);
    }
    limit_files(RLIM_INFINITY);
    MUST(store_book(fixture->store, &rows, &fixture->explanation) == RESULT_OK);
    MUST(rows > 0 && store_unbooked(fixture->store) == 0);
    MUST(store_booked_seq(fixture->store) == fixture->seq);
    MUST(store_reader_list(reader, &query, &page) == RESULT_OK);
    MUST(page.count == 20);
    record_page_release(&page);
    store_reader_close(reader);
}

static void booking_waits_for_room(void **state)
{
    struct fixture *fixture = *state;
    in_a_child(fixture, book_without_room);
    assert_int_equal(fixture_integer(fixture, "usher.db", "SELECT count(*) FROM user"), 20);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_loses_nothing),
        TEST(booking_waits_for_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
