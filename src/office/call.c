/* From a call to its verb: who asks, whether they may, and what the answer owns. */
#include "office/room.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <stdlib.h>

/* What a caller needs: a session, or a scope besides. */
enum need {
    NEED_ANYBODY,
    NEED_SIGNED_IN,
#define SCOPE(name) NEED_##name,
#include "office/scope.def"
};

/* The scopes stand at the end of the needs, in their own order. */
#define NEEDS_BEFORE_SCOPES NEED_READ

/* A verb that reads has no reason to put anything. */
#define READS WHY_UNTOLD
#define WRITES(why) WHY_##why

enum keeping {
    NOT_KEPT,
    KEPT,
};

static const struct verb_schema {
    const char *name;
    verb_function *function;
    enum need need;
    enum record_why why;
    enum verb_answer answers;
    enum keeping kept;
} verbs[VERB_COUNT] = {
#define VERB(verb, verb_implementation, caller_need, verb_effect, answer, kept_of_it)              \
    [VERB_##verb] = {.name = #verb,                                                                \
                     .function = verb_implementation,                                              \
                     .need = NEED_##caller_need,                                                   \
                     .why = verb_effect,                                                           \
                     .answers = ANSWERS_##answer,                                                  \
                     .kept = kept_of_it},
#include "office/verb.def"
};

static const struct verb_schema *schema_of(enum verb verb)
{
    CHECK((unsigned)verb < VERB_COUNT);
    return &verbs[verb];
}

const char *verb_name(enum verb verb)
{
    return schema_of(verb)->name;
}

bool verb_reads(enum verb verb)
{
    return schema_of(verb)->why == READS;
}

enum verb_answer verb_answers(enum verb verb)
{
    return schema_of(verb)->answers;
}

/* Being heard is the one thing that even a refused call does. */
static enum refusal admit_caller(struct office *office, struct call *call, enum need need,
                                 struct caller *caller)
{
    caller->user = session_authenticate(office, &call->credentials);
    if (caller->user == NULL)
        return REFUSAL_UNAUTHENTICATED;
    call->caller_id = caller->user->id;
    call->by_organizer = caller->user->role == USER_ROLE_ORGANIZER;
    struct live_token *token = user_token(office, caller->user);
    if (token != NULL)
        token_mark_heard(office, token);
    if (need == NEED_SIGNED_IN || caller_may(caller, (enum scope)(need - NEEDS_BEFORE_SCOPES)))
        return REFUSAL_NONE;
    return REFUSAL_FORBIDDEN;
}

void office_call(struct office *office, const struct turn *turn, struct call *call)
{
    CHECK(office->loading == NULL);
    turn_begin(office, turn);
    const struct verb_schema *verb = schema_of(call->verb);
    struct caller caller = {.user = NULL};
    /* After a look-up it is decided anew. */
    call->refusal = REFUSAL_NONE;
    call->created = call->replayed = false;
    office->room = 0;
    const bool room = verb->why == READS || batch_reserve(office, CALL_RECORDS_MAX);
    if (verb->need != NEED_ANYBODY)
        call->refusal = admit_caller(office, call, verb->need, &caller);
    if (call->refusal == REFUSAL_NONE && !room)
        call->refusal = REFUSAL_CAPACITY;
    if (call->refusal != REFUSAL_NONE)
        return;
    office->why = verb->why; /* without one the door lets nothing through */
    if (call->idempotency.present && verb->kept == KEPT)
        call->refusal = call_kept(office, &caller, call, verb->function);
    else
        call->refusal = verb->function(office, &caller, call);
}

bool call_wants_look_up(const struct call *call)
{
    return call->refusal == REFUSAL_NONE && call->look_up.state == LOOK_UP_WANTED;
}

bool call_wants_list(const struct call *call)
{
    return call->refusal == REFUSAL_NONE && verb_answers(call->verb) == ANSWERS_PAGE;
}

enum refusal call_show_record(struct call *call, const struct record *record)
{
    call->record = record_copy(record);
    return call->record == NULL ? REFUSAL_CAPACITY : REFUSAL_NONE;
}

bool look_up_want(struct call *call, enum record_kind kind, struct id id)
{
    /* Between two decisions of a call another one may have taken its Idempotency-Key: then it asks
     * for something else now. */
    if (call->look_up.kind != kind || !id_equal(call->look_up.id, id))
        look_up_release(&call->look_up);
    switch (call->look_up.state) {
    case LOOK_UP_NOT_ASKED:
    case LOOK_UP_WANTED:
        call->look_up = (struct look_up){.state = LOOK_UP_WANTED, .kind = kind, .id = id};
        return true;
    case LOOK_UP_FOUND:
        return true;
    case LOOK_UP_ABSENT:
        return false;
    }
    UNREACHABLE("history state");
}

void call_release(struct call *call)
{
    free(call->record);
    call->record = NULL;
    look_up_release(&call->look_up);
    const enum verb_answer answers = verb_answers(call->verb);
    if (answers == ANSWERS_PAGE)
        record_page_release(&call->out.page);
    if (answers == ANSWERS_SEATS) {
        free(call->out.seats_block.refused);
        call->out.seats_block.refused = NULL;
    }
}

/* The account that an e-mail names may be kept under another spelling, so the tables are asked for
 * it by its id. Nobody's stays as it is, and finds nobody there either. */
static void list_by_mailbox(const struct office *office, struct record_query *query)
{
    if (query->kind != RECORD_KIND_USER || query->email == NULL)
        return;
    const struct live_user *found = user_find_email(office, query->email, query->mailbox);
    if (found == NULL || !id_is_none(query->user_id))
        return;
    query->user_id = found->id;
    query->email = NULL;
}

/* The scope that a caller needs to list anybody's rows. */
static enum scope list_scope(enum record_kind kind)
{
    static const enum scope scopes[RECORD_KIND_COUNT] = {
#define FILTER(name, type, detail, parameter, meaning)
#define LIST(kind, entity, scope, whose) [RECORD_KIND_##kind] = SCOPE_##scope,
#define BY(entity, filter, column)
#define INSIDE(entity, filter, column)
#define END_LIST(kind, entity)
#include "read/list.def"
    };
    CHECK((unsigned)kind < RECORD_KIND_COUNT);
    return scopes[kind];
}

/* With the list's scope anybody's rows are listed, without it the caller's own. */
enum refusal list_own_or_any(struct office *office, const struct caller *caller, struct call *call)
{
    struct record_query *query = &call->in.list;
    const struct id own = caller->user->id;
    if (caller_may(caller, list_scope(query->kind))) {
        list_by_mailbox(office, query);
        return REFUSAL_NONE;
    }
    if (!list_schema(query->kind)->has_own ||
        (!id_is_none(query->user_id) && !id_equal(query->user_id, own)))
        return REFUSAL_FORBIDDEN;
    query->user_id = own;
    return REFUSAL_NONE;
}

/* Asked for its side effect alone: the caller was heard. */
enum refusal heard(struct office *office, const struct caller *caller, struct call *call)
{
    (void)office;
    (void)caller;
    (void)call;
    return REFUSAL_NONE;
}
