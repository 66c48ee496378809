/* Actions: what somebody of the house, or a program of it, changed. For the files of this layer
 * only.
 */
#ifndef USHER_OFFICE_ACTION_H
#define USHER_OFFICE_ACTION_H

#include "office/caller.h"
#include "office/office.h"

/* Puts the action of a call that was granted, in the batch of what it put. Nothing for a call of a
 * buyer, of nobody, of a verb that reads, or that was done before under its Idempotency-Key. One
 * record, for which the call had room. */
void action_put(struct office *office, const struct caller *caller, const struct call *call);

#endif
