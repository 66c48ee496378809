/* See migrate.h. The steps have no list of their own: schema.def says of every entity and field
 * which version brought it, and nothing is ever taken away. */
#include "store/migrate.h"

#include "base/check.h"
#include "store/database.h"
#include "store/sqlite_util.h"

/* More objects than any schema has: one table, one view and some indexes an entity. */
#define DROP_ROUNDS_MAX (SCHEMA_ENTITIES_MAX * RECORD_FIELDS_MAX)

/* The tables' own account of how far they are. */
static const char bookkeeping_sql[] =
    "CREATE TABLE \"bookkeeping\" (\"id\" INTEGER PRIMARY KEY CHECK (\"id\" = 1), "
    "\"booked_seq\" INTEGER NOT NULL) STRICT;"
    "INSERT INTO \"bookkeeping\" VALUES (1, 0);";

/* happenings.h */
static const char happening_sql[] =
    "CREATE TABLE \"happening\" (\"minute\" INTEGER NOT NULL, \"why\" TEXT NOT NULL, "
    "\"entity\" TEXT NOT NULL, \"rows\" INTEGER NOT NULL, "
    "PRIMARY KEY (\"minute\", \"why\", \"entity\")) STRICT, WITHOUT ROWID;";

/* change_table.h */
static const char change_sql[] =
    "CREATE TABLE \"change\" (\"first\" INTEGER PRIMARY KEY, \"at\" INTEGER NOT NULL, "
    "\"count\" INTEGER NOT NULL, \"records\" BLOB NOT NULL) STRICT;";

/* minute_table.h */
static const char house_minute_sql[] =
    "CREATE TABLE \"house_minute\" (\"minute\" INTEGER PRIMARY KEY"
#define SERIES(name, column, json, together) ", \"" #column "\" INTEGER NOT NULL"
#include "read/house_minute.def"
    ") STRICT;";

/* Tables of no entity. */
static const struct other_table {
    unsigned since;
    const char *sql;
} other_tables[] = {
    {.since = 1, .sql = bookkeeping_sql},
    {.since = HAPPENINGS_SINCE, .sql = happening_sql},
    {.since = CHANGES_SINCE, .sql = change_sql},
    {.since = MINUTES_SINCE, .sql = house_minute_sql},
};

static enum result make_other_tables(sqlite3 *db, unsigned to, int64_t from,
                                     struct explanation *explanation)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; i < sizeof other_tables / sizeof other_tables[0]; i++)
        if (result == RESULT_OK && other_tables[i].since > from && other_tables[i].since <= to)
            result = sqlite_run(db, other_tables[i].sql, explanation);
    return result;
}

static enum result add_columns(sqlite3 *db, const struct schema *schema,
                               const struct entity_schema *entity, int64_t from,
                               struct explanation *explanation)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        if (entity->fields[i].since <= from)
            continue;
        const enum result result = sqlite_run_owned(
            db, schema_add_column_sql(schema, entity, &entity->fields[i]), explanation);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

enum result migrate_tables(sqlite3 *db, const struct schema *schema, int64_t from,
                           struct explanation *explanation)
{
    enum result result = make_other_tables(db, schema->version, from, explanation);
    for (size_t i = 0; i < schema->entity_count && result == RESULT_OK; i++) {
        const struct entity_schema *entity = &schema->entities[i];
        result = entity->since > from
                     ? sqlite_run_owned(db, schema_table_sql(schema, entity), explanation)
                     : add_columns(db, schema, entity, from, explanation);
    }
    return result;
}

/* The statement that drops one index or view of ours; NULL in `*sql` when none is left. */
static enum result next_drop(sqlite3 *db, char **sql, struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    enum result result = sqlite_prepare(db,
                                        "SELECT type, name FROM sqlite_schema WHERE type = 'view' "
                                        "OR (type = 'index' AND sql IS NOT "
                                        "NULL) LIMIT 1",
                                        &statement, explanation);
    if (result != RESULT_OK)
        return result;
    *sql = NULL;
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *sql = sqlite3_mprintf("DROP %s \"%w\"", sqlite3_column_text(statement, 0),
                               sqlite3_column_text(statement, 1));
        if (*sql == NULL)
            result = explain(explanation, RESULT_NO_MEMORY, "no memory for a statement");
    } else if (code != SQLITE_DONE) {
        result = sqlite_failure(db, explanation);
    }
    sqlite_drop(&statement);
    return result;
}

static enum result drop_derived(sqlite3 *db, struct explanation *explanation)
{
    for (size_t i = 0; i < DROP_ROUNDS_MAX; i++) {
        char *sql;
        enum result result = next_drop(db, &sql, explanation);
        if (result != RESULT_OK || sql == NULL)
            return result;
        result = sqlite_run_owned(db, sql, explanation);
        if (result != RESULT_OK)
            return result;
    }
    return explain(explanation, RESULT_CORRUPT, "%s has more indexes than usher ever made",
                   sqlite3_db_filename(db, "main"));
}

enum result migrate_derived(sqlite3 *db, const struct schema *schema,
                            const struct entity_schema *entity, struct explanation *explanation)
{
    const enum result result = sqlite_run_owned(db, schema_indexes_sql(entity), explanation);
    return result == RESULT_OK ? sqlite_run_owned(db, schema_view_sql(schema, entity), explanation)
                               : result;
}

static enum result migrate_inside(sqlite3 *db, const struct schema *schema, int64_t from,
                                  struct explanation *explanation)
{
    enum result result = drop_derived(db, explanation);
    if (result == RESULT_OK)
        result = migrate_tables(db, schema, from, explanation);
    for (size_t i = 0; i < schema->entity_count && result == RESULT_OK; i++)
        result = migrate_derived(db, schema, &schema->entities[i], explanation);
    if (result == RESULT_OK)
        result = database_mark(db, TABLES_APPLICATION_ID, schema->version, explanation);
    return result;
}

enum result migrate(sqlite3 *db, const struct schema *schema, int64_t from,
                    struct explanation *explanation)
{
    CHECK(from >= 0 && from <= schema->version);
    if (from == schema->version)
        return RESULT_OK;
    enum result result = sqlite_run(db, "BEGIN IMMEDIATE", explanation);
    if (result != RESULT_OK)
        return result;
    result = migrate_inside(db, schema, from, explanation);
    if (result == RESULT_OK)
        result = sqlite_run(db, "COMMIT", explanation);
    struct explanation rollback;
    if (result != RESULT_OK && !sqlite3_get_autocommit(db) &&
        sqlite_run(db, "ROLLBACK", &rollback) != RESULT_OK)
        return result; /* the connection is closed next, which rolls back too */
    return result;
}
