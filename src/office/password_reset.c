/* Password resets: somebody who may lets a buyer choose a new password, by a token that holds once.
 */
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/user.h"
#include "office/verb_function.h"

struct password_reset reset_row(const struct office *office, const struct live_user *user,
                                const struct secret *secret_hash, int64_t life_ms)
{
    CHECK(life_ms > 0);
    return (struct password_reset){
        .user_id = user->id,
        .secret_hash = *secret_hash,
        .created_at = office->now.house,
        .expires_at = office->now.house + life_ms,
    };
}

/* Whoever may do this for buyers takes nobody's place who has a scope. */
enum refusal password_reset_make(struct office *office, const struct caller *caller,
                                 struct call *call)
{
    (void)caller;
    const struct live_user *user = user_find(office, call->in.password_reset.user_id);
    if (user == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = user_check_buyer(user);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!reset_reserve(office))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    call->out.reset =
        reset_row(office, user, &call->in.password_reset.secret_hash, PASSWORD_RESET_LIFE_MS);
    (void)put_reset(office, reset_find(office, user->id), &call->out.reset);
    call->created = true;
    return REFUSAL_NONE;
}

/* The reset of which the caller has the secret, or NULL. */
static struct live_reset *reset_asked_for(const struct office *office, const struct call *call)
{
    struct live_reset *reset = reset_find(office, call->in.password_reset.user_id);
    if (reset == NULL ||
        !same_secret(&reset->row.secret_hash, &call->in.password_reset.secret_hash) ||
        office->now.house >= reset->row.expires_at)
        return NULL;
    return reset;
}

/* Whoever is erased takes their reset along. */
static struct live_user *user_of_reset(const struct office *office, const struct live_reset *reset)
{
    struct live_user *user = user_find(office, reset->row.user_id);
    CHECK(user != NULL);
    return user;
}

enum refusal password_reset_find(struct office *office, const struct caller *caller,
                                 struct call *call)
{
    (void)caller;
    const struct live_reset *reset = reset_asked_for(office, call);
    if (reset == NULL)
        return REFUSAL_PASSWORD_RESET_OVER;
    return user_show(user_of_reset(office, reset), call);
}

/* Whoever signed in with the old password is signed out. */
enum refusal password_reset_take(struct office *office, const struct caller *caller,
                                 struct call *call)
{
    (void)caller;
    struct live_reset *reset = reset_asked_for(office, call);
    if (reset == NULL)
        return REFUSAL_PASSWORD_RESET_OVER;
    struct live_user *user = user_of_reset(office, reset);
    struct hash_text hash;
    struct user row = user_row(user, &hash);
    row.password_hash = call->in.password_reset.password_hash;
    char *texts = user_texts_pack(&office->texts, &row);
    if (texts == NULL)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    (void)put_user(office, user, &row, texts);
    sessions_close_but(office, user, ID_NONE);
    remove_reset(office, reset);
    return REFUSAL_NONE;
}

void resets_expire(struct office *office, size_t *budget)
{
    struct live_reset *reset;
    timestamp_ms at;
    office->why = WHY_PASSWORD_RESET_EXPIRED;
    while (*budget > 0 && (reset = heap_first(&office->reset_deadlines, &at)) != NULL &&
           at <= office->now.house) {
        CHECK(at == reset->row.expires_at);
        (*budget)--;
        step_reserve(office);
        remove_reset(office, reset);
    }
}
