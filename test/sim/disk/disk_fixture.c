/* See disk_fixture.h. */
#include "disk/disk_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

void fixture_begin(struct disk_fixture *fixture, uint64_t seed)
{
    chance_init(&fixture->chance, seed, 0);
    fixture->disk = disk_new(&fixture->chance);
    assert_true(disk_make(fixture->disk, FIXTURE_FILE));
    assert_true(disk_sync_names(fixture->disk));
    fixture->file = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
}

void fixture_end(struct disk_fixture *fixture)
{
    raw_close(&fixture->file);
    disk_free(fixture->disk);
}

void fixture_crash(struct disk_fixture *fixture)
{
    disk_die(fixture->disk);
    raw_close(&fixture->file);
    disk_revive_after_crash(fixture->disk);
    fixture->file = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
}

void fixture_cut_power(struct disk_fixture *fixture)
{
    disk_die(fixture->disk);
    raw_close(&fixture->file);
    disk_revive_after_power_cut(fixture->disk);
    fixture->file = raw_open(FIXTURE_FILE, SQLITE_OPEN_MAIN_DB);
}

int fixture_allocate(void **state)
{
    *state = calloc(1, sizeof(struct disk_fixture));
    return *state == NULL ? -1 : 0;
}

int fixture_drop(void **state)
{
    free(*state);
    return 0;
}

int fixture_set_up(void **state)
{
    if (fixture_allocate(state) != 0)
        return -1;
    fixture_begin(*state, 1);
    return 0;
}

int fixture_tear_down(void **state)
{
    fixture_end(*state);
    return fixture_drop(state);
}
