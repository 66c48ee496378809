/* The few calls of SQLite that every file of the store makes, with errors as results and sentences.
 * Knows no table. */
#ifndef USHER_STORE_SQLITE_UTIL_H
#define USHER_STORE_SQLITE_UTIL_H

#include "base/result.h"

#include <sqlite3.h>
#include <stdint.h>

/* The result that stands for the last failure of a connection; the explanation names its file and
 * what SQLite and the operating system said. */
enum result sqlite_failure(sqlite3 *db, struct explanation *explanation);

/* Runs statements that answer nothing of interest. */
MUST_USE enum result sqlite_run(sqlite3 *db, const char *sql, struct explanation *explanation);

MUST_USE enum result sqlite_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement,
                                    struct explanation *explanation);

/* The same for generated text, which is freed; NULL is what SQLite's text functions answer when
 * there is no memory. */
MUST_USE enum result sqlite_prepare_owned(sqlite3 *db, char *sql, sqlite3_stmt **statement,
                                          struct explanation *explanation);
MUST_USE enum result sqlite_run_owned(sqlite3 *db, char *sql, struct explanation *explanation);

/* The integer that a query answers in its first row; RESULT_NOT_FOUND without a row. */
MUST_USE enum result sqlite_integer(sqlite3 *db, const char *sql, int64_t *value,
                                    struct explanation *explanation);

/* Runs a prepared statement that answers no rows, and resets it. */
MUST_USE enum result sqlite_step_done(sqlite3_stmt *statement);

/* Makes a statement ready for the next use, its bindings kept. What it answered was seen by
 * whoever stepped it, so there is nothing to return. */
void sqlite_rewind(sqlite3_stmt *statement);

/* Finalizes and forgets. NULL is fine. */
void sqlite_drop(sqlite3_stmt **statement);

/* Closes a connection whose statements are finalized, and forgets it. NULL is fine. */
void sqlite_shut(sqlite3 **db);

#endif
