/* People's accounts. */
#include "office/state.h"

static enum refusal call_show_user(const struct live_user *user, struct call *call)
{
    struct hash_text hash;
    const struct record record = {.kind = RECORD_KIND_USER, .as.user = user_row(user, &hash)};
    return call_show_record(call, &record);
}

/* A user and the point account that is made with it. */
static enum refusal make_user(struct office *office, enum user_role role, struct call *call)
{
    if (user_find_email(office, call->in.user_register.email, call->in.user_register.mailbox) !=
        NULL)
        return REFUSAL_EMAIL_TAKEN;
    const struct record record = {.kind = RECORD_KIND_USER,
                                  .as.user = {
                                      .id = new_id(office),
                                      .name = call->in.user_register.name,
                                      .email = call->in.user_register.email,
                                      .role = role,
                                      .password_hash = call->in.user_register.password_hash,
                                      .created_at = office->now.house,
                                  }};
    if (!user_reserve(office, &record.as.user) ||
        !batch_reserve(office, 1, 0, record_encoded_max(&record)) ||
        call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    office_put(office, &record);
    const struct record account = {.kind = RECORD_KIND_POINT_ACCOUNT,
                                   .as.point_account = {
                                       .user_id = record.as.user.id,
                                       .last_updated = office->now.house,
                                   }};
    office_put(office, &account);
    call->created = true;
    return REFUSAL_NONE;
}

enum refusal user_register(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    if (!office->settings.registration_open)
        return REFUSAL_REGISTRATION_CLOSED;
    return make_user(office, USER_ROLE_BUYER, call);
}

enum refusal user_organizer_add(struct office *office, const struct caller *caller,
                                struct call *call)
{
    (void)caller;
    return make_user(office, USER_ROLE_ORGANIZER, call);
}

enum refusal user_get(struct office *office, const struct caller *caller, struct call *call)
{
    const struct id id = call->in.user_get.user_id;
    if (id_is_none(id) || id_equal(id, caller->user->id))
        return call_show_user(caller->user, call);
    if (!caller_may(caller, SCOPE_READ))
        return REFUSAL_FORBIDDEN;
    const struct live_user *found = user_find(office, id);
    return found == NULL ? REFUSAL_NOT_FOUND : call_show_user(found, call);
}

/* The same image; the caller of this verb looks at its password hash. */
enum refusal user_password_get(struct office *office, const struct caller *caller,
                               struct call *call)
{
    (void)office;
    return call_show_user(caller->user, call);
}

static enum refusal check_change(const struct office *office, const struct live_user *user,
                                 const struct user_change *change)
{
    const bool guarded = change->email != NULL || change->password_hash != NULL;
    if (guarded && (change->verified_hash == NULL || !user_has_hash(user, change->verified_hash)))
        return REFUSAL_WRONG_PASSWORD;
    if (change->email == NULL)
        return REFUSAL_NONE;
    const struct live_user *other = user_find_email(office, change->email, change->mailbox);
    return other != NULL && other != user ? REFUSAL_EMAIL_TAKEN : REFUSAL_NONE;
}

enum refusal user_change(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *user = caller->user;
    const struct user_change *change = &call->in.user_change;
    const enum refusal refusal = check_change(office, user, change);
    if (refusal != REFUSAL_NONE)
        return refusal;
    struct hash_text hash;
    struct record record = {.kind = RECORD_KIND_USER, .as.user = user_row(user, &hash)};
    if (change->name != NULL)
        record.as.user.name = change->name;
    if (change->email != NULL)
        record.as.user.email = change->email;
    if (change->password_hash != NULL)
        record.as.user.password_hash = change->password_hash;
    if (!user_reserve(office, &record.as.user) ||
        !batch_reserve(office, SESSIONS_PER_USER_MAX, 0, record_encoded_max(&record)) ||
        call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    office_put(office, &record);
    if (change->password_hash != NULL)
        sessions_close_but(office, user, call->credentials.session_id);
    return REFUSAL_NONE;
}
