/* The inside of the disk in memory: files, what of them is durable, and the connections to them.
 * Private to the files disk*.c. */
#ifndef USHER_TEST_SIM_DISK_DISK_FILE_H
#define USHER_TEST_SIM_DISK_DISK_FILE_H

#include "disk/disk.h"
#include "disk/extent.h"

#include <sqlite3.h>

#define DISK_NAME_MAX 255

/* One write or truncation that no sync has followed yet: where it was, and how to undo it. */
struct disk_change {
    size_t length_before;              /* the file's */
    size_t first_sector, sector_count; /* what a write left; a truncation: where, and none */
    size_t old_count, first_old;       /* as many of them had been there; where in `old_bytes` */
    bool emptied;                      /* what had been there is `cut_off` */
};

#define SHM_REGIONS_MAX 64 /* of 32 KiB: 4096 pages of log each, as many as a log of 1 GiB has */

struct disk_handle;

struct disk_file {
    struct disk_file *next;
    char name[DISK_NAME_MAX + 1]; /* empty: a temporary file */
    /* A name is given or taken away at once, and that is durable with the next sync of names. */
    bool named, name_durable;
    struct extent written; /* what reads show */
    /* Since the last sync, oldest first: undone, they leave what is durable. */
    struct disk_change *changes;
    size_t change_count, change_capacity;
    struct extent old_bytes;
    struct extent cut_off; /* by the first change that emptied the file */
    /* What is durable, once a failed sync has forgotten changes; until the next power cut. */
    bool has_platter;
    struct extent platter;
    struct disk_handle *handles;
    void *shm_regions[SHM_REGIONS_MAX];
    size_t shm_region_count;
    int shm_region_bytes;
};

/* An open file; SQLite gives the room for it. */
struct disk_handle {
    sqlite3_file base;
    struct disk *disk;
    struct disk_file *file;
    struct disk_handle *next; /* of the same file */
    int level;                /* SQLITE_LOCK_... */
    bool delete_on_close;
    bool syncs_names; /* made the file: as unix does, its first sync is the directory's too */
    bool shm_mapped;
    unsigned shm_shared, shm_exclusive; /* a bit for each of SQLite's locks of the log */
};

struct disk {
    sqlite3_vfs vfs;
    struct chance *chance;
    struct disk_file *files; /* in the order in which they were made */
    struct disk_plan plan;
    struct disk_counts counts;
    int64_t bytes; /* in all files and regions of shared memory */
    bool dead;
};

/* ---- disk.c ---- */

/* Counts an operation and answers what becomes of it. */
enum disk_fate {
    DISK_GOES_WELL,
    DISK_FAILS,      /* with the plan's code */
    DISK_DIES_AFTER, /* it is done, and nobody hears of it */
    DISK_DIES_AMID,  /* a write: done in part */
    DISK_DIES_BEFORE,
    DISK_IS_DEAD,
};
enum disk_fate disk_begin(struct disk *disk, enum disk_operation operation);

struct disk_file *disk_find(const struct disk *disk, const char *name);
/* `name` may be NULL: a file that nobody else finds. */
struct disk_file *disk_create(struct disk *disk, const char *name);
void disk_unname(struct disk *disk, struct disk_file *file);
void disk_names_synced(struct disk *disk);
/* Frees it when it has no name, no durable one and nobody has it open. */
void disk_forget_unless_needed(struct disk *disk, struct disk_file *file);

/* ---- disk_file.c: bytes, without faults ---- */

void file_write(struct disk_file *file, const void *data, size_t length, size_t offset);
void file_truncate(struct disk_file *file, size_t length);
void file_sync(struct disk_file *file);
/* Forgets that anything was changed since the last sync; answers how many sectors that were. */
size_t file_mark_clean(struct disk_file *file);
/* Undoes a change in `extent`, which is as the file was after it. */
void file_undo(const struct disk_file *file, const struct disk_change *change,
               struct extent *extent);
void file_forget_changes(struct disk_file *file);
void file_release(struct disk_file *file);
void file_copy(struct disk_file *to, const struct disk_file *from); /* into an empty one, synced */

/* ---- disk_power.c ---- */

/* The power went: what was changed since the last sync is there in part, as chance will have it. */
void file_lose_power(struct disk_file *file, struct chance *chance, struct disk_counts *counts);

/* ---- disk_lock.c ---- */

int lock_raise(struct disk_handle *handle, int level);
void lock_lower(struct disk_handle *handle, int level);
bool lock_is_reserved(const struct disk_handle *handle);
int shm_map(struct disk_handle *handle, int region, int bytes, bool extend, void volatile **at);
int shm_lock(struct disk_handle *handle, unsigned mask, int flags);
void shm_unmap(struct disk_handle *handle);

/* ---- disk_vfs.c ---- */

void vfs_describe(struct disk *disk);

#endif
