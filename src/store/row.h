/* Records as rows of SQL: a record's fields given to a statement, a row's columns read back. */
#ifndef USHER_STORE_ROW_H
#define USHER_STORE_ROW_H

#include "base/result.h"
#include "record/record.h"
#include "store/sql.h"
#include "store/sql_text.h"

/* ---- Statements ---- */

/* `alias`."a",`alias`."b",... in the order of the fields, for row_read. */
void row_add_columns(struct sql_text *text, const struct entity_schema *entity, const char *alias);

/* SELECT of all fields, and DELETE, by primary key, for row_bind_key. */
void row_select_sql(struct sql_text *text, const struct entity_schema *entity);
void row_delete_sql(struct sql_text *text, const struct entity_schema *entity);

/* ---- Values ---- */

/* Field number `i` as SQL has it; it lives as long as the record. */
struct sql_value row_value(const struct record *record, size_t i);

/* Binds the fields of the primary key, in the order of the schema, to the parameters 1, 2, ...; the
 * record lives until the statement is rewound. RESULT_NO_MEMORY. */
MUST_USE enum result row_bind_key(struct sql_statement *statement, const struct record *record);

/* Reads the row that a statement stands on: columns `first`, `first` + 1, ... are the fields in the
 * order of the schema. Texts point into the statement and live until it is stepped or rewound.
 * RESULT_CORRUPT when a column is not of the field's form. */
MUST_USE enum result row_read(struct sql_statement *statement, int first, enum record_kind kind,
                              struct record *record);

#endif
