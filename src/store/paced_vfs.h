/* A VFS of SQLite's that syncs a file again and again while much is written to it. A sync that has
 * tens of megabytes to write keeps the disk for tens of milliseconds, and whoever else syncs
 * meanwhile waits behind it: the bookkeeper's commits and checkpoints would stop the engine. */
#ifndef USHER_STORE_PACED_VFS_H
#define USHER_STORE_PACED_VFS_H

#include "base/result.h"

#define PACED_VFS_NAME "paced"

/* Registers it over the VFS that is the default now. May be called again, while nothing is open
 * through it: the last default counts. */
MUST_USE enum result paced_vfs_register(void);

#endif
