/* The doors of users and of what each has: account, entries, sessions, idempotency keys. */
#include "office/door.h"
#include "office/state.h"
#include "office/user.h"

/* ---- Users ---- */

static struct live_user *new_user(struct office *office, const struct user *row)
{
    struct live_user *user = pool_take(&office->users);
    user->id = row->id;
    index_insert(&office->user_by_id, user);
    return user;
}

/* The index of mailboxes reads them from the texts. */
static void exchange_texts(struct office *office, struct live_user *user, char *texts)
{
    if (user_email(user) != NULL)
        index_remove(&office->user_by_mailbox, user);
    user_texts_free(&office->texts, user->texts);
    user->texts = texts;
    if (user_email(user) != NULL)
        index_insert(&office->user_by_mailbox, user);
}

struct live_user *put_user(struct office *office, struct live_user *user, const struct user *row,
                           char *texts)
{
    CHECK(texts != NULL);
    door_append(office, RECORD_KIND_USER, row);
    if (user == NULL)
        user = new_user(office, row);
    CHECK(id_equal(user->id, row->id));
#define USER_KEEPS(type, column, width) user->column = row->column;
#include "office/kept.def"
    exchange_texts(office, user, texts);
    return user;
}

/* ---- Points ---- */

void put_point_account(struct office *office, struct live_user *user,
                       const struct point_account *row)
{
    CHECK(id_equal(user->id, row->user_id) && row->balance >= 0);
    door_append(office, RECORD_KIND_POINT_ACCOUNT, row);
#define ACCOUNT_KEEPS(type, column, width) user->account.column = row->column;
#include "office/kept.def"
}

/* Entries are the tables' to keep; only a reference is remembered until they have it. */
void put_point_entry(struct office *office, const struct point_entry *row)
{
    door_append(office, RECORD_KIND_POINT_ENTRY, row);
    if (row->reference == NULL)
        return;
    struct live_reference *reference = pool_take(&office->references);
    reference->row = *row;
    index_insert(&office->reference_by_text, reference);
    finished_list_add(&office->finished_references, reference, office->seq);
}

/* ---- Sessions ---- */

static struct live_session *new_session(struct office *office, struct live_user *user,
                                        const struct session *row)
{
    struct live_session *session = pool_take(&office->sessions);
    session->user = user->item.number;
    uint32_t *link = &user->sessions;
    while (*link != 0)
        link = &((struct live_session *)pool_at(&office->sessions, *link))->next;
    *link = session->item.number;
    session->id = row->id;
    index_insert(&office->session_by_id, session);
    return session;
}

struct live_session *put_session(struct office *office, struct live_session *session,
                                 struct live_user *user, const struct session *row)
{
    CHECK(id_equal(user->id, row->user_id));
    door_append(office, RECORD_KIND_SESSION, row);
    if (session == NULL)
        session = new_session(office, user, row);
    CHECK(session->user == user->item.number && id_equal(session->id, row->id));
#define SESSION_KEEPS(type, column, width) session->column = row->column;
#include "office/kept.def"
    heap_set(&office->session_deadlines, session, row->expires_at);
    return session;
}

void remove_session(struct office *office, struct live_session *session)
{
    const struct session row = {.id = session->id};
    door_append_removed(office, RECORD_KIND_SESSION, &row);
    uint32_t *link = &session_user(office, session)->sessions;
    while (*link != session->item.number)
        link = &((struct live_session *)pool_at(&office->sessions, *link))->next;
    *link = session->next;
    heap_remove(&office->session_deadlines, session);
    index_remove(&office->session_by_id, session);
    pool_give(&office->sessions, session);
}

/* ---- Idempotency keys ---- */

static struct live_key *new_key(struct office *office, struct live_user *user)
{
    struct live_key *key = pool_take(&office->keys);
    key->user = user;
    key->next = user->keys;
    user->keys = key->item.number;
    return key;
}

struct live_key *put_key(struct office *office, struct live_key *key, struct live_user *user,
                         const struct idempotency_key *row)
{
    CHECK(id_equal(user->id, row->user_id));
    door_append(office, RECORD_KIND_IDEMPOTENCY_KEY, row);
    if (key == NULL)
        key = new_key(office, user);
    CHECK(key->user == user);
    key->row = *row;
    heap_set(&office->key_deadlines, key, row->created_at + IDEMPOTENCY_KEY_LIFE_MS);
    return key;
}

void remove_key(struct office *office, struct live_key *key)
{
    const struct idempotency_key row = {.user_id = key->user->id, .key_hash = key->row.key_hash};
    door_append_removed(office, RECORD_KIND_IDEMPOTENCY_KEY, &row);
    uint32_t *link = &key->user->keys;
    while (*link != key->item.number)
        link = &((struct live_key *)pool_at(&office->keys, *link))->next;
    *link = key->next;
    heap_remove(&office->key_deadlines, key);
    pool_give(&office->keys, key);
}
