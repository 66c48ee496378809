/* See caller.h. */
#include "office/caller.h"

#include "base/check.h"
#include "office/user.h"

bool caller_authenticate(struct office *office, const struct credentials *credentials,
                         struct caller *caller)
{
    if (credentials->is_key) {
        caller->key = api_key_authenticate(office, credentials);
        if (caller->key == NULL)
            return false;
        caller->user = caller->key->user;
        caller->scopes = caller->key->scopes;
        return true;
    }
    caller->user = session_authenticate(office, credentials);
    if (caller->user != NULL)
        caller->scopes = user_scopes(caller->user);
    return caller->user != NULL;
}

bool caller_may(const struct caller *caller)
{
    CHECK(caller->user != NULL);
    return caller->scope != SCOPE_NONE && (caller->scopes & SCOPE_BIT(caller->scope)) != 0;
}

bool caller_owns(const struct caller *caller, struct id owner)
{
    return caller->key == NULL && id_equal(caller->user->id, owner);
}

bool caller_may_see(const struct caller *caller, struct id owner)
{
    return caller_owns(caller, owner) || caller_may(caller);
}

static bool is_buyer(const struct caller *caller)
{
    return caller->key == NULL && caller->user->role == USER_ROLE_BUYER;
}

enum refusal caller_may_grant(const struct caller *caller, uint32_t scopes, struct call *call)
{
    const uint32_t lacking = scopes & ~caller->scopes;
    if ((scopes & SCOPE_BIT(SCOPE_TEAM_WRITE)) != 0 &&
        (caller->key != NULL || caller->user->role != USER_ROLE_ORGANIZER))
        return REFUSAL_FORBIDDEN;
    if (lacking == 0)
        return REFUSAL_NONE;
    call->detail.scope = (enum scope)__builtin_ctz(lacking);
    return REFUSAL_SCOPE_REQUIRED;
}

enum refusal caller_refuse(const struct caller *caller, struct call *call)
{
    if (is_buyer(caller))
        return REFUSAL_FORBIDDEN;
    call->detail.scope = caller->scope;
    return REFUSAL_SCOPE_REQUIRED;
}

enum refusal caller_refuse_to_show(const struct caller *caller, struct call *call)
{
    if (is_buyer(caller) || caller->scope == SCOPE_NONE)
        return REFUSAL_NOT_FOUND;
    return caller_refuse(caller, call);
}
