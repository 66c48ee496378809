/* Verbs, as office_call dispatches to them, and what they answer with. For the files of this layer
 * only. */
#ifndef USHER_OFFICE_VERB_FUNCTION_H
#define USHER_OFFICE_VERB_FUNCTION_H

#include "office/caller.h"
#include "office/office.h"

typedef enum refusal verb_function(struct office *office, const struct caller *caller,
                                   struct call *call);

#define VERB(name, function, need, effect, answers, kept)                                          \
    enum refusal function(struct office *office, const struct caller *caller, struct call *call);
#include "office/verb.def"

/* Runs a verb under the call's Idempotency-Key, or answers from what the key has kept. */
enum refusal call_kept(struct office *office, const struct caller *caller, struct call *call,
                       verb_function *function);

/* ---- Answers (call.c) ---- */

/* Answers with a copy of the record. REFUSAL_CAPACITY: no memory. */
enum refusal call_show_record(struct call *call, const struct record *record);

/* For a row that is not in memory: false when history says there is none. True: either
 * call->look_up.state is now LOOK_UP_WANTED and the verb returns REFUSAL_NONE at once, to be called
 * again, or the row is in call->look_up. */
bool look_up_want(struct call *call, enum record_kind kind, struct id id);

/* Shows an object to one who may see it, from memory or from history. */
enum refusal token_answer(struct office *office, const struct caller *caller, struct id id,
                          struct call *call); /* ID_NONE: the caller's live one */
enum refusal reservation_answer(const struct office *office, const struct caller *caller,
                                struct id id, struct call *call);
enum refusal payment_answer(const struct office *office, const struct caller *caller, struct id id,
                            struct call *call);

enum refusal ticket_answer(const struct office *office, const struct caller *caller, struct id id,
                           struct call *call);

/* Of a block or unblock that was done: how many it changed then, and which of its seats are
 * held or sold now. */
enum refusal seats_answer(const struct office *office, int64_t changed, struct call *call);

#endif
