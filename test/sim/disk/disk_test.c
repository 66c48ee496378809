/* The disk in memory, file by file: what a crash leaves, and what a power cut takes. */
#include "disk/disk_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- Bytes ---- */

static void what_is_written_is_read(void **state)
{
    struct disk_fixture *fixture = *state;
    char bytes[8];
    assert_int_equal(raw_write(fixture->file, "abc", 3, 510), SQLITE_OK);
    assert_int_equal(raw_length(fixture->file), 513);
    assert_int_equal(raw_read(fixture->file, bytes, 3, 510), SQLITE_OK);
    assert_memory_equal(bytes, "abc", 3);
    assert_int_equal(raw_filled_with(fixture->file, 510, 0), 0);
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(raw_read(fixture->file, bytes, 8, 511), SQLITE_IOERR_SHORT_READ);
    assert_memory_equal(bytes, "bc\0\0\0\0\0\0", 8); /* the rest is blank */
    assert_int_equal(raw_truncate(fixture->file, 511), SQLITE_OK);
    assert_int_equal(raw_fill(fixture->file, 'z', 1, 520), SQLITE_OK);
    assert_int_equal(raw_filled_with(fixture->file, 9, 511), 0); /* not what was cut off */
}

static void a_crash_takes_nothing(void **state)
{
    struct disk_fixture *fixture = *state;
    assert_int_equal(raw_fill(fixture->file, 'a', 5000, 100), SQLITE_OK);
    fixture_crash(fixture);
    assert_int_equal(raw_length(fixture->file), 5100);
    assert_int_equal(raw_filled_with(fixture->file, 5000, 100), 'a');
}

static void what_was_synced_survives_every_power_cut(void **state)
{
    struct disk_fixture *fixture = *state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        fixture_end(fixture);
        fixture_begin(fixture, seed);
        assert_int_equal(raw_fill(fixture->file, 'a', 5000, 100), SQLITE_OK);
        assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
        assert_int_equal(raw_fill(fixture->file, 'b', 100, 2000), SQLITE_OK);
        fixture_cut_power(fixture);
        assert_int_equal(raw_length(fixture->file), 5100);
        assert_int_equal(raw_filled_with(fixture->file, 1900, 100), 'a');
        assert_int_not_equal(raw_filled_with(fixture->file, 100, 2000), 0);
        assert_int_equal(raw_filled_with(fixture->file, 3000, 2100), 'a');
        fixture_cut_power(fixture); /* and the next one, when nothing was written in between */
        assert_int_equal(raw_filled_with(fixture->file, 1900, 100), 'a');
    }
}

#define TORN_SECTORS 16

/* Over 'a', synced, comes 'b' and then 'c', not synced: counts how often what was there after. */
struct survivals {
    int old, whole, torn, middle;
};

static void cut_amid(struct disk_fixture *fixture, uint64_t seed, struct survivals *survivals)
{
    int found_a = 0, found_b = 0, found_c = 0;
    fixture_begin(fixture, seed);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(raw_fill(fixture->file, (char)('a' + i), TORN_SECTORS * SECTOR, 0),
                         SQLITE_OK);
        if (i == 0)
            assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    }
    fixture_cut_power(fixture);
    assert_int_equal(raw_length(fixture->file), TORN_SECTORS * SECTOR);
    for (size_t i = 0; i < TORN_SECTORS; i++) {
        const char byte = raw_filled_with(fixture->file, SECTOR, i * SECTOR);
        assert_true(byte == 'a' || byte == 'b' || byte == 'c'); /* a sector is never torn itself */
        found_a += byte == 'a';
        found_b += byte == 'b';
        found_c += byte == 'c';
    }
    survivals->old += found_a == TORN_SECTORS;
    survivals->whole += found_c == TORN_SECTORS;
    survivals->middle += found_b > 0;
    survivals->torn += found_a > 0 && found_c > 0;
    struct disk_counts counts;
    disk_counts(fixture->disk, &counts);
    assert_true(counts.sectors_dropped + counts.sectors_kept >= TORN_SECTORS);
    assert_int_equal(counts.sectors_kept == 0, found_a == TORN_SECTORS);
    assert_true(counts.sectors_dropped == 0 || found_c < TORN_SECTORS);
    fixture_end(fixture);
}

