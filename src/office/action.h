/* Actions: what somebody of the house, or a program of it, changed, or saw of others. For the files
 * of this layer only. */
#ifndef USHER_OFFICE_ACTION_H
#define USHER_OFFICE_ACTION_H

#include "office/caller.h"
#include "office/office.h"

/* Puts the action of a call that was granted, in the batch of what it put. Nothing for a call of a
 * buyer, of nobody, of a verb that reads, or that was done before under its Idempotency-Key. One
 * record, for which the call had room. */
void action_put(struct office *office, const struct caller *caller, const struct call *call);

/* The same of a verb that nobody need be signed in for, asked by an administrator of the machine:
 * the action is of the account, as that of which it tells. Nothing for a call of anybody else. */
void action_put_administrator(struct office *office, struct live_user *user,
                              const struct call *call);

/* The same of a call that shows something, because of `why`, if it is by the house and about
 * others. `barred`: what that is refused where the journal takes no rows; then it must not be
 * shown. */
MUST_USE enum refusal action_put_shown(struct office *office, const struct caller *caller,
                                       const struct call *call, enum record_why why,
                                       enum refusal barred);

#endif
