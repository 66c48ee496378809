/* See sqlite_util.h. */
#include "store/sqlite_util.h"

#include "base/check.h"

#include <errno.h>
#include <stddef.h>

static enum result result_of(int code)
{
    switch (code & 0xff) { /* the primary code; the rest says where */
    case SQLITE_OK:
        return RESULT_OK;
    case SQLITE_NOMEM:
        return RESULT_NO_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return RESULT_BUSY;
    case SQLITE_NOTADB:
        return RESULT_FOREIGN;
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT: /* rows that do not fit together */
    case SQLITE_MISMATCH:
        return RESULT_CORRUPT;
    default:
        return RESULT_IO;
    }
}

enum result sqlite_failure(sqlite3 *db, struct explanation *explanation)
{
    enum result result = result_of(sqlite3_errcode(db));
    if (result == RESULT_OK) /* a failure that SQLite did not see as one */
        result = RESULT_IO;
    if (result == RESULT_NO_MEMORY)
        return explain(explanation, result, "no memory for the database");
    const char *file = sqlite3_db_filename(db, "main");
    const int system_error = sqlite3_system_errno(db);
    if (system_error == 0 || result != RESULT_IO)
        return explain(explanation, result, "%s: %s", file == NULL ? "database" : file,
                       sqlite3_errmsg(db));
    errno = system_error;
    return explain(explanation, result, "%s: %s (%m)", file == NULL ? "database" : file,
                   sqlite3_errmsg(db));
}

enum result sqlite_run(sqlite3 *db, const char *sql, struct explanation *explanation)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sqlite_failure(db, explanation);
    return RESULT_OK;
}

enum result sqlite_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement,
                           struct explanation *explanation)
{
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK)
        return sqlite_failure(db, explanation);
    return RESULT_OK;
}

enum result sqlite_prepare_owned(sqlite3 *db, char *sql, sqlite3_stmt **statement,
                                 struct explanation *explanation)
{
    if (sql == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a statement");
    const enum result result = sqlite_prepare(db, sql, statement, explanation);
    sqlite3_free(sql);
    return result;
}

enum result sqlite_run_owned(sqlite3 *db, char *sql, struct explanation *explanation)
{
    if (sql == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a statement");
    const enum result result = sqlite_run(db, sql, explanation);
    sqlite3_free(sql);
    return result;
}

enum result sqlite_integer(sqlite3 *db, const char *sql, int64_t *value,
                           struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    enum result result = sqlite_prepare(db, sql, &statement, explanation);
    if (result != RESULT_OK)
        return result;
    switch (sqlite3_step(statement)) {
    case SQLITE_ROW:
        *value = sqlite3_column_int64(statement, 0);
        break;
    case SQLITE_DONE:
        result = explain(explanation, RESULT_NOT_FOUND, "%s: no such row",
                         sqlite3_db_filename(db, "main"));
        break;
    default:
        result = sqlite_failure(db, explanation);
    }
    sqlite_drop(&statement);
    return result;
}

enum result sqlite_step_done(sqlite3_stmt *statement)
{
    const int code = sqlite3_step(statement);
    sqlite_rewind(statement);
    return code == SQLITE_DONE ? RESULT_OK : RESULT_IO;
}

void sqlite_rewind(sqlite3_stmt *statement)
{
    (void)sqlite3_reset(statement); /* repeats the code of the last step */
}

void sqlite_drop(sqlite3_stmt **statement)
{
    (void)sqlite3_finalize(*statement); /* repeats the code of the last step */
    *statement = NULL;
}

void sqlite_shut(sqlite3 **db)
{
    /* Only an unfinished statement could make it refuse. */
    CHECK(sqlite3_close(*db) == SQLITE_OK);
    *db = NULL;
}
