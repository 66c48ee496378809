/* Signing in and out. */
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/user.h"
#include "office/verb_function.h"

enum refusal session_sign_in_find(struct office *office, const struct caller *caller,
                                  struct call *call)
{
    (void)caller;
    const struct live_user *found =
        user_find_email(office, call->in.sign_in_find.email, call->in.sign_in_find.mailbox);
    if (found == NULL)
        return REFUSAL_NONE; /* answered without a record: an unknown e-mail is told by nobody */
    struct hash_text hash;
    const struct record record = {.kind = RECORD_KIND_USER, .as.user = user_row(found, &hash)};
    return call_show_record(call, &record);
}

size_t session_count(const struct office *office, const struct live_user *user)
{
    size_t count = 0;
    for (const struct live_session *session = user_sessions(office, user); session != NULL;
         session = session_next(office, session))
        count++;
    return count;
}

enum refusal session_open(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_user *owner = user_find(office, call->in.session_open.user_id);
    if (owner == NULL || !user_has_hash(owner, call->in.session_open.verified_hash))
        return REFUSAL_BAD_CREDENTIALS;
    if (!session_reserve(office))
        return REFUSAL_CAPACITY;
    struct hash_text hash;
    const struct record shown = {.kind = RECORD_KIND_USER, .as.user = user_row(owner, &hash)};
    if (call_show_record(call, &shown) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    if (session_count(office, owner) >= SESSIONS_PER_USER_MAX)
        remove_session(office, user_sessions(office, owner));
    call->out.session = (struct session){
        .id = new_id(office),
        .user_id = owner->id,
        .secret_hash = call->in.session_open.secret_hash,
        .created_at = office->now.house,
        .expires_at = office->now.house + SESSION_LIFE_MS,
    };
    (void)put_session(office, NULL, owner, &call->out.session);
    call->created = true;
    return REFUSAL_NONE;
}

enum refusal session_close(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    remove_session(office, session_find(office, call->credentials.session_id));
    return REFUSAL_NONE;
}

void sessions_close_but(struct office *office, struct live_user *user, struct id kept)
{
    struct live_session *next;
    for (struct live_session *session = user_sessions(office, user); session != NULL;
         session = next) {
        next = session_next(office, session);
        if (!id_equal(session->id, kept))
            remove_session(office, session);
    }
}

enum refusal session_close_all(struct office *office, const struct caller *caller,
                               struct call *call)
{
    (void)call;
    sessions_close_but(office, caller->user, ID_NONE);
    return REFUSAL_NONE;
}

/* Constant time: how much of a guessed hash was right is nobody's business. */
static bool same_secret(const struct secret *a, const struct secret *b)
{
    unsigned difference = 0;
    for (size_t i = 0; i < SECRET_BYTES; i++)
        difference |= (unsigned)(a->bytes[i] ^ b->bytes[i]);
    return difference == 0;
}

/* Renewed by use, but written at most once a day. A verb that reads has no room in the batch. */
static void renew(struct office *office, struct live_session *session)
{
    const timestamp_ms expires_at = office->now.house + SESSION_LIFE_MS;
    if (office->frozen || expires_at - session->expires_at < SESSION_RENEW_MS ||
        (office->room == 0 && !batch_reserve(office, 1)))
        return;
    struct session row = session_row(office, session);
    row.expires_at = expires_at;
    office->why = WHY_SESSION_RENEWED;
    (void)put_session(office, session, session_user(office, session), &row);
}

struct live_user *session_authenticate(struct office *office, const struct credentials *credentials)
{
    if (!credentials->present)
        return NULL;
    struct live_session *session = session_find(office, credentials->session_id);
    if (session == NULL || !same_secret(&session->secret_hash, &credentials->secret_hash) ||
        office->now.house >= session->expires_at)
        return NULL;
    renew(office, session);
    return session_user(office, session);
}

void sessions_expire(struct office *office, size_t *budget)
{
    struct live_session *session;
    timestamp_ms at;
    office->why = WHY_SESSION_EXPIRED;
    while (*budget > 0 && (session = heap_first(&office->session_deadlines, &at)) != NULL &&
           at <= office->now.house) {
        (*budget)--;
        step_reserve(office);
        remove_session(office, session);
    }
}
