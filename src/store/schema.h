/* The SQL that follows from schema.def: tables, indexes, views and the statement that writes rows.
 * Every answer is a text to be freed with sqlite3_free, or NULL when there is no memory. */
#ifndef USHER_STORE_SCHEMA_H
#define USHER_STORE_SCHEMA_H

#include "record/record.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Every identifier of this program's own tables fits; a schema has far fewer entities. */
#define SCHEMA_ENTITIES_MAX 64

/* A schema at one version, as data: the program's own, or one that a test invents. */
struct schema {
    unsigned version;
    size_t entity_count;
    struct entity_schema entities[SCHEMA_ENTITIES_MAX]; /* parents first */
};

/* The program's own. */
void schema_current(struct schema *schema);

/* CREATE TABLE with all of the entity's columns. */
char *schema_table_sql(const struct schema *schema, const struct entity_schema *entity);

/* ALTER TABLE ADD COLUMN, for a field that is younger than its entity. */
char *schema_add_column_sql(const struct schema *schema, const struct entity_schema *entity,
                            const struct field_schema *field);

/* CREATE INDEX for every INDEXED or LISTED field and every look-up that needs one of its own; an
 * empty text when there are none. */
char *schema_indexes_sql(const struct entity_schema *entity);

/* CREATE VIEW <table>_readable: ids as id_format writes them, times as RFC 3339 text, secrets left
 * out. */
char *schema_view_sql(const struct schema *schema, const struct entity_schema *entity);

/* INSERT of the rows of the row source; where the key exists the row is updated. `quick` leaves
 * alone what indexes or references follow and every row has: a row in which it differs stays as it
 * is, and is not counted as changed. The other one writes just those rows, whole. */
char *schema_upsert_sql(const struct entity_schema *entity, bool quick);

#endif
