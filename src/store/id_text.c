/* See id_text.h. */
#include "store/id_text.h"

#include "base/id.h"
#include "store/sqlite_util.h"

#include <string.h>

static void sql_id_text(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
    (void)argument_count;
    char text[ID_TEXT_BYTES];
    struct id id;
    const char *prefix = (const char *)sqlite3_value_text(arguments[0]);
    if (prefix == NULL || strlen(prefix) > ID_PREFIX_MAX ||
        sqlite3_value_type(arguments[1]) != SQLITE_BLOB ||
        sqlite3_value_bytes(arguments[1]) != ID_BYTES) {
        sqlite3_result_null(context);
        return;
    }
    memcpy(id.bytes, sqlite3_value_blob(arguments[1]), ID_BYTES);
    const size_t length = id_format(prefix, id, text);
    sqlite3_result_text(context, text, (int)length, SQLITE_TRANSIENT);
}

enum result id_text_register(sqlite3 *db, struct explanation *explanation)
{
    if (sqlite3_create_function(db, "id_text", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                sql_id_text, NULL, NULL) != SQLITE_OK)
        return sqlite_failure(db, explanation);
    return RESULT_OK;
}
