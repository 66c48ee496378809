/* See sqlite_sql.h. */
#include "store/sqlite_sql.h"

#include "store/database.h"
#include "store/id_text.h"
#include "store/sqlite_util.h"

#include <stdlib.h>

struct sqlite_connection {
    struct sql_connection base;
    sqlite3 *db;
    sqlite3_stmt *begin, *end; /* a moment's; NULL where it is lent */
    bool lent;
    sql_may_go_on *may_go_on; /* NULL: nobody is asked */
    void *owner;
};

struct sqlite_statement {
    struct sql_statement base;
    sqlite3_stmt *statement;
};

static sqlite3 *db_of(const struct sql_connection *connection)
{
    return ((const struct sqlite_connection *)connection)->db;
}

static sqlite3_stmt *statement_of(const struct sql_statement *statement)
{
    return ((const struct sqlite_statement *)statement)->statement;
}

/* ---- Connections ---- */

static enum result last_failure(struct sql_connection *connection, struct explanation *explanation)
{
    return sqlite_failure(db_of(connection), explanation);
}

static const char *file_of(struct sql_connection *connection)
{
    return sqlite3_db_filename(db_of(connection), "main");
}

static enum result begin_moment(struct sql_connection *connection)
{
    return sqlite_step_done(((struct sqlite_connection *)connection)->begin);
}

/* What only read has nothing to lose here; a connection that cannot end it fails to begin the next
 * moment, which is told. */
static void end_moment(struct sql_connection *connection)
{
    struct sqlite_connection *own = (struct sqlite_connection *)connection;
    if (!sqlite3_get_autocommit(own->db))
        (void)sqlite3_step(own->end);
    sqlite_rewind(own->end);
}

static enum result inspect_file(struct sql_connection *connection, sql_fault *fault, void *owner,
                                struct explanation *explanation)
{
    const enum result result = database_inspect_names(db_of(connection), fault, owner, explanation);
    return result == RESULT_OK ? database_inspect(db_of(connection), fault, owner, explanation)
                               : result;
}

/* Instructions of SQLite's machine between two looks: some tenth of a millisecond. */
#define STEPS_BETWEEN_LOOKS 10000

static int look_on(void *connection)
{
    const struct sqlite_connection *own = connection;
    return !own->may_go_on(own->owner);
}

static void watch_statements(struct sql_connection *connection, sql_may_go_on *may_go_on,
                             void *owner)
{
    struct sqlite_connection *own = (struct sqlite_connection *)connection;
    own->may_go_on = may_go_on;
    own->owner = owner;
    sqlite3_progress_handler(own->db, STEPS_BETWEEN_LOOKS, look_on, own);
}

static void close_connection(struct sql_connection *connection)
{
    struct sqlite_connection *own = (struct sqlite_connection *)connection;
    sqlite_drop(&own->begin);
    sqlite_drop(&own->end);
    if (!own->lent)
        sqlite_shut(&own->db);
    free(own);
}

/* ---- Statements ---- */

