/* A connection to tables in SQL, its statements, and the values in them. Each backend answers these
 * functions; the code that reads, or writes few rows, calls them and knows no backend.
 *
 * The texts are in the SQL that both SQLite and PostgreSQL understand, with ?1, ?2, ... for the
 * parameters. A connection and its statements belong to one thread at a time. */
#ifndef USHER_STORE_SQL_H
#define USHER_STORE_SQL_H

#include "base/id.h"
#include "base/result.h"

#include <stdbool.h>
#include <stdint.h>

enum sql_type {
    SQL_NULL,
    SQL_INTEGER, /* a boolean too: 0 or 1 */
    SQL_REAL,
    SQL_TEXT,
    SQL_BLOB, /* an id too */
};

struct sql_value {
    enum sql_type type;
    int length; /* of a text or a blob, in bytes */
    union {
        int64_t integer;
        double real;
        const void *bytes;
    } as;
};

enum sql_step {
    SQL_ROW,
    SQL_DONE,
    SQL_FAILED,
};

struct sql_connection {
    const struct sql_methods *methods;
};

struct sql_statement {
    struct sql_connection *connection;
};

/* Whether a statement may go on. */
typedef bool sql_may_go_on(void *owner);

/* Told once for each thing that is wrong. */
typedef void sql_fault(void *owner, const char *text);

/* What a backend answers; what each is to do stands at the function of its name below. */
struct sql_methods {
    enum result (*failure)(struct sql_connection *connection, struct explanation *explanation);
    const char *(*name)(struct sql_connection *connection);
    enum result (*begin)(struct sql_connection *connection);
    void (*end)(struct sql_connection *connection);
    enum result (*inspect)(struct sql_connection *connection, sql_fault *fault, void *owner,
                           struct explanation *explanation);
    void (*watch)(struct sql_connection *connection, sql_may_go_on *may_go_on, void *owner);
    void (*close)(struct sql_connection *connection);
    enum result (*prepare)(struct sql_connection *connection, const char *text,
                           struct sql_statement **statement, struct explanation *explanation);
    enum result (*bind)(struct sql_statement *statement, int parameter,
                        const struct sql_value *value);
    enum sql_step (*step)(struct sql_statement *statement);
    struct sql_value (*column)(struct sql_statement *statement, int column);
    void (*rewind)(struct sql_statement *statement);
    void (*drop)(struct sql_statement *statement);
};

/* ---- Connections ---- */

/* The result that stands for the last failure; the explanation names the database and says what it
 * said. */
enum result sql_failure(struct sql_connection *connection, struct explanation *explanation);

/* Which database, for people. */
const char *sql_name(struct sql_connection *connection);

/* Between these two everything is read as of one moment. Ending what was not begun does nothing. */
MUST_USE enum result sql_begin(struct sql_connection *connection);
void sql_end(struct sql_connection *connection);

/* Tells what the database itself finds wrong: files that are damaged, rows that name rows which are
 * not there. */
MUST_USE enum result sql_inspect(struct sql_connection *connection, sql_fault *fault, void *owner,
                                 struct explanation *explanation);

/* From now on `may_go_on` is asked while a statement runs, some thousand times a second; one that
 * may not go on fails. */
void sql_watch(struct sql_connection *connection, sql_may_go_on *may_go_on, void *owner);

/* Its statements are dropped before. It is forgotten; NULL is fine. */
void sql_close(struct sql_connection **connection);

/* ---- Statements ---- */

MUST_USE enum result sql_prepare(struct sql_connection *connection, const char *text,
                                 struct sql_statement **statement, struct explanation *explanation);

/* A value for a parameter, counted from 1. Texts, blobs and ids live until the statement is
 * rewound; before it is stepped again such a parameter gets another value. RESULT_NO_MEMORY. */
MUST_USE enum result sql_bind(struct sql_statement *statement, int parameter,
                              const struct sql_value *value);
MUST_USE enum result sql_bind_integer(struct sql_statement *statement, int parameter,
                                      int64_t integer);
MUST_USE enum result sql_bind_text(struct sql_statement *statement, int parameter,
                                   const char *text);
MUST_USE enum result sql_bind_id(struct sql_statement *statement, int parameter,
                                 const struct id *id);

enum sql_step sql_step(struct sql_statement *statement);

/* A value of the row that the statement stands on, counted from 0. Texts end in NUL, which their
 * length does not count, and live until the statement is stepped or rewound. */
struct sql_value sql_column(struct sql_statement *statement, int column);
int64_t sql_column_integer(struct sql_statement *statement, int column);  /* 0: it is none */
const char *sql_column_text(struct sql_statement *statement, int column); /* NULL: it is none */

/* False, and `id` untouched, unless the value is a blob of ID_BYTES. */
MUST_USE bool sql_read_id(const struct sql_value *value, struct id *id);

/* Makes a statement ready for the next use; its integers keep their values. */
void sql_rewind(struct sql_statement *statement);

/* Steps a statement that answers no rows, and rewinds it. */
MUST_USE enum result sql_step_done(struct sql_statement *statement);

/* Forgets a statement. NULL is fine. */
void sql_drop(struct sql_statement **statement);

/* The integer that a query answers in its first row; RESULT_NOT_FOUND without a row. */
MUST_USE enum result sql_integer(struct sql_connection *connection, const char *text,
                                 int64_t *integer, struct explanation *explanation);

#endif
