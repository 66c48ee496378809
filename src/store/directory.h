/* The data directory: made, locked, and where its files are. */
#ifndef USHER_STORE_DIRECTORY_H
#define USHER_STORE_DIRECTORY_H

#include "base/result.h"

#include <limits.h>
#include <stdbool.h>

struct directory {
    int lock; /* a descriptor that holds the lock; -1: none */
    char journal[PATH_MAX];
    char tables[PATH_MAX];
};

/* Makes the directory (mode 0700) unless `must_exist`, and locks it for as long as this process has
 * it open. RESULT_BUSY: another server has it. RESULT_NOT_FOUND: it or its data is missing.
 * RESULT_FOREIGN: not a directory. */
MUST_USE enum result directory_open(struct directory *directory, const char *path, bool must_exist,
                                    struct explanation *explanation);

/* Makes durable which files there are in the directory that `file` lies in. */
MUST_USE enum result directory_sync(const char *file, struct explanation *explanation);

void directory_close(struct directory *directory);

#endif
