/* The engine's part for the fuzz target of bodies: holds a call against the bounds of the API's
 * page, which stand here once more, and answers it. */
#ifndef USHER_TEST_FUZZ_BODY_CALL_H
#define USHER_TEST_FUZZ_BODY_CALL_H

#include "api/round_plan.h"
#include "base/utf8.h"
#include "office/office.h"

#define GIVEN_HASH "a hash"

/* What is asked for may be asked. */
void check_call(const struct call *call);

/* The seats of a round are as the API's page wants them. */
void check_plan(const struct round_plan *plan);

/* Grants the call with rows made from what it asks, or refuses it: `choice` says which. */
void answer_call(struct call *call, uint8_t choice);

#endif
