/* Rows of the overlay as a table that SQL selects from, so that one statement writes many of them:
 * a statement a row would open and close the table, its indexes and those it refers to for each.
 * A virtual table (sqlite.org/vtab.html) that exists by its name alone, on one connection. */
#ifndef USHER_STORE_ROW_SOURCE_H
#define USHER_STORE_ROW_SOURCE_H

#include "base/result.h"
#include "store/overlay.h"

#include <sqlite3.h>

/* What the table holds while a statement runs: rows of one kind, none of them deleted. */
struct row_source {
    const struct overlay_row *const *rows;
    size_t count;
};

/* Makes the table known to a connection; `source` lives as long as that. */
MUST_USE enum result row_source_register(sqlite3 *db, struct row_source *source,
                                         struct explanation *explanation);

/* SELECT of the first `column_count` fields, in the order of the rows; to be freed with
 * sqlite3_free. NULL: no memory. It ends in a WHERE, which keeps an ON CONFLICT after it from being
 * read as a join's ON. */
char *row_source_select_sql(size_t column_count);

#endif
