/* A file system under SQLite that fails when it is told to: the one below it, with writes, syncs
 * and truncations counted and refused. */
#ifndef USHER_TEST_STORE_FAULT_VFS_H
#define USHER_TEST_STORE_FAULT_VFS_H

#include <stdbool.h>

struct fault_plan {
    int countdown; /* the operation that fails: 1 is the next one; 0: none */
    bool lasting;  /* and all after it, until the plan is changed */
    int result;    /* the SQLite code that it fails with */
    int failed;    /* how often it did */
};

/* Registers it for every connection opened from now on; the plan stays the caller's. */
void fault_vfs_install(struct fault_plan *plan);

#endif
