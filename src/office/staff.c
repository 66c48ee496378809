/* Staff: invited, given other scopes, and let go. Organizers are made by the operator (app); here
 * one may become staff or leave, as long as another is there. */
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/user.h"
#include "office/verb_function.h"

uint32_t user_scopes(const struct live_user *user)
{
    uint32_t scopes = 0;
    switch (user->role) {
    case USER_ROLE_ORGANIZER:
        return EVERY_SCOPE;
    case USER_ROLE_STAFF:
        CHECK(scopes_parse(user_scopes_text(user), &scopes));
        return scopes;
    case USER_ROLE_BUYER:
    case USER_ROLE_SERVICE:
    case USER_ROLE_FORMER:
        return 0;
    }
    UNREACHABLE("user role");
}

/* ---- Inviting ---- */

static enum refusal check_invite(const struct office *office, const struct caller *caller,
                                 struct call *call)
{
    const enum refusal refusal = caller_may_grant(caller, call->in.staff.scopes, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (user_find_email(office, call->in.staff.email, call->in.staff.mailbox) != NULL)
        return REFUSAL_EMAIL_TAKEN;
    return office->users_of_role[USER_ROLE_ORGANIZER] + office->users_of_role[USER_ROLE_STAFF] <
                   STAFF_MAX
               ? REFUSAL_NONE
               : REFUSAL_CAPACITY;
}

/* Without a password until the invitation is taken. */
enum refusal staff_invite(struct office *office, const struct caller *caller, struct call *call)
{
    CHECK(call->in.staff.scopes != 0 && (call->in.staff.scopes & ~EVERY_SCOPE) == 0);
    enum refusal refusal = check_invite(office, caller, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    char scopes[SCOPES_TEXT_BYTES], *texts;
    scopes_format(call->in.staff.scopes, scopes);
    const struct user row = {.id = new_id(office),
                             .name = call->in.staff.name,
                             .email = call->in.staff.email,
                             .role = USER_ROLE_STAFF,
                             .created_at = office->now.house,
                             .scopes = scopes};
    refusal = reset_reserve(office) ? user_prepare(office, &row, call, &texts) : REFUSAL_CAPACITY;
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    const struct live_user *user = user_put_new(office, &row, texts);
    call->out.reset = reset_row(office, user, &call->in.staff.secret_hash, INVITATION_LIFE_MS);
    (void)put_reset(office, NULL, &call->out.reset);
    call->created = true;
    return REFUSAL_NONE;
}

/* ---- Those who are there ---- */

/* Whom the call is about; NULL: nobody who works in the house. */
static struct live_user *find_member(const struct office *office, const struct call *call)
{
    struct live_user *user = user_find(office, call->in.staff.user_id);
    const bool works =
        user != NULL && (user->role == USER_ROLE_STAFF || user->role == USER_ROLE_ORGANIZER);
    return works ? user : NULL;
}

/* What an organizer may do is more than any scopes say, and organizers alone take it. */
static enum refusal may_alter(const struct office *office, const struct caller *caller,
                              const struct live_user *member, uint32_t altered, struct call *call)
{
    const bool organizer = member->role == USER_ROLE_ORGANIZER;
    const enum refusal refusal = caller_may_grant(caller, organizer ? EVERY_SCOPE : altered, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    return organizer && office->users_of_role[USER_ROLE_ORGANIZER] == 1 ? REFUSAL_LAST_ORGANIZER
                                                                        : REFUSAL_NONE;
}

enum refusal staff_change(struct office *office, const struct caller *caller, struct call *call)
{
    CHECK(call->in.staff.scopes != 0 && (call->in.staff.scopes & ~EVERY_SCOPE) == 0);
    struct live_user *member = find_member(office, call);
    if (member == NULL)
        return REFUSAL_NOT_FOUND;
    const uint32_t altered = user_scopes(member) ^ call->in.staff.scopes;
    enum refusal refusal = may_alter(office, caller, member, altered, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    struct hash_text hash;
    char scopes[SCOPES_TEXT_BYTES], *texts;
    scopes_format(call->in.staff.scopes, scopes);
    struct user row = user_row(member, &hash);
    row.role = USER_ROLE_STAFF;
    row.scopes = scopes;
    refusal = user_prepare(office, &row, call, &texts);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    (void)put_user(office, member, &row, texts);
    CHECK(user_scopes(member) == call->in.staff.scopes);
    return REFUSAL_NONE;
}

/* The name stays in the books; the address is free for another account. */
enum refusal staff_remove(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *member = find_member(office, call);
    if (member == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = may_alter(office, caller, member, user_scopes(member), call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    struct hash_text hash;
    struct user row = user_row(member, &hash);
    row.role = USER_ROLE_FORMER;
    row.email = row.password_hash = row.scopes = NULL;
    char *texts = user_texts_pack(&office->texts, &row);
    if (texts == NULL)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    (void)put_user(office, member, &row, texts);
    user_shut_out(office, member);
    return REFUSAL_NONE;
}
