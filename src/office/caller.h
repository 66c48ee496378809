/* Who asks, as the verbs see it. For the files of this layer only. */
#ifndef USHER_OFFICE_CALLER_H
#define USHER_OFFICE_CALLER_H

#include "base/id.h"
#include "office/verb.h"

struct live_user;

/* NULL for a verb that ANYBODY may ask. */
struct caller {
    struct live_user *user;
};

/* Whether the caller has the scope, by its role. */
bool caller_may(const struct caller *caller, enum scope scope);

/* Whether a row of `owner`'s is the caller's to look at: one's own, or with the scope READ
 * anybody's. */
bool caller_may_see(const struct caller *caller, struct id owner);

#endif
