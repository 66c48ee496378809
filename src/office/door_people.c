/* The doors of users and of what each has: account, entries, sessions, idempotency keys. */
#include "office/door.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/user.h"

/* ---- Users ---- */

static struct live_user *new_user(struct office *office, const struct user *row)
{
    struct live_user *user = pool_take(&office->users);
    user->id = row->id;
    index_insert(&office->user_by_id, user);
    return user;
}

/* The indexes of mailboxes and external ids read them from the texts. */
static void exchange_texts(struct office *office, struct live_user *user, char *texts)
{
    if (user_email(user) != NULL)
        index_remove(&office->user_by_mailbox, user);
    if (user_external_id(user) != NULL)
        index_remove(&office->user_by_external_id, user);
    user_texts_free(&office->texts, user->texts);
    user->texts = texts;
    if (user_email(user) != NULL)
        index_insert(&office->user_by_mailbox, user);
    if (user_external_id(user) != NULL)
        index_insert(&office->user_by_external_id, user);
}

static void tell_user(struct office *office, const struct live_user *user, const struct user *row)
{
    struct hash_text hash;
    const struct user before = user_row(user, &hash);
    told_change(office, RECORD_KIND_USER, &before, row);
}

struct live_user *put_user(struct office *office, struct live_user *user, const struct user *row,
                           char *texts)
{
    CHECK(texts != NULL);
    door_append(office, RECORD_KIND_USER, row);
    if (user == NULL) {
        user = new_user(office, row);
    } else {
        tell_user(office, user, row);
        office->users_of_role[user->role]--;
    }
    CHECK(id_equal(user->id, row->id));
    CHECK((row->role == USER_ROLE_STAFF) == (row->scopes != NULL));
    office->users_of_role[row->role]++;
#define USER_KEEPS(type, column, width) user->column = row->column;
#include "office/kept.def"
    exchange_texts(office, user, texts);
    return user;
}

/* ---- Points ---- */

void put_point_account(struct office *office, struct live_user *user,
                       const struct point_account *row)
{
    CHECK(id_equal(user->id, row->user_id));
    CHECK(row->balance >= 0);
    CHECK(office->loading != NULL || row->last_updated == office->now.house);
    door_append(office, RECORD_KIND_POINT_ACCOUNT, row);
    const struct point_account before = account_row(user);
    told_change(office, RECORD_KIND_POINT_ACCOUNT, &before, row);
#define ACCOUNT_KEEPS(type, column, width) user->account.column = row->column;
#include "office/kept.def"
}

/* Entries are the tables' to keep; only a reference is remembered until they have it. */
void put_point_entry(struct office *office, const struct point_entry *row)
{
    CHECK(!id_is_none(row->caller_id));
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
    CHECK(session->user == user->item.number);
    CHECK(id_equal(session->id, row->id));
    CHECK(office->loading != NULL || row->expires_at > office->now.house);
#define SESSION_KEEPS(type, column, width) session->column = row->column;
#include "office/kept.def"
    heap_set(&office->session_deadlines, session, row->expires_at);
    return session;
}

void remove_session(struct office *office, struct live_session *session)
{
    const struct session row = {.id = session->id};
    CHECK(session->deadline.place != 0);
    door_append_removed(office, RECORD_KIND_SESSION, &row);
    uint32_t *link = &session_user(office, session)->sessions;
    while (*link != session->item.number)
        link = &((struct live_session *)pool_at(&office->sessions, *link))->next;
    *link = session->next;
    heap_remove(&office->session_deadlines, session);
    index_remove(&office->session_by_id, session);
    pool_give(&office->sessions, session);
}

/* ---- API keys ---- */

static struct live_api_key *new_api_key(struct office *office, struct live_user *user,
                                        const struct api_key *row)
{
    struct live_api_key *key = pool_take(&office->api_keys);
    key->user = user;
    key->row.id = row->id;
    index_insert(&office->api_key_by_id, key);
    return key;
}

struct live_api_key *put_api_key(struct office *office, struct live_api_key *key,
                                 struct live_user *user, const struct api_key *row)
{
    CHECK(id_equal(user->id, row->user_id));
    CHECK(user->role == USER_ROLE_SERVICE);
    door_append(office, RECORD_KIND_API_KEY, row);
    if (key == NULL)
        key = new_api_key(office, user, row);
    CHECK(key->user == user);
    CHECK(id_equal(key->row.id, row->id));
    CHECK(office->loading != NULL || row->last_used_at >= key->row.last_used_at);
    if (key->row.name != row->name)
        texts_free_block(key->row.name);
    key->row = *row;
    CHECK(scopes_parse(row->scopes, &key->scopes));
    return key;
}

void remove_api_key(struct office *office, struct live_api_key *key)
{
    const struct api_key row = {.id = key->row.id};
    door_append_removed(office, RECORD_KIND_API_KEY, &row);
    index_remove(&office->api_key_by_id, key);
    texts_free_block(key->row.name);
    pool_give(&office->api_keys, key);
}

/* ---- Password resets ---- */

static struct live_reset *new_reset(struct office *office, const struct password_reset *row)
{
    struct live_reset *reset = pool_take(&office->resets);
    reset->row.user_id = row->user_id;
    index_insert(&office->reset_by_user, reset);
    return reset;
}

struct live_reset *put_reset(struct office *office, struct live_reset *reset,
                             const struct password_reset *row)
{
    door_append(office, RECORD_KIND_PASSWORD_RESET, row);
    if (reset == NULL)
        reset = new_reset(office, row);
    CHECK(id_equal(reset->row.user_id, row->user_id));
    reset->row = *row;
    heap_set(&office->reset_deadlines, reset, row->expires_at);
    return reset;
}

void remove_reset(struct office *office, struct live_reset *reset)
{
    const struct password_reset row = {.user_id = reset->row.user_id};
    door_append_removed(office, RECORD_KIND_PASSWORD_RESET, &row);
    heap_remove(&office->reset_deadlines, reset);
    index_remove(&office->reset_by_user, reset);
    pool_give(&office->resets, reset);
}

/* ---- Actions ---- */

/* The tables' to keep. */
void put_action(struct office *office, const struct action *row)
{
    door_append(office, RECORD_KIND_ACTION, row);
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
    CHECK(office->loading != NULL || row->created_at == office->now.house);
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
