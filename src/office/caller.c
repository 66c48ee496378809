/* See caller.h. */
#include "office/caller.h"

#include "base/check.h"
#include "office/user.h"

#define EVERY_SCOPE ((1U << SCOPE_COUNT) - 1)

static const unsigned scopes_of_role[] = {
    [USER_ROLE_BUYER] = 0,
    [USER_ROLE_ORGANIZER] = EVERY_SCOPE,
};

bool caller_may(const struct caller *caller, enum scope scope)
{
    CHECK(caller->user != NULL && (unsigned)scope < SCOPE_COUNT);
    return (scopes_of_role[caller->user->role] >> scope & 1) != 0;
}

bool caller_may_see(const struct caller *caller, struct id owner)
{
    return id_equal(caller->user->id, owner) || caller_may(caller, SCOPE_READ);
}
