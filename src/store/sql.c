/* See sql.h. */
#include "store/sql.h"

#include <string.h>

enum result sql_failure(struct sql_connection *connection, struct explanation *explanation)
{
    return connection->methods->failure(connection, explanation);
}

const char *sql_name(struct sql_connection *connection)
{
    return connection->methods->name(connection);
}

enum result sql_begin(struct sql_connection *connection)
{
    return connection->methods->begin(connection);
}

void sql_end(struct sql_connection *connection)
{
    connection->methods->end(connection);
}

enum result sql_inspect(struct sql_connection *connection, sql_fault *fault, void *owner,
                        struct explanation *explanation)
{
    return connection->methods->inspect(connection, fault, owner, explanation);
}

void sql_watch(struct sql_connection *connection, sql_may_go_on *may_go_on, void *owner)
{
    connection->methods->watch(connection, may_go_on, owner);
}

void sql_close(struct sql_connection **connection)
{
    if (*connection != NULL)
        (*connection)->methods->close(*connection);
    *connection = NULL;
}

enum result sql_prepare(struct sql_connection *connection, const char *text,
                        struct sql_statement **statement, struct explanation *explanation)
{
    return connection->methods->prepare(connection, text, statement, explanation);
}

enum result sql_bind(struct sql_statement *statement, int parameter, const struct sql_value *value)
{
    return statement->connection->methods->bind(statement, parameter, value);
}

enum result sql_bind_integer(struct sql_statement *statement, int parameter, int64_t integer)
{
    const struct sql_value value = {.type = SQL_INTEGER, .as.integer = integer};
    return sql_bind(statement, parameter, &value);
}

enum result sql_bind_text(struct sql_statement *statement, int parameter, const char *text)
{
    const struct sql_value value = {
        .type = SQL_TEXT, .length = (int)strlen(text), .as.bytes = text};
    return sql_bind(statement, parameter, &value);
}

enum result sql_bind_id(struct sql_statement *statement, int parameter, const struct id *id)
{
    const struct sql_value value = {.type = SQL_BLOB, .length = ID_BYTES, .as.bytes = id->bytes};
    return sql_bind(statement, parameter, &value);
}

enum sql_step sql_step(struct sql_statement *statement)
{
    return statement->connection->methods->step(statement);
}

struct sql_value sql_column(struct sql_statement *statement, int column)
{
    return statement->connection->methods->column(statement, column);
}

int64_t sql_column_integer(struct sql_statement *statement, int column)
{
    const struct sql_value value = sql_column(statement, column);
    return value.type == SQL_INTEGER ? value.as.integer : 0;
}

const char *sql_column_text(struct sql_statement *statement, int column)
{
    const struct sql_value value = sql_column(statement, column);
    return value.type == SQL_TEXT ? value.as.bytes : NULL;
}

bool sql_read_id(const struct sql_value *value, struct id *id)
{
    if (value->type != SQL_BLOB || value->length != ID_BYTES)
        return false;
    memcpy(id->bytes, value->as.bytes, ID_BYTES);
    return true;
}

void sql_rewind(struct sql_statement *statement)
{
    statement->connection->methods->rewind(statement);
}

enum result sql_step_done(struct sql_statement *statement)
{
    const enum sql_step step = sql_step(statement);
    sql_rewind(statement);
    return step == SQL_DONE ? RESULT_OK : RESULT_IO;
}

void sql_drop(struct sql_statement **statement)
{
    if (*statement != NULL)
        (*statement)->connection->methods->drop(*statement);
    *statement = NULL;
}

enum result sql_integer(struct sql_connection *connection, const char *text, int64_t *integer,
                        struct explanation *explanation)
{
    struct sql_statement *statement = NULL;
    enum result result = sql_prepare(connection, text, &statement, explanation);
    if (result != RESULT_OK)
        return result;
    switch (sql_step(statement)) {
    case SQL_ROW:
        *integer = sql_column_integer(statement, 0);
        break;
    case SQL_DONE:
        result = explain(explanation, RESULT_NOT_FOUND, "%s: no such row", sql_name(connection));
        break;
    case SQL_FAILED:
        result = sql_failure(connection, explanation);
        break;
    }
    sql_drop(&statement);
    return result;
}
