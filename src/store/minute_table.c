/* See minute_table.h. */
#include "store/minute_table.h"

#include "store/database.h"
#include "store/sqlite_util.h"

#include <stdbool.h>

#define STRINGIFIED(number) #number
#define TEXT_OF(number) STRINGIFIED(number)

enum result minute_table_make(sqlite3 *db, struct explanation *explanation)
{
    return sqlite_run(db,
                      "CREATE TABLE \"house_minute\" (\"minute\" INTEGER PRIMARY KEY"
#define SERIES(name, column, json, together) ", \"" #column "\" INTEGER NOT NULL"
#include "read/house_minute.def"
                      ") STRICT;",
                      explanation);
}

enum result minute_table_prepare(struct minute_table *table, sqlite3 *db,
                                 struct explanation *explanation)
{
    enum result result = sqlite_prepare(db,
                                        "INSERT OR REPLACE INTO \"house_minute\" VALUES (?"
#define SERIES(name, column, json, together) ", ?"
#include "read/house_minute.def"
                                        ")",
                                        &table->put, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(
            db, "DELETE FROM \"house_minute\" WHERE \"minute\" <= ?1 - " TEXT_OF(MINUTES_KEPT),
            &table->forget, explanation);
    return result;
}

void minute_table_drop(struct minute_table *table)
{
    sqlite_drop(&table->put);
    sqlite_drop(&table->forget);
}

static enum result put_one(struct minute_table *table, const struct house_minute *minute)
{
    sqlite3_stmt *put = table->put;
    bool bound = sqlite3_bind_int64(put, 1, minute->minute) == SQLITE_OK;
    for (int i = 0; i < SERIES_COUNT && bound; i++)
        bound = sqlite3_bind_int64(put, i + 2, minute->values[i]) == SQLITE_OK;
    return bound ? sqlite_step_done(put) : RESULT_NO_MEMORY;
}

enum result minute_table_put(struct minute_table *table, const struct house_minute *minutes,
                             size_t count)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; i < count && result == RESULT_OK; i++)
        result = put_one(table, &minutes[i]);
    if (count == 0 || result != RESULT_OK)
        return result;
    if (sqlite3_bind_int64(table->forget, 1, minutes[count - 1].minute) != SQLITE_OK)
        return RESULT_NO_MEMORY;
    return sqlite_step_done(table->forget);
}

static enum result visit_rows(sqlite3_stmt *statement, house_minute_visit *visit, void *owner)
{
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct house_minute minute = {.minute = sqlite3_column_int64(statement, 0)};
        for (int i = 0; i < SERIES_COUNT; i++)
            minute.values[i] = sqlite3_column_int64(statement, i + 1);
        visit(owner, &minute);
    }
    return code == SQLITE_DONE ? RESULT_OK : RESULT_IO;
}

enum result minute_table_read(const char *tables_path, int64_t from, house_minute_visit *visit,
                              void *owner, struct explanation *explanation)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    enum result result = database_open_reader(tables_path, &db, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db,
                                "SELECT * FROM \"house_minute\" WHERE \"minute\" >= ?1"
                                " ORDER BY \"minute\"",
                                &statement, explanation);
    if (result == RESULT_OK && (sqlite3_bind_int64(statement, 1, from) != SQLITE_OK ||
                                visit_rows(statement, visit, owner) != RESULT_OK))
        result = sqlite_failure(db, explanation);
    sqlite_drop(&statement);
    sqlite_shut(&db);
    return result;
}
