/* See row_source.h. Every walk is from the first row to the last; each row is decoded once. */
#include "store/row_source.h"

#include "store/row.h"
#include "store/sqlite_util.h"

#include <stdlib.h>

#define TABLE_NAME "row_source"

struct source_table {
    sqlite3_vtab base;
    const struct row_source *source;
};

struct source_cursor {
    sqlite3_vtab_cursor base;
    const struct row_source *source;
    size_t at;
    struct record record; /* the row it stands on */
};

/* c0,c1,... as a SELECT and a CREATE TABLE have them. */
static void append_columns(sqlite3_str *sql, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sqlite3_str_appendf(sql, "%sc%d", i == 0 ? "" : ",", (int)i);
}

static char *table_sql(void)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "CREATE TABLE " TABLE_NAME " (");
    append_columns(sql, RECORD_FIELDS_MAX);
    sqlite3_str_appendall(sql, ")");
    return sqlite3_str_finish(sql);
}

static int source_connect(sqlite3 *db, void *source, int argument_count,
                          const char *const *arguments, sqlite3_vtab **table, char **error)
{
    (void)argument_count;
    (void)arguments;
    (void)error;
    char *sql = table_sql();
    const int code = sql == NULL ? SQLITE_NOMEM : sqlite3_declare_vtab(db, sql);
    sqlite3_free(sql);
    if (code != SQLITE_OK)
        return code;
    struct source_table *made = malloc(sizeof *made);
    if (made == NULL)
        return SQLITE_NOMEM;
    *made = (struct source_table){.source = source};
    *table = &made->base;
    return SQLITE_OK;
}

static int source_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int source_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    (void)info; /* there is one way: all of it */
    return SQLITE_OK;
}

static int source_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    struct source_cursor *opened = malloc(sizeof *opened);
    if (opened == NULL)
        return SQLITE_NOMEM;
    opened->source = ((const struct source_table *)table)->source;
    *cursor = &opened->base;
    return SQLITE_OK;
}

static int source_close(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static int stand_on(struct source_cursor *cursor, size_t at)
{
    cursor->at = at;
    if (at < cursor->source->count)
        overlay_decode(cursor->source->rows[at], &cursor->record);
    return SQLITE_OK;
}

static int source_filter(sqlite3_vtab_cursor *cursor, int plan, const char *plan_text,
                         int argument_count, sqlite3_value **arguments)
{
    (void)plan;
    (void)plan_text;
    (void)argument_count;
    (void)arguments;
    return stand_on((struct source_cursor *)cursor, 0);
}

static int source_next(sqlite3_vtab_cursor *cursor)
{
    struct source_cursor *source_cursor = (struct source_cursor *)cursor;
    return stand_on(source_cursor, source_cursor->at + 1);
}

static int source_eof(sqlite3_vtab_cursor *cursor)
{
    const struct source_cursor *source_cursor = (const struct source_cursor *)cursor;
    return source_cursor->at >= source_cursor->source->count;
}

static void answer(sqlite3_context *context, const struct sql_value *value)
{
    switch (value->type) {
    case SQL_NULL:
        sqlite3_result_null(context);
        return;
    case SQL_INTEGER:
        sqlite3_result_int64(context, value->as.integer);
        return;
    case SQL_REAL:
        sqlite3_result_double(context, value->as.real);
        return;
    case SQL_TEXT:
        sqlite3_result_text(context, value->as.bytes, value->length, SQLITE_STATIC);
        return;
    case SQL_BLOB:
        sqlite3_result_blob(context, value->as.bytes, value->length, SQLITE_STATIC);
        return;
    }
}

/* The record lives until the cursor moves on, and SQLite copies what it keeps. */
static int source_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    const struct source_cursor *source_cursor = (const struct source_cursor *)cursor;
    const struct sql_value value = row_value(&source_cursor->record, (size_t)column);
    answer(context, &value);
    return SQLITE_OK;
}

static int source_row_number(sqlite3_vtab_cursor *cursor, sqlite3_int64 *number)
{
    *number = (sqlite3_int64)((const struct source_cursor *)cursor)->at;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = source_connect,
    .xBestIndex = source_best_index,
    .xDisconnect = source_disconnect,
    .xOpen = source_open,
    .xClose = source_close,
    .xFilter = source_filter,
    .xNext = source_next,
    .xEof = source_eof,
    .xColumn = source_column,
    .xRowid = source_row_number,
};

enum result row_source_register(sqlite3 *db, struct row_source *source,
                                struct explanation *explanation)
{
    if (sqlite3_create_module(db, TABLE_NAME, &module, source) != SQLITE_OK)
        return sqlite_failure(db, explanation);
    return RESULT_OK;
}

char *row_source_select_sql(size_t column_count)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "SELECT ");
    append_columns(sql, column_count);
    sqlite3_str_appendall(sql, " FROM " TABLE_NAME " WHERE true");
    return sqlite3_str_finish(sql);
}
