/* A disk in memory with one file open on it. */
#ifndef USHER_TEST_SIM_DISK_DISK_FIXTURE_H
#define USHER_TEST_SIM_DISK_DISK_FIXTURE_H

#include "disk/raw_file.h"

#define SECTOR 512
#define FIXTURE_FILE "/house/a file"

struct disk_fixture {
    struct chance chance;
    struct disk *disk;
    struct raw_file file; /* its name is durable */
};

void fixture_begin(struct disk_fixture *fixture, uint64_t seed);
void fixture_end(struct disk_fixture *fixture);

/* The process or the machine goes, comes back and opens the file again. */
void fixture_crash(struct disk_fixture *fixture);
void fixture_cut_power(struct disk_fixture *fixture);

/* For cmocka: the state is a fixture that has begun, or that the test begins itself. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);
int fixture_allocate(void **state);
int fixture_drop(void **state);

#define WITH_DISK(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)
#define WITHOUT_DISK(test) cmocka_unit_test_setup_teardown(test, fixture_allocate, fixture_drop)

#endif
