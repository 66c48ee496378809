/* SQLite's answer to journal.h: a file with one table, which one connection in the world has open.
 */
#ifndef USHER_STORE_SQLITE_JOURNAL_H
#define USHER_STORE_SQLITE_JOURNAL_H

#include "store/journal.h"

/* The schema version that brought the chain. A row of an older one has a checksum of itself alone
 * in its place, by the name of `checksum`. */
#define CHAIN_SINCE 18

/* Opens, makes or recovers the file, whose rows then are durable. `path` lives as long as the
 * journal. */
MUST_USE enum result sqlite_journal_open(const char *path, struct journal **journal,
                                         struct explanation *explanation);

#endif
