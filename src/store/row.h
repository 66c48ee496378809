/* Records as rows of SQL: a record's fields given to SQLite, a row's columns read back. */
#ifndef USHER_STORE_ROW_H
#define USHER_STORE_ROW_H

#include "base/result.h"
#include "record/record.h"

#include <sqlite3.h>

/* Binds the fields of the primary key, in the order of the schema, to the parameters 1, 2, ...; the
 * record lives until the statement is rewound. RESULT_NO_MEMORY. */
MUST_USE enum result row_bind_key(sqlite3_stmt *statement, const struct record *record);

/* Binds a copy of the id. RESULT_NO_MEMORY. */
MUST_USE enum result row_bind_id(sqlite3_stmt *statement, int parameter, struct id id);

/* Answers SQLite, which asks for the field number `i`; the record lives until the value is not used
 * any more. */
void row_answer(sqlite3_context *context, const struct record *record, size_t i);

/* False, and `id` untouched, unless the value is a blob of ID_BYTES. */
MUST_USE bool row_read_id(sqlite3_value *value, struct id *id);

/* Reads the row that a statement stands on: columns `first`, `first` + 1, ... are the fields in the
 * order of the schema. Texts point into the statement and live until it is stepped or rewound.
 * RESULT_CORRUPT when a column is not of the field's form. */
MUST_USE enum result row_read(sqlite3_stmt *statement, int first, enum record_kind kind,
                              struct record *record);

#endif
