/* See minute_table.h. */
#include "store/minute_table.h"

#include "store/sql_text.h"

#include <stdbool.h>

#define STRINGIFIED(number) #number
#define TEXT_OF(number) STRINGIFIED(number)

/* Of the table, after the minute's. */
static const char *const columns[SERIES_COUNT] = {
#define SERIES(name, column, json, together) #column,
#include "read/house_minute.def"
};

static void put_sql(struct sql_text *text)
{
    sql_text_begin(text);
    sql_text_add(text, "INSERT INTO \"house_minute\" VALUES (?1");
    for (int i = 0; i < SERIES_COUNT; i++)
        sql_text_add(text, ", ?%d", i + 2);
    sql_text_add(text, ") ON CONFLICT (\"minute\") DO UPDATE SET ");
    for (int i = 0; i < SERIES_COUNT; i++)
        sql_text_add(text, "%s\"%s\" = excluded.\"%s\"", i == 0 ? "" : ", ", columns[i],
                     columns[i]);
}

enum result minute_table_prepare(struct minute_table *table, struct sql_connection *connection,
                                 struct explanation *explanation)
{
    struct sql_text put;
    put_sql(&put);
    const enum result result = sql_prepare(connection, put.bytes, &table->put, explanation);
    return result != RESULT_OK ? result
                               : sql_prepare(connection,
                                             "DELETE FROM \"house_minute\""
                                             " WHERE \"minute\" <= ?1 - " TEXT_OF(MINUTES_KEPT),
                                             &table->forget, explanation);
}

void minute_table_drop(struct minute_table *table)
{
    sql_drop(&table->put);
    sql_drop(&table->forget);
}

static enum result put_one(struct minute_table *table, const struct house_minute *minute)
{
    struct sql_statement *put = table->put;
    bool bound = sql_bind_integer(put, 1, minute->minute) == RESULT_OK;
    for (int i = 0; i < SERIES_COUNT && bound; i++)
        bound = sql_bind_integer(put, i + 2, minute->values[i]) == RESULT_OK;
    return bound ? sql_step_done(put) : RESULT_NO_MEMORY;
}

enum result minute_table_put(struct minute_table *table, const struct house_minute *minutes,
                             size_t count)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; i < count && result == RESULT_OK; i++)
        result = put_one(table, &minutes[i]);
    if (count == 0 || result != RESULT_OK)
        return result;
    if (sql_bind_integer(table->forget, 1, minutes[count - 1].minute) != RESULT_OK)
        return RESULT_NO_MEMORY;
    return sql_step_done(table->forget);
}

static enum result visit_rows(struct sql_statement *statement, house_minute_visit *visit,
                              void *owner)
{
    enum sql_step step;
    while ((step = sql_step(statement)) == SQL_ROW) {
        struct house_minute minute = {.minute = sql_column_integer(statement, 0)};
        for (int i = 0; i < SERIES_COUNT; i++)
            minute.values[i] = sql_column_integer(statement, i + 1);
        visit(owner, &minute);
    }
    return step == SQL_DONE ? RESULT_OK : RESULT_IO;
}

enum result minute_table_read(struct sql_connection *connection, int64_t from,
                              house_minute_visit *visit, void *owner,
                              struct explanation *explanation)
{
    struct sql_statement *statement = NULL;
    enum result result = sql_prepare(connection,
                                     "SELECT * FROM \"house_minute\" WHERE \"minute\" >= ?1"
                                     " ORDER BY \"minute\"",
                                     &statement, explanation);
    if (result == RESULT_OK && (sql_bind_integer(statement, 1, from) != RESULT_OK ||
                                visit_rows(statement, visit, owner) != RESULT_OK))
        result = sql_failure(connection, explanation);
    sql_drop(&statement);
    return result;
}