static void what_was_not_synced_survives_in_any_part(void **state)
{
    struct disk_fixture *fixture = *state;
    struct survivals survivals = {0};
    for (uint64_t seed = 1; seed <= 200; seed++)
        cut_amid(fixture, seed, &survivals);
    assert_true(survivals.old > 20);
    assert_true(survivals.whole > 20);
    assert_true(survivals.torn > 20);
    assert_true(survivals.middle > 20);
}

static void a_length_survives_between_the_old_and_the_new(void **state)
{
    struct disk_fixture *fixture = *state;
    int old = 0, grown = 0, between = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        fixture_begin(fixture, seed);
        assert_int_equal(raw_fill(fixture->file, 'a', 700, 0), SQLITE_OK);
        assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
        assert_int_equal(raw_fill(fixture->file, 'b', 5000, 700), SQLITE_OK);
        fixture_cut_power(fixture);
        const size_t length = raw_length(fixture->file);
        assert_in_range(length, 700, 5700);
        assert_int_equal(raw_filled_with(fixture->file, 700, 0), 'a');
        old += length == 700;
        grown += length == 5700;
        between += length > 700 && length < 5700;
        fixture_end(fixture);
    }
    assert_true(old > 10);
    assert_true(grown > 10);
    assert_true(between > 10);
}

/* 5000 bytes of 'a', synced, are cut down to `length`; answers how many there are after a power
 * cut. */
static size_t cut_down(struct disk_fixture *fixture, uint64_t seed, size_t length, bool synced)
{
    fixture_begin(fixture, seed);
    assert_int_equal(raw_fill(fixture->file, 'a', 5000, 0), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    assert_int_equal(raw_truncate(fixture->file, length), SQLITE_OK);
    if (synced)
        assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    fixture_cut_power(fixture);
    const size_t left = raw_length(fixture->file);
    if (left > 0)
        assert_int_equal(raw_filled_with(fixture->file, left, 0), 'a');
    fixture_end(fixture);
    return left;
}

static void a_truncation_that_was_not_synced_may_be_undone(void **state)
{
    struct disk_fixture *fixture = *state;
    static const size_t lengths[] = {0, 1000};
    for (size_t i = 0; i < 2; i++) {
        int whole = 0, cut = 0;
        for (uint64_t seed = 1; seed <= 200; seed++) {
            const size_t left = cut_down(fixture, seed, lengths[i], false);
            whole += left == 5000;
            cut += left == lengths[i];
            assert_int_equal(cut_down(fixture, seed, lengths[i], true), lengths[i]);
        }
        assert_true(whole > 50);
        assert_true(cut > 50);
        assert_int_equal(whole + cut, 200);
    }
}

/* Where a file that was cut off grew again, what it had there before is never seen again. */
static void what_was_cut_off_does_not_shine_through(void **state)
{
    struct disk_fixture *fixture = *state;
    int grown = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        fixture_begin(fixture, seed);
        assert_int_equal(raw_fill(fixture->file, 'a', 5000, 0), SQLITE_OK);
        assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
        assert_int_equal(raw_truncate(fixture->file, SECTOR), SQLITE_OK);
        assert_int_equal(raw_fill(fixture->file, 'z', SECTOR, 4 * SECTOR), SQLITE_OK);
        fixture_cut_power(fixture);
        if (raw_length(fixture->file) == 5 * SECTOR) {
            assert_int_equal(raw_filled_with(fixture->file, 3 * SECTOR, SECTOR), 0);
            grown++;
        }
        fixture_end(fixture);
    }
    assert_true(grown > 25);
}

/* ---- Names ---- */

static void a_name_that_was_not_synced_may_be_missing(void **state)
{
    struct disk_fixture *fixture = *state;
    int missing = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        fixture_begin(fixture, seed);
        struct raw_file made = raw_open("/house/b", SQLITE_OPEN_MAIN_DB);
        assert_int_equal(raw_sync(made), SQLITE_OK); /* its bytes, but not its name */
        raw_close(&made);
        fixture_cut_power(fixture);
        assert_true(disk_has(fixture->disk, FIXTURE_FILE));
        missing += !disk_has(fixture->disk, "/house/b");
        fixture_end(fixture);
    }
    assert_in_range(missing, 20, 80);
}

