/* A file on the disk in memory, used as SQLite uses it but by hand. */
#ifndef USHER_TEST_SIM_DISK_RAW_FILE_H
#define USHER_TEST_SIM_DISK_RAW_FILE_H

#include "disk/disk.h"

#include <sqlite3.h>
#include <stddef.h>

struct raw_file {
    sqlite3_file *file;
};

/* Opens or makes it. */
struct raw_file raw_open(const char *name, int flags);
void raw_close(struct raw_file *raw);

/* SQLite codes. */
int raw_write(struct raw_file raw, const void *data, size_t length, size_t offset);
int raw_read(struct raw_file raw, void *data, size_t length, size_t offset);
int raw_truncate(struct raw_file raw, size_t length);
int raw_sync(struct raw_file raw);
int raw_lock(struct raw_file raw, int level);
int raw_unlock(struct raw_file raw, int level);
int raw_shm_lock(struct raw_file raw, int first, int count, int flags);

size_t raw_length(struct raw_file raw);

/* By name; a SQLite code. */
int raw_delete(const char *name, int sync_names);

/* `count` bytes, all of them this one. */
int raw_fill(struct raw_file raw, char byte, size_t count, size_t offset);

/* The byte that all of these are, or '?' when they differ. */
char raw_filled_with(struct raw_file raw, size_t count, size_t offset);

#endif
