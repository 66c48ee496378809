/* SQLite's answer to sql.h. */
#ifndef USHER_STORE_SQLITE_SQL_H
#define USHER_STORE_SQLITE_SQL_H

#include "store/sql.h"

#include <sqlite3.h>

/* A connection of its own to a file of tables, for reading only: it never writes or checkpoints. Up
 * to `cache_kib` KiB of pages stay in its memory. The audits' function is known to it (id_text.h).
 */
MUST_USE enum result sqlite_sql_open(const char *path, unsigned cache_kib,
                                     struct sql_connection **connection,
                                     struct explanation *explanation);

/* A second way to speak to the one that writes them, whose owner closes that after this. NULL: no
 * memory. */
struct sql_connection *sqlite_sql_lend(sqlite3 *db);

#endif
