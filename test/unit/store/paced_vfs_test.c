/* What is written comes back, and is synced before there is much of it. */
#include "fault_vfs.h"
#include "store/paced_vfs.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PART_BYTES (64 << 10)
#define PARTS_UNSYNCED 8 /* make half a megabyte */

static struct fault_plan plan;

struct file {
    char directory[32], path[48];
    sqlite3_file *open;
};

static int setup(void **state)
{
    struct file *file = calloc(1, sizeof *file);
    assert_non_null(file);
    memcpy(file->directory, "/tmp/usher-test-XXXXXX", sizeof "/tmp/usher-test-XXXXXX");
    assert_non_null(mkdtemp(file->directory));
    (void)snprintf(file->path, sizeof file->path, "%s/file", file->directory);
    sqlite3_vfs *vfs = sqlite3_vfs_find(PACED_VFS_NAME);
    assert_non_null(vfs);
    file->open = calloc(1, (size_t)vfs->szOsFile);
    assert_non_null(file->open);
    assert_int_equal(vfs->xOpen(vfs, file->path, file->open,
                                SQLITE_OPEN_CREATE | SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB,
                                NULL),
                     SQLITE_OK);
    *state = file;
    return 0;
}

static int teardown(void **state)
{
    struct file *file = *state;
    plan = (struct fault_plan){0};
    assert_int_equal(file->open->pMethods->xClose(file->open), SQLITE_OK);
    assert_int_equal(unlink(file->path), 0);
    assert_int_equal(rmdir(file->directory), 0);
    free(file->open);
    free(file);
    return 0;
}

static int write_part(struct file *file, int part)
{
    uint8_t bytes[PART_BYTES];
    memset(bytes, part + 1, sizeof bytes);
    return file->open->pMethods->xWrite(file->open, bytes, sizeof bytes,
                                        (sqlite3_int64)part * PART_BYTES);
}

static void what_is_written_comes_back(void **state)
{
    struct file *file = *state;
    for (int part = 0; part < 3 * PARTS_UNSYNCED; part++)
        assert_int_equal(write_part(file, part), SQLITE_OK);
    for (int part = 0; part < 3 * PARTS_UNSYNCED; part++) {
        uint8_t bytes[2];
        assert_int_equal(file->open->pMethods->xRead(file->open, bytes, sizeof bytes,
                                                     (sqlite3_int64)(part + 1) * PART_BYTES - 2),
                         SQLITE_OK);
        assert_true(bytes[0] == part + 1 && bytes[1] == part + 1);
    }
}

/* The plan counts writes and syncs: the one after the eighth write is its sync, and again. */
static void much_is_synced_on_the_way(void **state)
{
    struct file *file = *state;
    for (int again = 0; again < 2; again++) {
        plan = (struct fault_plan){.countdown = PARTS_UNSYNCED + 1, .result = SQLITE_IOERR_FSYNC};
        for (int part = 0; part < PARTS_UNSYNCED - 1; part++)
            assert_int_equal(write_part(file, part), SQLITE_OK);
        assert_int_equal(write_part(file, PARTS_UNSYNCED - 1), SQLITE_IOERR_FSYNC);
        assert_int_equal(plan.failed, 1);
    }
}

static void a_sync_begins_the_count_anew(void **state)
{
    struct file *file = *state;
    assert_int_equal(write_part(file, 0), SQLITE_OK);
    assert_int_equal(file->open->pMethods->xSync(file->open, SQLITE_SYNC_NORMAL), SQLITE_OK);
    plan = (struct fault_plan){.countdown = PARTS_UNSYNCED, .result = SQLITE_IOERR_FSYNC};
    for (int part = 1; part < PARTS_UNSYNCED; part++)
        assert_int_equal(write_part(file, part), SQLITE_OK);
    assert_int_equal(plan.failed, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_comes_back),
        TEST(much_is_synced_on_the_way),
        TEST(a_sync_begins_the_count_anew),
    };
    fault_vfs_install(&plan);
    if (paced_vfs_register() != RESULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
