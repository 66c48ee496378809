/* Taking up a data directory whose tables are of the old form (rebuild.h), as whole files.
 *
 *   1  what an upgrade that was broken off left is removed
 *   2  room and time are told; without room, or with rows or tables that cannot be taken along,
 *      nothing is changed
 *   3  the old file's log is folded into it and durably emptied
 *   4  the old file is locked against everybody else, up to the end
 *   5  the new file is built beside it, in one transaction that syncs nothing
 *   6  it is held against the old one, row by row, and beside that, in a thread of its own, SQLite
 *      checks it by itself
 *   7  it is synced, then renamed over the old one, then the directory is synced
 *
 * Up to the rename the old file is whole and in its place; from it on the new one is. Each step may
 * be broken off at any moment, by a kill, a full disk or a power cut, and the next start begins
 * anew. Nothing of the old file is kept: it holds people's data, and a copy made before is the way
 * back. */
#ifndef USHER_STORE_UPGRADE_H
#define USHER_STORE_UPGRADE_H

#include "store/directory.h"
#include "store/store.h"

/* For a directory whose tables bookkeeper_open called RESULT_OLDER; nothing has it open. The
 * watch is told how it goes. RESULT_FULL: too little room; RESULT_BUSY: another program has the
 * tables open; RESULT_CORRUPT, RESULT_FOREIGN: something in them cannot be taken along; RESULT_IO,
 * RESULT_NO_MEMORY. On a failure the old tables are in their place. */
MUST_USE enum result upgrade_tables(const struct directory *directory,
                                    const struct store_upgrade_watch *watch,
                                    struct explanation *explanation);

#endif
