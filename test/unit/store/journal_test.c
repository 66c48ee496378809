/* Appending, pruning, and what a process that is killed leaves behind. */
#include "scene.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void heartbeat(struct fixture *fixture)
{
    append_one(fixture, &(struct record){.kind = RECORD_KIND_HOUSE, .as.house.id = 1});
}

static void appends_are_counted(void **state)
{
    struct fixture *fixture = *state;
    struct store_counts counts;
    heartbeat(fixture);
    heartbeat(fixture);
    store_counts(fixture->store, &counts);
    assert_int_equal(counts.appends, 2);
    assert_true(counts.appended_bytes > 0 && counts.journal_bytes > counts.appended_bytes);
    assert_int_equal(store_unbooked(fixture->store), 2);
    assert_int_equal(store_booked_seq(fixture->store), 0);
    book_all(fixture);
    store_counts(fixture->store, &counts);
    assert_int_equal(counts.booked_rows, 1); /* only the newest image */
    assert_int_equal(counts.bookings, 1);
    assert_int_equal(store_booked_seq(fixture->store), 2);
}

static int64_t journal_rows(struct fixture *fixture)
{
    fixture_close(fixture);
    const int64_t rows = fixture_integer(fixture, "journal.db",
                                         "SELECT count(*) FROM journal WHERE record_count > 0");
    fixture_reopen(fixture);
    return rows;
}

static void what_is_not_booked_is_not_pruned(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 10; i++) {
        store_prune(fixture->store);
        heartbeat(fixture);
    }
    assert_int_equal(journal_rows(fixture), 10);
}

static void pruning_never_removes_the_last_row(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 10; i++)
        heartbeat(fixture);
    book_all(fixture);
    store_prune(fixture->store);
    assert_int_equal(journal_rows(fixture), 10); /* only the next append prunes */
    store_prune(fixture->store);
    heartbeat(fixture);
    assert_int_equal(journal_rows(fixture), 1);
    assert_int_equal(fixture->seq, 11);
    heartbeat(fixture);
    assert_int_equal(journal_rows(fixture), 2); /* once asked, once done */
}

static void pruning_takes_a_bounded_number(void **state)
{
    struct fixture *fixture = *state;
    struct store_counts counts;
    for (int i = 0; i < 600; i++)
        heartbeat(fixture);
    book_all(fixture);
    uint64_t before = 0;
    for (int i = 0; i < 5; i++) {
        store_prune(fixture->store);
        heartbeat(fixture);
        store_counts(fixture->store, &counts);
        assert_in_range(counts.pruned_rows - before, 80, 128);
        before = counts.pruned_rows;
    }
    assert_int_equal(counts.pruned_rows, 600);
}

static void closing_leaves_no_more_than_one_pruning(void **state)
{
    struct fixture *fixture = *state;
    struct loaded loaded;
    char text[8192] = "";
    memset(text, 'x', sizeof text - 1);
    for (int i = 0; i < 300; i++)
        append_one(fixture, &(struct record){.kind = RECORD_KIND_CONCERT,
                                             .as.concert = {.id = fixture_id(fixture),
                                                            .title = "large",
                                                            .description = text,
                                                            .reservation_open_at = NOW,
                                                            .reservation_close_at = NOW + 1}});
    book_all(fixture);
    fixture_close(fixture);
    assert_in_range(fixture_integer(fixture, "journal.db", "SELECT sum(length(body)) FROM journal"),
                    1 << 20, 2 << 20);
    assert_int_equal(fixture_integer(fixture, "journal.db", "SELECT max(seq) FROM journal"), 300);
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_CONCERT), 300);
    loaded_release(&loaded);
}

/* How often the text stands in the file. */
static size_t times_in_file(const struct fixture *fixture, const char *name, const char *text)
{
    static char bytes[1 << 20];
    char path[128];
    FILE *file = fopen(fixture_path(fixture, name, path), "rbe");
    assert_non_null(file);
    const size_t length = fread(bytes, 1, sizeof bytes, file);
    assert_true(length < sizeof bytes && fclose(file) == 0);
    size_t times = 0;
    const char *at = bytes;
    while ((at = memmem(at, (size_t)(bytes + length - at), text, strlen(text))) != NULL) {
        times++;
        at++;
    }
    return times;
}

