/* Tables of the old form, whose ids are text, written anew in today's form, and the two compared.
 * Knows rows; where the files lie and what becomes of them is upgrade.h's. */
#ifndef USHER_STORE_REBUILD_H
#define USHER_STORE_REBUILD_H

#include "base/result.h"
#include "store/schema.h"

#include <sqlite3.h>
#include <stdint.h>

/* The first schema version whose ids are not text. Tables of a version below are rebuilt, from any
 * version to the newest at once; above, migrate.h adds what is missing. */
#define REBUILD_VERSION 3

/* What is done with each row: it is copied, indexed, held against the old one, and looked at by
 * SQLite's own checks. */
#define REBUILD_STEPS_A_ROW 4

struct rebuild {
    sqlite3 *db; /* its "main" is the new file, its "old" the old one; the old is only read */
    const struct schema *schema;
    int64_t from; /* the old file's version */
    /* Told now and then how many steps are done since the last time. */
    void (*advance)(void *owner, uint64_t steps);
    void *owner;
};

/* On a connection whose main file is the old one. RESULT_FOREIGN: somebody added a table or a
 * column of their own, which the new file would not have. */
MUST_USE enum result rebuild_recognize(sqlite3 *old, const struct schema *schema, int64_t from,
                                       struct explanation *explanation);

/* On the same connection: how many rows there are in all. */
MUST_USE enum result rebuild_count(sqlite3 *old, const struct schema *schema, int64_t from,
                                   uint64_t *rows, struct explanation *explanation);

/* Inside a transaction, in a new file: makes the tables, copies every row, and makes the indexes
 * and views. A field that the old version lacks gets its column's default. RESULT_CORRUPT: a row
 * cannot be converted; the explanation says which. */
MUST_USE enum result rebuild_tables(const struct rebuild *rebuild, struct explanation *explanation);

/* The two halves of the check, afterwards. Both only read, so each may have a thread and a
 * connection of its own. RESULT_CORRUPT: not so. */

/* Every row is in the new file as it is in the old one, and nothing else is there. */
MUST_USE enum result rebuild_compare(const struct rebuild *rebuild,
                                     struct explanation *explanation);

/* Of the new file alone, and "old" need not be there: references lead somewhere; trees and indexes
 * are whole. */
MUST_USE enum result rebuild_inspect(const struct rebuild *rebuild,
                                     struct explanation *explanation);

#endif
