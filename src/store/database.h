/* Opening one of usher's SQLite files: whose it is, of which version, and how it is kept. */
#ifndef USHER_STORE_DATABASE_H
#define USHER_STORE_DATABASE_H

#include "base/result.h"

#include <sqlite3.h>
#include <stdint.h>

/* In the file's header, where file(1) and SQLite look for whose it is: "ushJ" and "ushT". */
#define JOURNAL_APPLICATION_ID INT64_C(0x7573684a)
#define TABLES_APPLICATION_ID INT64_C(0x75736854)

/* Looks at a file without SQLite, which would begin to write beside it. RESULT_OK: it is missing,
 * empty or may be ours; RESULT_FOREIGN: it is something else; RESULT_IO. */
MUST_USE enum result database_recognize(const char *path, int64_t application_id,
                                        struct explanation *explanation);

/* Opens a file for its one writer. `vfs`: NULL is SQLite's default. `pragmas` are run first
 * (locking mode and page size have to come before anything else). `*version` is the schema version
 * it was written with, 0 for a new file. RESULT_FOREIGN: not this program's file; RESULT_NEWER;
 * RESULT_CORRUPT; RESULT_BUSY; RESULT_IO. On failure nothing stays open. */
MUST_USE enum result database_open(const char *path, int64_t application_id, const char *vfs,
                                   const char *pragmas, sqlite3 **db, int64_t *version,
                                   struct explanation *explanation);

/* Opens an empty file that nobody else knows yet, to be filled in one transaction: nothing is
 * synced, and nothing is kept for going back. */
MUST_USE enum result database_open_unsynced(const char *path, sqlite3 **db,
                                            struct explanation *explanation);

/* Opens a file for reading only, so that it never writes or checkpoints. */
MUST_USE enum result database_open_reader(const char *path, sqlite3 **db,
                                          struct explanation *explanation);

/* Inside a transaction: marks the file as ours and of this version. */
MUST_USE enum result database_mark(sqlite3 *db, int64_t application_id, unsigned version,
                                   struct explanation *explanation);

/* For a file that was just opened: makes what its log holds durable, whatever became of syncs
 * before, then copies it into the file and empties the log, all synced. RESULT_BUSY: somebody still
 * reads an older state. */
MUST_USE enum result database_settle(sqlite3 *db, struct explanation *explanation);

/* Told once for each thing that is wrong. */
typedef void database_fault(void *owner, const char *text);

/* Tells what SQLite's own check of the file finds. */
MUST_USE enum result database_inspect(sqlite3 *db, database_fault *fault, void *owner,
                                      struct explanation *explanation);

/* Tells of each row that names a row which is not there. */
MUST_USE enum result database_inspect_names(sqlite3 *db, database_fault *fault, void *owner,
                                            struct explanation *explanation);

/* Copies the write-ahead log into the file, syncs it and empties the log. RESULT_BUSY: a reader
 * stood in the way of emptying; the file is complete and synced all the same. */
MUST_USE enum result database_checkpoint(sqlite3 *db, struct explanation *explanation);

#endif
