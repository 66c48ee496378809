/* Who asks, as the verbs see it. For the files of this layer only. */
#ifndef USHER_OFFICE_CALLER_H
#define USHER_OFFICE_CALLER_H

#include "base/id.h"
#include "record/refusal.h"
#include "record/scope.h"

#include <stdint.h>

struct call;
struct credentials;
struct live_api_key;
struct live_user;
struct office;

/* All NULL for a verb that ANYBODY may ask. */
struct caller {
    struct live_user *user;   /* of a key, its own */
    struct live_api_key *key; /* NULL: a person, by a session */
    uint32_t scopes;          /* that the caller has */
    enum scope scope;         /* that the verb wants; SCOPE_NONE: none */
};

/* By the credentials; false: they do not hold. Renews what they are of. */
bool caller_authenticate(struct office *office, const struct credentials *credentials,
                         struct caller *caller);

/* Whether the caller has the scope that the verb wants. */
bool caller_may(const struct caller *caller);

/* Whether a row of `owner`'s is the caller's own. A key has none. */
bool caller_owns(const struct caller *caller, struct id owner);

/* Whether it is the caller's to look at: one's own, or with the verb's scope anybody's. */
bool caller_may_see(const struct caller *caller, struct id owner);

/* Whether the caller may give these scopes to somebody, or take them away. One gives and takes only
 * what one has; who may do that, organizers alone decide. */
enum refusal caller_may_grant(const struct caller *caller, uint32_t scopes, struct call *call);

/* How a caller without the verb's scope is refused. */
enum refusal caller_refuse(const struct caller *caller, struct call *call);

/* The same where a buyer is not to know that there is such a thing. */
enum refusal caller_refuse_to_show(const struct caller *caller, struct call *call);

#endif
