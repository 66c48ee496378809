/* Bringing the tables to a schema's version: making them, or adding what came since. Tables whose
 * rows are of another form are built anew; see rebuild.h. */
#ifndef USHER_STORE_MIGRATE_H
#define USHER_STORE_MIGRATE_H

#include "base/result.h"
#include "store/schema.h"

/* The versions that brought the tables of no entity: happenings.h, change_table.h, minute_table.h.
 */
#define HAPPENINGS_SINCE 4
#define CHANGES_SINCE 6
#define MINUTES_SINCE 15

/* Does nothing when `from`, the version that the tables have, is the schema's. Otherwise, in one
 * transaction: entities and fields with a `since` above `from` are added (all of them when it is
 * 0), indexes and views are made anew, and the file is marked with the new version. */
MUST_USE enum result migrate(sqlite3 *db, const struct schema *schema, int64_t from,
                             struct explanation *explanation);

/* The two halves of making them, for whoever fills the tables in between: the tables of entities
 * and fields with a `since` above `from`, then the indexes and the view of each entity. */
MUST_USE enum result migrate_tables(sqlite3 *db, const struct schema *schema, int64_t from,
                                    struct explanation *explanation);
MUST_USE enum result migrate_derived(sqlite3 *db, const struct schema *schema,
                                     const struct entity_schema *entity,
                                     struct explanation *explanation);

#endif
