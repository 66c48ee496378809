/* Records as rows of SQL: a record's fields bound to a statement, a row's columns read back. */
#ifndef USHER_STORE_ROW_H
#define USHER_STORE_ROW_H

#include "base/result.h"
#include "record/record.h"

#include <sqlite3.h>

/* Where ids stand as text while they are bound; lives until the statement is rewound. */
struct row_texts {
    char ids[RECORD_FIELDS_MAX][ID_TEXT_BYTES];
};

/* Binds every field, in the order of the schema, to the parameters 1, 2, ... RESULT_NO_MEMORY. */
MUST_USE enum result row_bind(sqlite3_stmt *statement, const struct record *record,
                              struct row_texts *texts);

/* The same for the fields of the primary key only. */
MUST_USE enum result row_bind_key(sqlite3_stmt *statement, const struct record *record,
                                  struct row_texts *texts);

/* Reads the row that a statement stands on: columns `first`, `first` + 1, ... are the fields in the
 * order of the schema. Texts point into the statement and live until it is stepped or rewound.
 * RESULT_CORRUPT when a column is not of the field's form. */
MUST_USE enum result row_read(sqlite3_stmt *statement, int first, enum record_kind kind,
                              struct record *record);

#endif
