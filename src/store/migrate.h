/* Bringing the tables to a schema's version: making them, or adding what came since. */
#ifndef USHER_STORE_MIGRATE_H
#define USHER_STORE_MIGRATE_H

#include "base/result.h"
#include "store/schema.h"

/* Does nothing when `from`, the version that the tables have, is the schema's. Otherwise, in one
 * transaction: entities and fields with a `since` above `from` are added (all of them when it is
 * 0), indexes and views are made anew, and the file is marked with the new version. */
MUST_USE enum result migrate(sqlite3 *db, const struct schema *schema, int64_t from,
                             struct explanation *explanation);

#endif
