/* A disk in memory, under SQLite: a VFS that keeps what was written apart from what was synced, so
 * that a process can die, or the power can go, at any moment, and that fails when it is told to. */
#ifndef USHER_TEST_SIM_DISK_DISK_H
#define USHER_TEST_SIM_DISK_DISK_H

#include "disk/chance.h"

#include <stdbool.h>
#include <stdint.h>

struct disk;

enum disk_operation {
    DISK_READ,
    DISK_WRITE,
    DISK_TRUNCATE,
    DISK_SYNC,
    DISK_OPERATION_COUNT,
};

/* What the next operations do. A plan is the disk's; it is changed at any time. */
struct disk_plan {
    /* Of `operation`, the `countdown`th from now fails with the SQLite code `code`; 0: none. */
    enum disk_operation operation;
    int countdown;
    int code;         /* SQLITE_IOERR_..., SQLITE_FULL */
    bool lasting;     /* and all of that operation after it, until the plan is changed */
    bool marks_clean; /* a failed sync drops what was written since the last and forgets that it
                         was dirty: reads still show it until the machine goes down, a later sync
                         does not save it (Rebello et al., "Can Applications Recover from fsync
                         Failures?", USENIX ATC 2020) */
    bool torn;        /* a failed write leaves a prefix, in whole sectors, behind */
    int64_t capacity; /* bytes in all files, past which writes are SQLITE_FULL; 0: no bound */
    int64_t sync_ms;  /* house time that each sync takes; the clock is moved on by it */
    /* The `death`th operation of any kind from now is the moment of death: disk_die, with that
     * operation done, done in part (a write) or not at all; 0: none. */
    int death;
};

/* `chance` decides what of the unsynced survives a power cut, and seeds SQLite's own; it stays the
 * caller's. Registers itself as SQLite's default VFS until it is freed; one at a time. The first
 * one in a process configures SQLite, so nothing of SQLite's is used before. */
struct disk *disk_new(struct chance *chance);

/* Everything that was open on it is closed. */
void disk_free(struct disk *disk);

/* The one that there is, or NULL. */
struct disk *disk_current(void);

struct disk_plan *disk_plan(struct disk *disk);

/* From now on every operation fails and changes nothing: the process is as good as dead, and what
 * it still closes does no harm. Then one of the two below. */
void disk_die(struct disk *disk);
bool disk_is_dead(const struct disk *disk);

/* All files are as they were last written: the process died, the machine did not. Here and below
 * everything that was open is closed. */
void disk_revive_after_crash(struct disk *disk);

/* All files are as they were last synced, but that of what was written since any part may have
 * reached the platter too: each sector of 512 bytes in its old or one of its newer states, a file's
 * length between the old and the new; files never synced may be empty or missing. */
void disk_revive_after_power_cut(struct disk *disk);

/* ---- Files by name, for the data directory; there is one directory on the disk ---- */

bool disk_has(const struct disk *disk, const char *name);

/* Makes an empty file unless there is one. False: the disk is dead. */
bool disk_make(struct disk *disk, const char *name);

/* Makes the names of all files durable; an operation (DISK_SYNC) like any other. */
bool disk_sync_names(struct disk *disk);

/* ---- Images: a prepared disk, so that not every run begins with making the tables ---- */

struct disk_image;

/* What is on the disk, all of it taken for synced. Nothing is open. */
struct disk_image *disk_save(const struct disk *disk);
void disk_image_free(struct disk_image *image);

/* Onto an empty disk. */
void disk_load(struct disk *disk, const struct disk_image *image);

struct disk_counts {
    uint64_t operations[DISK_OPERATION_COUNT];
    uint64_t failures[DISK_OPERATION_COUNT];
    uint64_t full;               /* writes refused for want of space */
    uint64_t sectors_dropped;    /* unsynced sectors that a power cut took */
    uint64_t sectors_kept;       /* unsynced ones that it left */
    uint64_t sectors_lost_clean; /* by a failed sync that marked them clean */
    int64_t bytes;               /* in all files, now */
};
void disk_counts(const struct disk *disk, struct disk_counts *counts);

#endif
