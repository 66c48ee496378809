/* From a call to its verb: who asks, whether they may, and what the answer owns. */
#include "office/state.h"

#include <stdlib.h>

enum caller_need {
    ANYBODY,
    SIGNED_IN,
    ORGANIZER,
};

struct verb_schema {
    const char *name;
    verb_function *function;
    enum caller_need need;
    enum kept_object kept;
};

static const struct verb_schema verbs[VERB_COUNT] = {
#define VERB(verb, verb_implementation, caller, kept_of_it)                                        \
    [VERB_##verb] = {                                                                              \
        .name = #verb, .function = verb_implementation, .need = caller, .kept = kept_of_it},
#include "office/verb.def"
};

const char *verb_name(enum verb verb)
{
    CHECK((unsigned)verb < VERB_COUNT);
    return verbs[verb].name;
}

/* Being heard is the one thing that even a refused call does. */
static enum refusal admit_caller(struct office *office, struct call *call, struct live_user **user)
{
    *user = session_authenticate(office, &call->credentials);
    if (*user == NULL)
        return REFUSAL_UNAUTHENTICATED;
    call->caller_id = (*user)->id;
    call->by_organizer = (*user)->role == USER_ROLE_ORGANIZER;
    struct live_token *token = user_token(office, *user);
    if (token != NULL)
        token_mark_heard(office, token);
    return verbs[call->verb].need == ORGANIZER && !call->by_organizer ? REFUSAL_FORBIDDEN
                                                                      : REFUSAL_NONE;
}

void office_call(struct office *office, const struct turn *turn, struct call *call)
{
    CHECK((unsigned)call->verb < VERB_COUNT && !office->loading);
    office->now = turn->now;
    office->seq = turn->seq;
    const struct verb_schema *verb = &verbs[call->verb];
    struct live_user *user = NULL;
    /* After a look-up it is decided anew. */
    call->refusal = REFUSAL_NONE;
    call->created = call->replayed = false;
    if (verb->need != ANYBODY)
        call->refusal = admit_caller(office, call, &user);
    if (call->refusal != REFUSAL_NONE)
        return;
    if (call->idempotency.present && verb->kept != NOT_KEPT)
        call->refusal = call_kept(office, turn, user, call, verb->function, verb->kept);
    else
        call->refusal = verb->function(office, turn, user, call);
}

bool call_wants_history(const struct call *call)
{
    return call->refusal == REFUSAL_NONE && call->history.state == HISTORY_WANTED;
}

bool call_wants_list(const struct call *call)
{
    return call->refusal == REFUSAL_NONE && call->verb == VERB_LIST;
}

enum refusal call_show_record(struct call *call, const struct record *record)
{
    call->record = record_copy(record);
    return call->record == NULL ? REFUSAL_CAPACITY : REFUSAL_NONE;
}

bool history_want(struct call *call, enum record_kind kind, struct id id)
{
    /* Between two decisions of a call another one may have taken its Idempotency-Key: then it asks
     * for something else now. */
    if (call->history.kind != kind || !id_equal(call->history.id, id))
        history_release(&call->history);
    switch (call->history.state) {
    case HISTORY_NOT_ASKED:
    case HISTORY_WANTED:
        call->history = (struct history){.state = HISTORY_WANTED, .kind = kind, .id = id};
        return true;
    case HISTORY_FOUND:
        return true;
    case HISTORY_ABSENT:
        return false;
    }
    UNREACHABLE("history state");
}

void call_release(struct call *call)
{
    free(call->record);
    call->record = NULL;
    history_release(&call->history);
    if (call->verb == VERB_LIST)
        record_page_release(&call->out.page);
    if (call->verb == VERB_SEATS_BLOCK || call->verb == VERB_SEATS_UNBLOCK) {
        free(call->out.seats_block.refused);
        call->out.seats_block.refused = NULL;
    }
}

/* A buyer lists the rows that are the buyer's own; an organizer anybody's. */
enum refusal list_own_or_any(struct office *office, const struct turn *turn, struct live_user *user,
                             struct call *call)
{
    (void)office;
    (void)turn;
    struct record_query *query = &call->in.list;
    if (user->role == USER_ROLE_ORGANIZER)
        return REFUSAL_NONE;
    if (query->kind == RECORD_KIND_USER ||
        (!id_is_none(query->user_id) && !id_equal(query->user_id, user->id)))
        return REFUSAL_FORBIDDEN;
    query->user_id = user->id;
    return REFUSAL_NONE;
}

/* Asked for its side effect alone: the caller was heard. */
enum refusal heard(struct office *office, const struct turn *turn, struct live_user *user,
                   struct call *call)
{
    (void)office;
    (void)turn;
    (void)user;
    (void)call;
    return REFUSAL_NONE;
}
