/* See remark.h. */
#include "store/remark.h"

#include "record/email.h"
#include "store/database.h"
#include "store/id_text.h"
#include "store/sqlite_util.h"

#include <string.h>

#define TOLD_MAX 100 /* what comes after them is only counted */

/* The SQL function mailbox(EMAIL). */
static void sql_mailbox(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
    (void)argument_count;
    char room[EMAIL_BYTES_MAX + 1];
    const char *mailbox;
    const char *email = (const char *)sqlite3_value_text(arguments[0]);
    if (email == NULL)
        sqlite3_result_null(context);
    else if (email_mailbox(email, room, &mailbox) != RESULT_OK)
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_text(context, mailbox, -1, SQLITE_TRANSIENT);
}

/* Accounts with one mailbox. Nearly every e-mail is its own mailbox, so only those that are not are
 * gathered, and whoever has one of their mailboxes is found by the index. */
static const char shared_mailboxes[] =
    "WITH other AS MATERIALIZED (SELECT id, email, mailbox(email) AS mailbox FROM user"
    "  WHERE email IS NOT NULL AND mailbox(email) <> email),"
    " sharer AS (SELECT mailbox, id, email FROM other"
    "  UNION SELECT u.email, u.id, u.email FROM other o JOIN user u ON u.email = o.mailbox)"
    "SELECT group_concat(id_text('user', id) || ' (' || email || ')', ' and ')"
    " || ' have one mailbox: whoever spells it in another way signs in to the first'"
    " FROM (SELECT * FROM sharer ORDER BY mailbox, id)"
    " GROUP BY mailbox HAVING count(*) > 1";

static enum result ask_mailboxes(sqlite3 *db, store_remark *remark, void *owner, size_t *count,
                                 struct explanation *explanation)
{
    sqlite3_stmt *statement = NULL;
    enum result result = sqlite_prepare(db, shared_mailboxes, &statement, explanation);
    while (result == RESULT_OK) {
        const int code = sqlite3_step(statement);
        if (code == SQLITE_DONE)
            break;
        const char *text =
            code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        if (text == NULL)
            result = sqlite_failure(db, explanation);
        else if ((*count)++ < TOLD_MAX)
            remark(owner, text);
    }
    sqlite_drop(&statement);
    return result;
}

enum result remarks(const char *tables_path, store_remark *remark, void *owner, size_t *count,
                    struct explanation *explanation)
{
    sqlite3 *db = NULL;
    *count = 0;
    enum result result = database_open_reader(tables_path, &db, explanation);
    if (result == RESULT_OK)
        result = id_text_register(db, explanation);
    if (result == RESULT_OK &&
        sqlite3_create_function(db, "mailbox", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                sql_mailbox, NULL, NULL) != SQLITE_OK)
        result = sqlite_failure(db, explanation);
    if (result == RESULT_OK)
        result = ask_mailboxes(db, remark, owner, count, explanation);
    sqlite_shut(&db);
    return result;
}