static void what_was_pruned_is_in_no_file_after_closing(void **state)
{
    struct fixture *fixture = *state;
    const struct record user = user_row(fixture_id(fixture), "Quiltbrandt Ottersholm", NULL);
    append_one(fixture, &user);
    fixture_reopen(fixture);
    assert_int_equal(times_in_file(fixture, "journal.db", "Quiltbrandt"), 1);
    book_all(fixture);
    store_prune(fixture->store);
    heartbeat(fixture);
    assert_int_equal(times_in_file(fixture, "journal.db", "Quiltbrandt"), 1);
    fixture_close(fixture);
    assert_int_equal(times_in_file(fixture, "journal.db", "Quiltbrandt"), 0);
    assert_int_equal(times_in_file(fixture, "usher.db", "Quiltbrandt"), 1);
    fixture_reopen(fixture);
    struct record erased = user;
    erased.as.user.name = "";
    append_one(fixture, &erased);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(times_in_file(fixture, "usher.db", "Quiltbrandt"), 0);
    assert_int_equal(fixture_open(fixture), RESULT_OK);
}

/* A booking asked for while nothing is being appended takes what is there at once. */
static void booking_takes_everything_that_waits(void **state)
{
    struct fixture *fixture = *state;
    struct scene scene;
    size_t rows;
    scene_open(&scene, fixture);
    assert_int_equal(store_book(fixture->store, &rows, &fixture->explanation), RESULT_OK);
    assert_int_equal(rows, 3 + SCENE_SEATS);
    assert_int_equal(store_book(fixture->store, &rows, &fixture->explanation), RESULT_OK);
    assert_int_equal(rows, 0);
}

/* ---- kill -9 ---- */

/* Appends, books and prunes for ever, telling each sequence number once it is durable. */
static void run_until_killed(struct fixture *fixture, int tell)
{
    struct scene scene;
    scene_open(&scene, fixture);
    for (uint64_t i = 0;; i++) { /* ends with the process */
        size_t rows;
        scene.house.heartbeat_at = NOW + (timestamp_ms)fixture->seq + 1;
        batch_add(fixture, &(struct record){.kind = RECORD_KIND_HOUSE, .as.house = scene.house});
        add_seat_status(&scene, i % SCENE_SEATS, SEAT_STATUS_BLOCKED);
        if (batch_try_append(fixture) != STORE_DONE ||
            write(tell, &fixture->seq, sizeof fixture->seq) != sizeof fixture->seq)
            _exit(1);
        if (i % 7 == 0 && store_book(fixture->store, &rows, &fixture->explanation) != RESULT_OK)
            _exit(1);
        if (i % 5 == 0)
            store_prune(fixture->store);
    }
}

static uint64_t kill_in_mid_run(struct fixture *fixture, uint64_t appends)
{
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fixture_reopen(fixture);
        run_until_killed(fixture, pipes[1]);
    }
    assert_int_equal(close(pipes[1]), 0);
    uint64_t told = 0, last = 0;
    for (uint64_t i = 0; i < appends; i++)
        assert_int_equal(read(pipes[0], &told, sizeof told), sizeof told);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    while (read(pipes[0], &last, sizeof last) == sizeof last)
        told = last;
    assert_int_equal(close(pipes[0]), 0);
    return told;
}

static void what_was_acknowledged_survives_kill(void **state)
{
    struct fixture *fixture = *state;
    fixture_close(fixture);
    for (uint64_t round = 0; round < 20; round++) {
        struct loaded loaded;
        const uint64_t told = kill_in_mid_run(fixture, 5 + round * 3);
        assert_int_equal(fixture_open(fixture), RESULT_OK);
        if (load(fixture, &loaded) != RESULT_OK)
            fail_msg("%s", fixture->explanation.text);
        assert_in_range(loaded.position.seq, told, told + 1); /* one may have been on its way */
        assert_int_equal(loaded_heartbeat(&loaded), NOW + (timestamp_ms)loaded.position.seq);
        loaded_release(&loaded);
        fixture_close(fixture);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(appends_are_counted),
        TEST(what_is_not_booked_is_not_pruned),
        TEST(pruning_never_removes_the_last_row),
        TEST(pruning_takes_a_bounded_number),
        TEST(closing_leaves_no_more_than_one_pruning),
        TEST(what_was_pruned_is_in_no_file_after_closing),
        TEST(booking_takes_everything_that_waits),
        TEST(what_was_acknowledged_survives_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