static void the_first_sync_of_a_log_makes_its_name_durable(void **state)
{
    struct disk_fixture *fixture = *state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        fixture_begin(fixture, seed);
        struct raw_file made = raw_open("/house/b-wal", SQLITE_OPEN_WAL);
        assert_int_equal(raw_sync(made), SQLITE_OK);
        raw_close(&made);
        fixture_cut_power(fixture);
        assert_true(disk_has(fixture->disk, "/house/b-wal"));
        fixture_end(fixture);
    }
}

static void a_deleted_file_may_come_back_until_names_are_synced(void **state)
{
    struct disk_fixture *fixture = *state;
    int back = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        const bool synced = seed % 2 == 0;
        fixture_begin(fixture, seed);
        struct raw_file made = raw_open("/house/b", SQLITE_OPEN_MAIN_JOURNAL);
        assert_int_equal(raw_fill(made, 'b', 100, 0), SQLITE_OK);
        assert_int_equal(raw_sync(made), SQLITE_OK);
        raw_close(&made);
        assert_int_equal(raw_delete("/house/b", synced), SQLITE_OK);
        assert_false(disk_has(fixture->disk, "/house/b"));
        assert_int_equal(raw_delete("/house/b", synced), SQLITE_IOERR_DELETE_NOENT);
        fixture_cut_power(fixture);
        assert_false(synced && disk_has(fixture->disk, "/house/b"));
        if (disk_has(fixture->disk, "/house/b")) {
            made = raw_open("/house/b", SQLITE_OPEN_MAIN_JOURNAL);
            assert_int_equal(raw_filled_with(made, 100, 0), 'b');
            raw_close(&made);
            back++;
        }
        fixture_end(fixture);
    }
    assert_in_range(back, 10, 40);
}

/* Its name was taken by another in between: one of the two is there, or none. */
static void a_deleted_file_does_not_come_back_beside_its_successor(void **state)
{
    struct disk_fixture *fixture = *state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        fixture_begin(fixture, seed);
        assert_true(disk_make(fixture->disk, "/house/b"));
        assert_true(disk_sync_names(fixture->disk));
        assert_int_equal(raw_delete("/house/b", 0), SQLITE_OK);
        assert_true(disk_make(fixture->disk, "/house/b"));
        fixture_cut_power(fixture);
        if (disk_has(fixture->disk, "/house/b"))
            assert_int_equal(raw_delete("/house/b", 1), SQLITE_OK);
        assert_false(disk_has(fixture->disk, "/house/b"));
        fixture_end(fixture);
    }
}

/* ---- Images ---- */

static void an_image_brings_back_a_whole_disk(void **state)
{
    struct disk_fixture *fixture = *state;
    assert_int_equal(raw_fill(fixture->file, 'a', 3000, 5), SQLITE_OK);
    raw_close(&fixture->file);
    struct disk_image *image = disk_save(fixture->disk);
    disk_free(fixture->disk);
    for (int i = 0; i < 2; i++) {
        fixture->disk = disk_new(&fixture->chance);
        disk_load(fixture->disk, image);
        fixture->file = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
        fixture_cut_power(fixture); /* all of it counts as synced */
        assert_int_equal(raw_length(fixture->file), 3005);
        assert_int_equal(raw_filled_with(fixture->file, 3000, 5), 'a');
        assert_int_equal(raw_fill(fixture->file, 'b', 4000, 0), SQLITE_OK); /* not in the image */
        if (i == 0)
            fixture_end(fixture);
    }
    disk_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DISK(what_is_written_is_read),
        WITH_DISK(a_crash_takes_nothing),
        WITH_DISK(what_was_synced_survives_every_power_cut),
        WITHOUT_DISK(what_was_not_synced_survives_in_any_part),
        WITHOUT_DISK(a_length_survives_between_the_old_and_the_new),
        WITHOUT_DISK(a_truncation_that_was_not_synced_may_be_undone),
        WITHOUT_DISK(what_was_cut_off_does_not_shine_through),
        WITHOUT_DISK(a_name_that_was_not_synced_may_be_missing),
        WITHOUT_DISK(the_first_sync_of_a_log_makes_its_name_durable),
        WITHOUT_DISK(a_deleted_file_may_come_back_until_names_are_synced),
        WITHOUT_DISK(a_deleted_file_does_not_come_back_beside_its_successor),
        WITH_DISK(an_image_brings_back_a_whole_disk),
    };
    return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
