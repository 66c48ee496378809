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

bool same_secret(const struct secret *a, const struct secret *b)
{
    unsigned difference = 0;
    for (size_t i = 0; i < SECRET_BYTES; i++)
        difference |= (unsigned)(a->bytes[i] ^ b->bytes[i]);
    return difference == 0;
}

/* Whether somebody is signed in by it: not by a handover, nor by one that waits for its tick. */
static bool session_holds(const struct office *office, const struct live_session *session)
{
    return !session->handover && office->now.house < session->expires_at;
}

/* The session that the credentials prove, while it holds; or NULL. */
static struct live_session *session_holding(const struct office *office,
                                            const struct credentials *credentials)
{
    if (!credentials->present)
        return NULL;
    struct live_session *session = session_find(office, credentials->session_id);
    if (session == NULL || !session_holds(office, session) ||
        !same_secret(&session->secret_hash, &credentials->secret_hash))
        return NULL;
    return session;
}

/* A user has one handover at a time, so that those that nobody redeems cost no sign-ins. */
static void remove_handover(struct office *office, const struct live_user *owner)
{
    struct live_session *session = user_sessions(office, owner);
    while (session != NULL && !session->handover)
        session = session_next(office, session);
    if (session != NULL)
        remove_session(office, session);
}

/* When it began or was renewed: the day of its last use (SESSION_RENEW_MS). */
static timestamp_ms used_at(const struct live_session *session)
{
    return session->expires_at - (session->handover ? HANDOVER_LIFE_MS : SESSION_LIFE_MS);
}

/* Of those used on the same day the oldest. */
static struct live_session *least_recently_used(const struct office *office,
                                                const struct live_user *user)
{
    struct live_session *least = user_sessions(office, user);
    CHECK(least != NULL);
    for (struct live_session *session = least; session != NULL;
         session = session_next(office, session)) {
        const timestamp_ms later = used_at(session) - used_at(least);
        if (later < 0 || (later == 0 && id_compare(session->id, least->id) < 0))
            least = session;
    }
    return least;
}

/* A new session of the user's, in the place of another where there are as many as may be. */
static enum refusal begin_session(struct office *office, struct live_user *owner, bool handover,
                                  struct call *call)
{
    if (!session_reserve(office) || user_show(owner, call) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    if (handover)
        remove_handover(office, owner);
    if (session_count(office, owner) >= SESSIONS_PER_USER_MAX)
        remove_session(office, least_recently_used(office, owner));
    CHECK(session_count(office, owner) < SESSIONS_PER_USER_MAX);
    call->out.session = (struct session){
        .id = new_id(office),
        .user_id = owner->id,
        .secret_hash = call->in.session_open.secret_hash,
        .created_at = office->now.house,
        .expires_at = office->now.house + (handover ? HANDOVER_LIFE_MS : SESSION_LIFE_MS),
        .handover = handover,
    };
    (void)put_session(office, NULL, owner, &call->out.session);
    call->created = true;
    return REFUSAL_NONE;
}

enum refusal session_open(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_user *owner = user_find(office, call->in.session_open.user_id);
    if (owner == NULL || !user_has_hash(owner, call->in.session_open.verified_hash))
        return REFUSAL_BAD_CREDENTIALS;
    return begin_session(office, owner, false, call);
}

/* Whoever may do this for buyers acts as nobody who has a scope. */
static enum refusal begin_for_buyer(struct office *office, bool handover, struct call *call)
{
    struct live_user *owner = user_find(office, call->in.session_open.user_id);
    if (owner == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = user_check_buyer(owner);
    return refusal == REFUSAL_NONE ? begin_session(office, owner, handover, call) : refusal;
}

enum refusal session_grant(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return begin_for_buyer(office, false, call);
}

enum refusal handover_make(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return begin_for_buyer(office, true, call);
}

/* The handover of which the caller has the secret, or NULL. */
static struct live_session *handover_asked_for(const struct office *office, const struct call *call)
{
    struct live_session *session = session_find(office, call->in.handover_redeem.session_id);
    if (session == NULL || !session->handover ||
        !same_secret(&session->secret_hash, &call->in.handover_redeem.handover_hash) ||
        office->now.house >= session->expires_at)
        return NULL;
    return session;
}

/* Whoever the browser is signed in as is asked before. */
enum refusal handover_redeem(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_session *session = handover_asked_for(office, call);
    if (session == NULL)
        return REFUSAL_HANDOVER_USED;
    struct live_user *owner = session_user(office, session);
    const struct live_session *other = session_holding(office, &call->credentials);
    if (other != NULL && session_user(office, other) != owner && !call->in.handover_redeem.replace)
        return REFUSAL_OTHER_SIGNED_IN;
    if (user_show(owner, call) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    call->out.session = session_row(office, session);
    call->out.session.handover = false;
    call->out.session.secret_hash = call->in.handover_redeem.secret_hash;
    call->out.session.expires_at = office->now.house + SESSION_LIFE_MS;
    (void)put_session(office, session, owner, &call->out.session);
    return REFUSAL_NONE;
}

enum refusal session_list(struct office *office, const struct caller *caller, struct call *call)
{
    struct own_sessions *list = &call->out.sessions;
    list->count = 0;
    for (const struct live_session *session = user_sessions(office, caller->user); session != NULL;
         session = session_next(office, session)) {
        if (!session_holds(office, session))
            continue;
        CHECK(list->count < SESSIONS_PER_USER_MAX);
        list->sessions[list->count++] = (struct own_session){
            .id = session->id,
            .created_at = session->created_at,
            .expires_at = session->expires_at,
            .current = id_equal(session->id, call->credentials.session_id),
        };
    }
    return REFUSAL_NONE;
}

/* Of another's nobody is told that there is one. */
enum refusal session_close(struct office *office, const struct caller *caller, struct call *call)
{
    const struct id named = call->in.session_close.session_id;
    struct live_session *session =
        session_find(office, id_is_none(named) ? call->credentials.session_id : named);
    CHECK(session != NULL || !id_is_none(named));
    if (session == NULL || session_user(office, session) != caller->user ||
        !session_holds(office, session))
        return REFUSAL_NOT_FOUND;
    remove_session(office, session);
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
    CHECK(session_count(office, user) <= (id_is_none(kept) ? 0 : 1));
}

enum refusal session_close_all(struct office *office, const struct caller *caller,
                               struct call *call)
{
    (void)call;
    sessions_close_but(office, caller->user, ID_NONE);
    return REFUSAL_NONE;
}

/* Renewed by use, but written at most once a day. A verb that reads has no room in the batch. */
static void renew(struct office *office, struct live_session *session)
{
    const timestamp_ms expires_at = office->now.house + SESSION_LIFE_MS;
    if (office->frozen || expires_at - session->expires_at < SESSION_RENEW_MS ||
        (office->room == 0 && !batch_reserve(office, 1)))
        return;
    struct session row = session_row(office, session);
    CHECK(expires_at > row.expires_at);
    row.expires_at = expires_at;
    office->why = WHY_SESSION_RENEWED;
    (void)put_session(office, session, session_user(office, session), &row);
}

struct live_user *session_authenticate(struct office *office, const struct credentials *credentials)
{
    struct live_session *session = session_holding(office, credentials);
    if (session == NULL)
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
        CHECK(at == session->expires_at);
        (*budget)--;
        step_reserve(office);
        remove_session(office, session);
    }
}