static enum result prepare_text(struct sql_connection *connection, const char *text,
                                struct sql_statement **statement, struct explanation *explanation)
{
    struct sqlite_statement *made = malloc(sizeof *made);
    if (made == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a statement");
    *made = (struct sqlite_statement){.base = {.connection = connection}};
    const enum result result =
        sqlite_prepare(db_of(connection), text, &made->statement, explanation);
    if (result != RESULT_OK)
        free(made);
    else
        *statement = &made->base;
    return result;
}

static int bind_one(sqlite3_stmt *statement, int parameter, const struct sql_value *value)
{
    switch (value->type) {
    case SQL_NULL:
        return sqlite3_bind_null(statement, parameter);
    case SQL_INTEGER:
        return sqlite3_bind_int64(statement, parameter, value->as.integer);
    case SQL_REAL:
        return sqlite3_bind_double(statement, parameter, value->as.real);
    case SQL_TEXT:
        return sqlite3_bind_text(statement, parameter, value->as.bytes, value->length,
                                 SQLITE_STATIC);
    case SQL_BLOB:
        return sqlite3_bind_blob(statement, parameter, value->as.bytes, value->length,
                                 SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static enum result bind_parameter(struct sql_statement *statement, int parameter,
                                  const struct sql_value *value)
{
    return bind_one(statement_of(statement), parameter, value) == SQLITE_OK ? RESULT_OK
                                                                            : RESULT_NO_MEMORY;
}

static enum sql_step step_on(struct sql_statement *statement)
{
    switch (sqlite3_step(statement_of(statement))) {
    case SQLITE_ROW:
        return SQL_ROW;
    case SQLITE_DONE:
        return SQL_DONE;
    default:
        return SQL_FAILED;
    }
}

/* A column is looked up once for its value, where each of SQLite's functions for columns looks it
 * up again. Such a value is for the connection's thread alone. */
static struct sql_value column_value(struct sql_statement *statement, int number)
{
    sqlite3_value *value = sqlite3_column_value(statement_of(statement), number);
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        return (struct sql_value){.type = SQL_INTEGER, .as.integer = sqlite3_value_int64(value)};
    case SQLITE_FLOAT:
        return (struct sql_value){.type = SQL_REAL, .as.real = sqlite3_value_double(value)};
    case SQLITE_TEXT: {
        const void *bytes = sqlite3_value_text(value);
        return (struct sql_value){
            .type = SQL_TEXT, .length = sqlite3_value_bytes(value), .as.bytes = bytes};
    }
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_value_blob(value);
        return (struct sql_value){
            .type = SQL_BLOB, .length = sqlite3_value_bytes(value), .as.bytes = bytes};
    }
    default:
        return (struct sql_value){.type = SQL_NULL};
    }
}

static void rewind_statement(struct sql_statement *statement)
{
    sqlite_rewind(statement_of(statement));
}

static void drop_statement(struct sql_statement *statement)
{
    struct sqlite_statement *own = (struct sqlite_statement *)statement;
    sqlite_drop(&own->statement);
    free(own);
}

static const struct sql_methods methods = {
    .failure = last_failure,
    .name = file_of,
    .begin = begin_moment,
    .end = end_moment,
    .inspect = inspect_file,
    .watch = watch_statements,
    .close = close_connection,
    .prepare = prepare_text,
    .bind = bind_parameter,
    .step = step_on,
    .column = column_value,
    .rewind = rewind_statement,
    .drop = drop_statement,
};

/* ---- Opening ---- */

static struct sqlite_connection *connection_of(sqlite3 *db, bool lent)
{
    struct sqlite_connection *made = malloc(sizeof *made);
    if (made != NULL)
        *made = (struct sqlite_connection){.base = {.methods = &methods}, .db = db, .lent = lent};
    return made;
}

enum result sqlite_sql_open(const char *path, unsigned cache_kib,
                            struct sql_connection **connection, struct explanation *explanation)
{
    sqlite3 *db = NULL;
    enum result result = database_open_reader(path, &db, explanation);
    if (result == RESULT_OK)
        result = sqlite_run_owned(db, sqlite3_mprintf("PRAGMA cache_size = -%u", cache_kib),
                                  explanation);
    if (result == RESULT_OK)
        result = id_text_register(db, explanation);
    struct sqlite_connection *made = result == RESULT_OK ? connection_of(db, false) : NULL;
    if (made == NULL) {
        sqlite_shut(&db);
        return result != RESULT_OK
                   ? result
                   : explain(explanation, RESULT_NO_MEMORY, "no memory for a reader");
    }
    result = sqlite_prepare(db, "BEGIN", &made->begin, explanation);
    if (result == RESULT_OK)
        result = sqlite_prepare(db, "COMMIT", &made->end, explanation);
    if (result == RESULT_OK)
        *connection = &made->base;
    else
        close_connection(&made->base);
    return result;
}

struct sql_connection *sqlite_sql_lend(sqlite3 *db)
{
    struct sqlite_connection *made = connection_of(db, true);
    return made == NULL ? NULL : &made->base;
}
