/* The disk in memory when it fails, when it is full and when it dies; and who locks out whom. */
#include "disk/disk_fixture.h"

#include "disk/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- Faults ---- */

static void the_nth_operation_fails(void **state)
{
    struct disk_fixture *fixture = *state;
    struct disk_plan *plan = disk_plan(fixture->disk);
    *plan = (struct disk_plan){
        .operation = DISK_WRITE, .countdown = 3, .code = SQLITE_IOERR_WRITE, .lasting = false};
    assert_int_equal(raw_fill(fixture->file, 'a', 10, 0), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    assert_int_equal(raw_fill(fixture->file, 'a', 10, 0), SQLITE_OK);
    assert_int_equal(raw_fill(fixture->file, 'b', 10, 0), SQLITE_IOERR_WRITE);
    assert_int_equal(raw_filled_with(fixture->file, 10, 0), 'a');
    assert_int_equal(raw_fill(fixture->file, 'c', 10, 0), SQLITE_OK);

    *plan = (struct disk_plan){
        .operation = DISK_READ, .countdown = 1, .code = SQLITE_IOERR_READ, .lasting = true};
    char byte;
    for (int i = 0; i < 3; i++)
        assert_int_equal(raw_read(fixture->file, &byte, 1, 0), SQLITE_IOERR_READ);
    *plan = (struct disk_plan){
        .operation = DISK_TRUNCATE, .countdown = 1, .code = SQLITE_IOERR_TRUNCATE};
    assert_int_equal(raw_truncate(fixture->file, 0), SQLITE_IOERR_TRUNCATE);
    assert_int_equal(raw_length(fixture->file), 10);
    struct disk_counts counts;
    disk_counts(fixture->disk, &counts);
    assert_int_equal(counts.failures[DISK_WRITE], 1);
    assert_int_equal(counts.failures[DISK_READ], 3);
    assert_int_equal(counts.failures[DISK_TRUNCATE], 1);
    assert_int_equal(counts.operations[DISK_WRITE], 4);
}

static void a_torn_write_leaves_whole_sectors_of_its_beginning(void **state)
{
    struct disk_fixture *fixture = *state;
    int some = 0;
    assert_int_equal(raw_fill(fixture->file, 'a', 16 * SECTOR, 0), SQLITE_OK);
    for (int i = 0; i < 50; i++) {
        *disk_plan(fixture->disk) = (struct disk_plan){
            .operation = DISK_WRITE, .countdown = 1, .code = SQLITE_IOERR_WRITE, .torn = true};
        assert_int_equal(raw_fill(fixture->file, 'b', 16 * SECTOR - 100, 100), SQLITE_IOERR_WRITE);
        assert_int_equal(raw_filled_with(fixture->file, SECTOR, 15 * SECTOR), 'a');
        bool ended = false; /* all of 'b' stands before all of 'a' */
        for (size_t sector = 0; sector < 16; sector++) {
            const size_t from = sector == 0 ? 100 : sector * SECTOR;
            const char byte = raw_filled_with(fixture->file, (sector + 1) * SECTOR - from, from);
            assert_true(byte == 'a' || (byte == 'b' && !ended));
            some += byte == 'b';
            ended = byte == 'a';
        }
        assert_int_equal(raw_fill(fixture->file, 'a', 16 * SECTOR, 0), SQLITE_OK);
    }
    assert_true(some > 100);
}

/* Writes 'a' with a sync that fails, then syncs again without a failure, and cuts the power. */
static char after_a_failed_sync(struct disk_fixture *fixture, uint64_t seed, bool marks_clean)
{
    fixture_begin(fixture, seed);
    assert_int_equal(raw_fill(fixture->file, 'o', SECTOR, 0), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    *disk_plan(fixture->disk) = (struct disk_plan){.operation = DISK_SYNC,
                                                   .countdown = 1,
                                                   .code = SQLITE_IOERR_FSYNC,
                                                   .marks_clean = marks_clean};
    assert_int_equal(raw_fill(fixture->file, 'a', SECTOR, 0), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_IOERR_FSYNC);
    assert_int_equal(raw_filled_with(fixture->file, SECTOR, 0), 'a');
    assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    assert_int_equal(raw_filled_with(fixture->file, SECTOR, 0), 'a');
    struct disk_counts counts;
    disk_counts(fixture->disk, &counts);
    assert_int_equal(counts.sectors_lost_clean, marks_clean ? 1 : 0);
    fixture_crash(fixture);
    assert_int_equal(raw_filled_with(fixture->file, SECTOR, 0), 'a'); /* the cache still has it */
    fixture_cut_power(fixture);
    const char left = raw_filled_with(fixture->file, SECTOR, 0);
    fixture_end(fixture);
    return left;
}

static void a_failed_sync_may_lose_what_a_later_one_seems_to_save(void **state)
{
    struct disk_fixture *fixture = *state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        assert_int_equal(after_a_failed_sync(fixture, seed, true), 'o');
        assert_int_equal(after_a_failed_sync(fixture, seed, false), 'a');
    }
}

/* What is written later, and what it leaves blank before it, is saved by a later sync all the same.
 */
static void after_a_failed_sync_new_writes_are_saved(void **state)
{
    struct disk_fixture *fixture = *state;
    assert_int_equal(raw_fill(fixture->file, 'a', 6 * SECTOR, 0), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    *disk_plan(fixture->disk) = (struct disk_plan){
        .operation = DISK_SYNC, .countdown = 1, .code = SQLITE_IOERR_FSYNC, .marks_clean = true};
    assert_int_equal(raw_fill(fixture->file, 'l', SECTOR, 0), SQLITE_OK);
    assert_int_equal(raw_truncate(fixture->file, 2 * SECTOR), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_IOERR_FSYNC);
    assert_int_equal(raw_fill(fixture->file, 'z', SECTOR, 4 * SECTOR), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    fixture_cut_power(fixture);
    assert_int_equal(raw_length(fixture->file), 5 * SECTOR);
    assert_int_equal(raw_filled_with(fixture->file, 2 * SECTOR, 0), 'a');
    assert_int_equal(raw_filled_with(fixture->file, 2 * SECTOR, 2 * SECTOR), 0);
    assert_int_equal(raw_filled_with(fixture->file, SECTOR, 4 * SECTOR), 'z');
}

static void a_full_disk_takes_what_fits(void **state)
{
    struct disk_fixture *fixture = *state;
    struct disk_counts counts;
    disk_plan(fixture->disk)->capacity = 2000;
    assert_int_equal(raw_fill(fixture->file, 'a', 1500, 0), SQLITE_OK);
    struct raw_file other = raw_open("/house/b", SQLITE_OPEN_MAIN_DB);
    assert_int_equal(raw_fill(other, 'b', 1000, 0), SQLITE_FULL);
    assert_int_equal(raw_length(other), 500);                  /* as write(2) does */
    assert_int_equal(raw_fill(other, 'c', 500, 0), SQLITE_OK); /* what is there can be changed */
    assert_int_equal(raw_fill(fixture->file, 'd', 1, 1500), SQLITE_FULL);
    disk_counts(fixture->disk, &counts);
    assert_int_equal(counts.full, 2);
    assert_int_equal(raw_truncate(other, 100), SQLITE_OK);
    assert_int_equal(raw_fill(fixture->file, 'e', 400, 1500), SQLITE_OK);
    raw_close(&other);
    assert_int_equal(raw_fill(fixture->file, 'f', 1, 1900), SQLITE_FULL);
    assert_int_equal(raw_delete("/house/b", 0), SQLITE_OK);
    assert_int_equal(raw_fill(fixture->file, 'f', 100, 1900), SQLITE_OK);
    disk_plan(fixture->disk)->capacity = 0;
    assert_int_equal(raw_fill(fixture->file, 'g', 10000, 0), SQLITE_OK);
}

static void a_stalled_sync_takes_the_houses_time(void **state)
{
    struct disk_fixture *fixture = *state;
    clock_set(10, 1000);
    disk_plan(fixture->disk)->sync_ms = 7;
    assert_int_equal(raw_fill(fixture->file, 'a', 1, 0), SQLITE_OK);
    assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
    assert_int_equal(clock_boot_ms(), 17);
    assert_int_equal(clock_wall(), 1007);
}

static void the_dead_change_nothing(void **state)
{
    struct disk_fixture *fixture = *state;
    char byte;
    assert_int_equal(raw_fill(fixture->file, 'a', 600, 0), SQLITE_OK);
    disk_die(fixture->disk);
    assert_true(disk_is_dead(fixture->disk));
    assert_int_equal(raw_fill(fixture->file, 'b', 600, 0), SQLITE_IOERR_WRITE);
    assert_int_equal(raw_sync(fixture->file), SQLITE_IOERR_FSYNC);
    assert_int_equal(raw_truncate(fixture->file, 0), SQLITE_IOERR_TRUNCATE);
    assert_int_equal(raw_read(fixture->file, &byte, 1, 0), SQLITE_IOERR_READ);
    assert_int_equal(raw_lock(fixture->file, SQLITE_LOCK_SHARED), SQLITE_IOERR_LOCK);
    assert_int_equal(raw_delete(FIXTURE_FILE, 0), SQLITE_IOERR_DELETE);
    assert_false(disk_make(fixture->disk, "/house/b"));
    assert_false(disk_sync_names(fixture->disk));
    fixture_crash(fixture);
    assert_false(disk_is_dead(fixture->disk));
    assert_int_equal(raw_filled_with(fixture->file, 600, 0), 'a');
}

/* The nth operation is the last: it is done, done in part or not at all. */
static void death_comes_in_the_middle_of_an_operation(void **state)
{
    struct disk_fixture *fixture = *state;
    int done = 0, undone = 0, torn = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        fixture_begin(fixture, seed);
        assert_int_equal(raw_fill(fixture->file, 'a', 8 * SECTOR, 0), SQLITE_OK);
        disk_plan(fixture->disk)->death = 2;
        assert_int_equal(raw_sync(fixture->file), SQLITE_OK);
        assert_int_equal(raw_fill(fixture->file, 'b', 8 * SECTOR, 0), SQLITE_IOERR_WRITE);
        assert_true(disk_is_dead(fixture->disk));
        fixture_crash(fixture);
        const char byte = raw_filled_with(fixture->file, 8 * SECTOR, 0);
        done += byte == 'b';
        undone += byte == 'a';
        torn += byte == '?';
        fixture_end(fixture);
    }
    assert_true(done > 10);
    assert_true(undone > 10);
    assert_true(torn > 10);
}

/* ---- Locks ---- */

static void files_are_locked_as_unix_does(void **state)
{
    struct disk_fixture *fixture = *state;
    struct raw_file other = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
    assert_int_equal(raw_lock(fixture->file, SQLITE_LOCK_SHARED), SQLITE_OK);
    assert_int_equal(raw_lock(other, SQLITE_LOCK_SHARED), SQLITE_OK);
    assert_int_equal(raw_lock(fixture->file, SQLITE_LOCK_RESERVED), SQLITE_OK);
    assert_int_equal(raw_lock(other, SQLITE_LOCK_RESERVED), SQLITE_BUSY);
    assert_int_equal(raw_lock(fixture->file, SQLITE_LOCK_EXCLUSIVE), SQLITE_BUSY);
    struct raw_file third = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
    assert_int_equal(raw_lock(third, SQLITE_LOCK_SHARED), SQLITE_BUSY); /* one is pending */
    assert_int_equal(raw_unlock(other, SQLITE_LOCK_NONE), SQLITE_OK);
    assert_int_equal(raw_lock(fixture->file, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
    assert_int_equal(raw_lock(other, SQLITE_LOCK_SHARED), SQLITE_BUSY);
    assert_int_equal(raw_unlock(fixture->file, SQLITE_LOCK_SHARED), SQLITE_OK);
    assert_int_equal(raw_lock(other, SQLITE_LOCK_SHARED), SQLITE_OK);
    raw_close(&third);
    raw_close(&other);
}

static void locks_of_the_log_exclude(void **state)
{
    struct disk_fixture *fixture = *state;
    const int share = SQLITE_SHM_LOCK | SQLITE_SHM_SHARED;
    const int exclude = SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE;
    struct raw_file other = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
    assert_int_equal(raw_shm_lock(fixture->file, 3, 1, share), SQLITE_OK);
    assert_int_equal(raw_shm_lock(other, 3, 1, share), SQLITE_OK);
    assert_int_equal(raw_shm_lock(other, 3, 2, exclude), SQLITE_BUSY);
    assert_int_equal(raw_shm_lock(other, 4, 2, exclude), SQLITE_OK);
    assert_int_equal(raw_shm_lock(fixture->file, 5, 1, share), SQLITE_BUSY);
    assert_int_equal(raw_shm_lock(fixture->file, 5, 1, exclude), SQLITE_BUSY);
    assert_int_equal(raw_shm_lock(fixture->file, 3, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED),
                     SQLITE_OK);
    assert_int_equal(raw_shm_lock(other, 3, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED), SQLITE_OK);
    assert_int_equal(raw_shm_lock(other, 3, 1, exclude), SQLITE_OK);
    raw_close(&other); /* who closes holds no locks */
    assert_int_equal(raw_shm_lock(fixture->file, 3, 3, exclude), SQLITE_OK);
}

static void shared_memory_is_shared_until_the_last_one_leaves(void **state)
{
    struct disk_fixture *fixture = *state;
    void volatile *mine, *theirs;
    struct raw_file other = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
    const sqlite3_io_methods *methods = other.file->pMethods;
    assert_int_equal(methods->xShmMap(other.file, 0, 32768, 0, &theirs), SQLITE_OK);
    assert_null((const void *)theirs);
    assert_int_equal(methods->xShmMap(fixture->file.file, 0, 32768, 1, &mine), SQLITE_OK);
    assert_int_equal(methods->xShmMap(other.file, 0, 32768, 0, &theirs), SQLITE_OK);
    assert_ptr_equal((const void *)mine, (const void *)theirs);
    *(char volatile *)mine = 'x';
    assert_int_equal(methods->xShmUnmap(fixture->file.file, 0), SQLITE_OK);
    assert_int_equal(*(char volatile *)theirs, 'x');
    assert_int_equal(methods->xShmUnmap(other.file, 0), SQLITE_OK);
    assert_int_equal(methods->xShmMap(other.file, 0, 32768, 1, &theirs), SQLITE_OK);
    assert_int_equal(*(char volatile *)theirs, 0);
    disk_plan(fixture->disk)->capacity = 40000; /* a file of its own, in truth */
    assert_int_equal(methods->xShmMap(other.file, 1, 32768, 1, &theirs), SQLITE_IOERR_SHMSIZE);
    raw_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DISK(the_nth_operation_fails),
        WITH_DISK(a_torn_write_leaves_whole_sectors_of_its_beginning),
        WITHOUT_DISK(a_failed_sync_may_lose_what_a_later_one_seems_to_save),
        WITH_DISK(after_a_failed_sync_new_writes_are_saved),
        WITH_DISK(a_full_disk_takes_what_fits),
        WITH_DISK(a_stalled_sync_takes_the_houses_time),
        WITH_DISK(the_dead_change_nothing),
        WITHOUT_DISK(death_comes_in_the_middle_of_an_operation),
        WITH_DISK(files_are_locked_as_unix_does),
        WITH_DISK(locks_of_the_log_exclude),
        WITH_DISK(shared_memory_is_shared_until_the_last_one_leaves),
    };
    return cmocka_run_group_tests_name("disk faults", tests, NULL, NULL);
}
