/* See remark.h. Few e-mails differ from their mailboxes. Only these are gathered; then the index of
 * e-mails finds the accounts whose e-mail is one of these mailboxes. */
#include "store/remark.h"

#include "base/array.h"
#include "record/email.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_MAX 100 /* what comes after them is only counted */

/* An account that may share a mailbox with others. */
struct sharer {
    char *mailbox, *email;
    struct id user_id;
};

struct sharers {
    struct sharer *all;
    size_t count, capacity;
};

static void release_sharers(struct sharers *sharers)
{
    for (size_t i = 0; i < sharers->count; i++) {
        free(sharers->all[i].mailbox);
        free(sharers->all[i].email);
    }
    free(sharers->all);
}

static enum result add_sharer(struct sharers *sharers, const char *mailbox, const char *email,
                              struct id user_id)
{
    struct sharer *all =
        array_reserve(sharers->all, &sharers->capacity, sharers->count + 1, sizeof *sharers->all);
    if (all == NULL)
        return RESULT_NO_MEMORY;
    sharers->all = all;
    struct sharer *added = &all[sharers->count++];
    *added =
        (struct sharer){.mailbox = strdup(mailbox), .email = strdup(email), .user_id = user_id};
    return added->mailbox == NULL || added->email == NULL ? RESULT_NO_MEMORY : RESULT_OK;
}

static int compare_sharers(const void *left, const void *right)
{
    const struct sharer *a = left, *b = right;
    const int order = strcmp(a->mailbox, b->mailbox);
    return order != 0 ? order : id_compare(a->user_id, b->user_id);
}

static void sort_sharers(struct sharers *sharers)
{
    if (sharers->count > 1)
        qsort(sharers->all, sharers->count, sizeof *sharers->all, compare_sharers);
}

/* ---- Gathering ---- */

static enum result look_at_user(struct sql_statement *statement, struct sharers *sharers)
{
    char room[EMAIL_BYTES_MAX + 1];
    const char *mailbox, *email = sql_column_text(statement, 1);
    struct id user_id;
    const struct sql_value id = sql_column(statement, 0);
    if (email == NULL || !sql_read_id(&id, &user_id))
        return RESULT_CORRUPT;
    if (email_mailbox(email, room, &mailbox) != RESULT_OK)
        return RESULT_NO_MEMORY;
    return strcmp(mailbox, email) == 0 ? RESULT_OK : add_sharer(sharers, mailbox, email, user_id);
}

static enum result gather_others(struct sql_statement *users, struct sharers *sharers)
{
    enum sql_step step = SQL_ROW;
    enum result result = RESULT_OK;
    while (result == RESULT_OK && (step = sql_step(users)) == SQL_ROW)
        result = look_at_user(users, sharers);
    return step == SQL_FAILED ? RESULT_IO : result;
}

/* Whoever's e-mail is this mailbox as it stands. */
static enum result add_owner(struct sql_statement *user_of, const char *mailbox,
                             struct sharers *sharers)
{
    struct id user_id;
    enum result result = sql_bind_text(user_of, 1, mailbox);
    const enum sql_step step = result == RESULT_OK ? sql_step(user_of) : SQL_DONE;
    if (step == SQL_ROW) {
        const struct sql_value id = sql_column(user_of, 0);
        result = sql_read_id(&id, &user_id) ? add_sharer(sharers, mailbox, mailbox, user_id)
                                            : RESULT_CORRUPT;
    }
    sql_rewind(user_of);
    return step == SQL_FAILED ? RESULT_IO : result;
}

/* Once for each mailbox. */
static enum result add_owners(struct sql_statement *user_of, struct sharers *sharers)
{
    const size_t others = sharers->count;
    enum result result = RESULT_OK;
    for (size_t i = 0; i < others && result == RESULT_OK; i++)
        if (i == 0 || strcmp(sharers->all[i].mailbox, sharers->all[i - 1].mailbox) != 0)
            result = add_owner(user_of, sharers->all[i].mailbox, sharers);
    return result;
}

static enum result gather_sharers(struct sql_connection *tables, struct sharers *sharers,
                                  struct explanation *explanation)
{
    struct sql_statement *users = NULL, *user_of = NULL;
    enum result result = sql_prepare(
        tables, "SELECT id, email FROM \"user\" WHERE email IS NOT NULL", &users, explanation);
    if (result == RESULT_OK)
        result =
            sql_prepare(tables, "SELECT id FROM \"user\" WHERE email = ?1", &user_of, explanation);
    if (result == RESULT_OK) {
        result = gather_others(users, sharers);
        sort_sharers(sharers);
        if (result == RESULT_OK)
            result = add_owners(user_of, sharers);
        sort_sharers(sharers);
        if (result != RESULT_OK)
            explain(explanation, result, "%s: the users' e-mails cannot be read", sql_name(tables));
    }
    sql_drop(&users);
    sql_drop(&user_of);
    return result;
}

/* ---- Telling ---- */

static void tell_mailbox(const struct sharer *sharers, size_t count, store_remark *remark,
                         void *owner)
{
    char text[1024], id[ID_TEXT_BYTES];
    size_t length = 0;
    for (size_t i = 0; i < count && length < sizeof text; i++) { /* cut to fit */
        id_format("user", sharers[i].user_id, id);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s (%s)",
                                   i == 0 ? "" : " and ", id, sharers[i].email);
    }
    if (length < sizeof text)
        (void)snprintf(text + length, sizeof text - length,
                       " have one mailbox: whoever spells it in another way signs in to the first");
    remark(owner, text);
}

static void tell_mailboxes(const struct sharers *sharers, store_remark *remark, void *owner,
                           size_t *count)
{
    for (size_t i = 0, same; i < sharers->count; i += same) {
        const struct sharer *first = &sharers->all[i];
        for (same = 1; i + same < sharers->count; same++)
            if (strcmp(first[same].mailbox, first->mailbox) != 0)
                break;
        if (same > 1 && (*count)++ < TOLD_MAX)
            tell_mailbox(first, same, remark, owner);
    }
}

enum result remarks(struct sql_connection *tables, store_remark *remark, void *owner, size_t *count,
                    struct explanation *explanation)
{
    struct sharers sharers = {0};
    *count = 0;
    const enum result result = gather_sharers(tables, &sharers, explanation);
    if (result == RESULT_OK)
        tell_mailboxes(&sharers, remark, owner, count);
    release_sharers(&sharers);
    return result;
}
