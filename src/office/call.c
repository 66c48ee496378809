/* From a call to its verb: who asks, whether they may, and what the answer owns. */
#include "office/action.h"
#include "office/room.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <stdlib.h>
#include <string.h>

/* verb.def's words for who may ask, as they are here. */
enum need {
    NEED_ANYBODY,
    NEED_SIGNED_IN,
    NEED_LISTS,
#define SCOPE(name, text, meaning) NEED_##name,
#include "record/scope.def"
#define SCOPE(name, text, meaning) NEED_OWN_OR_##name,
#include "record/scope.def"
};

/* The scopes stand at the end of the needs, in their own order, twice. */
#define NEEDS_BEFORE_SCOPES NEED_STATS
#define NEEDS_BEFORE_OWN NEED_OWN_OR_STATS

/* Why a verb puts its rows, and why it is told that it showed something; WHY_UNTOLD: it does not.
 */
struct effect {
    enum record_why puts, shows;
};

#define READS                                                                                      \
    {                                                                                              \
        WHY_UNTOLD, WHY_UNTOLD                                                                     \
    }
#define SHOWS(why)                                                                                 \
    {                                                                                              \
        WHY_UNTOLD, WHY_##why                                                                      \
    }
#define WRITES(why)                                                                                \
    {                                                                                              \
        WHY_##why, WHY_UNTOLD                                                                      \
    }

enum keeping {
    NOT_KEPT,
    KEPT,
};

static const struct verb_schema {
    const char *name;
    verb_function *function;
    enum need need;
    struct effect effect;
    enum verb_answer answers;
    enum keeping kept;
} verbs[VERB_COUNT] = {
#define VERB(verb, verb_implementation, caller_need, verb_effect, answer, kept_of_it)              \
    [VERB_##verb] = {.name = #verb,                                                                \
                     .function = verb_implementation,                                              \
                     .need = NEED_##caller_need,                                                   \
                     .effect = verb_effect,                                                        \
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

bool verb_takes_key(enum verb verb)
{
    return schema_of(verb)->kept == KEPT;
}

bool verb_reads(enum verb verb)
{
    return schema_of(verb)->effect.puts == WHY_UNTOLD;
}

enum verb_answer verb_answers(enum verb verb)
{
    return schema_of(verb)->answers;
}

struct verb_need verb_need(enum verb verb)
{
    const enum need need = schema_of(verb)->need;
    struct verb_need said = {.scope = SCOPE_NONE};
    said.anybody = need == NEED_ANYBODY;
    said.persons_only = need == NEED_SIGNED_IN;
    said.own = need >= NEEDS_BEFORE_OWN;
    if (said.own)
        said.scope = (enum scope)(need - NEEDS_BEFORE_OWN);
    else if (need >= NEEDS_BEFORE_SCOPES)
        said.scope = (enum scope)(need - NEEDS_BEFORE_SCOPES);
    return said;
}

struct verb_need list_need(enum record_kind kind)
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
    return (struct verb_need){.own = list_schema(kind)->has_own, .scope = scopes[kind]};
}

/* Being heard is the one thing that even a refused call does. */
static enum refusal admit_caller(struct office *office, struct call *call,
                                 const struct verb_need *need, struct caller *caller)
{
    if (!caller_authenticate(office, &call->credentials, caller))
        return REFUSAL_UNAUTHENTICATED;
    call->caller_id = caller->user->id;
    call->by_house = caller->key != NULL || caller->user->role != USER_ROLE_BUYER;
    caller->scope = need->scope;
    struct live_token *token = user_token(office, caller->user);
    if (token != NULL)
        token_mark_heard(office, token);
    if (need->persons_only)
        return caller->key == NULL ? REFUSAL_NONE : REFUSAL_FORBIDDEN;
    if (caller_may(caller) || (need->own && caller->key == NULL))
        return REFUSAL_NONE;
    return caller_refuse(caller, call);
}

/* What a verb may have put, by how it ended, beside what was renewed of the caller's before it. */
static void check_outcome(const struct verb_schema *verb, const struct call *call, size_t put)
{
    /* The failed try to pay is kept. */
    const size_t most_of_refused = call->refusal == REFUSAL_INSUFFICIENT_POINTS ? 1 : 0;
    CHECK(verb->effect.puts != WHY_UNTOLD || put == 0);
    CHECK(call->refusal == REFUSAL_NONE || put <= most_of_refused);
    CHECK(!call_wants_look_up(call) || put == 0);
    CHECK(!call->replayed || put == 0);
    CHECK(call->refusal != REFUSAL_NONE || !call->created || call->replayed || put > 0);
}

void office_call(struct office *office, const struct turn *turn, struct call *call)
{
    CHECK(office->loading == NULL);
    turn_begin(office, turn);
    const struct verb_schema *verb = schema_of(call->verb);
    const struct verb_need need =
        verb->need == NEED_LISTS ? list_need(call->in.list.kind) : verb_need(call->verb);
    struct caller caller = {.user = NULL};
    /* After a look-up it is decided anew. */
    call->refusal = REFUSAL_NONE;
    call->created = call->replayed = false;
    office->room = 0;
    const bool room = verb->effect.puts == WHY_UNTOLD || batch_reserve(office, CALL_RECORDS_MAX);
    if (!need.anybody)
        call->refusal = admit_caller(office, call, &need, &caller);
    if (call->refusal == REFUSAL_NONE && !room)
        call->refusal = REFUSAL_CAPACITY;
    if (call->refusal != REFUSAL_NONE)
        return;
    CHECK(verb->need == NEED_ANYBODY || caller.user != NULL);
    const size_t count_before = office->batch_count;
    told_begin(&office->told, call->by_house && verb->effect.puts != WHY_UNTOLD);
    office->why = verb->effect.puts; /* without one the door lets nothing through */
    if (call->idempotency.present && verb->kept == KEPT)
        call->refusal = call_kept(office, &caller, call, verb->function);
    else
        call->refusal = verb->function(office, &caller, call);
    check_outcome(verb, call, office->batch_count - count_before);
    if (verb->effect.shows != WHY_UNTOLD) {
        call->refusal = action_put_shown(office, &caller, call, verb->effect.shows, turn->barred);
        return;
    }
    office->why = verb->effect.puts;
    action_put(office, &caller, call);
    office->told.wanted = false;
}

bool call_wants_look_up(const struct call *call)
{
    return call->refusal == REFUSAL_NONE && call->look_up.state == LOOK_UP_WANTED;
}

bool call_wants_list(const struct call *call)
{
    const enum verb_answer answers = verb_answers(call->verb);
    return call->refusal == REFUSAL_NONE &&
           (answers == ANSWERS_PAGE || answers == ANSWERS_CHANGES || answers == ANSWERS_HISTORY ||
            answers == ANSWERS_BREAKDOWN || answers == ANSWERS_DRAWN_PLAN);
}

enum refusal call_show_record(struct call *call, const struct record *record)
{
    call->record = record_copy(record);
    return call->record == NULL ? REFUSAL_CAPACITY : REFUSAL_NONE;
}

/* What was looked up is what is asked for. */
static void check_looked_up(const struct look_up *look_up, enum record_kind kind, struct id id)
{
    const struct record *found = look_up->record;
    CHECK(look_up->kind == kind && id_equal(look_up->id, id));
    CHECK(found == NULL || (found->kind == kind && id_equal(record_first_id(found), id)));
    CHECK((look_up->view != NULL) == (found != NULL && kind == RECORD_KIND_SEAT_RESERVATION));
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
        check_looked_up(&call->look_up, kind, id);
        return true;
    case LOOK_UP_ABSENT:
        check_looked_up(&call->look_up, kind, id);
        return false;
    }
    UNREACHABLE("history state");
}

void call_release(struct call *call)
{
    free(call->record);
    call->record = NULL;
    free(call->holder_names);
    call->holder_names = NULL;
    look_up_release(&call->look_up);
    const enum verb_answer answers = verb_answers(call->verb);
    if (answers == ANSWERS_PAGE)
        record_page_release(&call->out.page);
    if (answers == ANSWERS_CHANGES)
        change_page_release(&call->out.changes);
    if (answers == ANSWERS_BREAKDOWN)
        sales_breakdown_release(&call->out.breakdown);
    if (answers == ANSWERS_DRAWN_PLAN)
        drawn_plan_release(&call->out.drawn_plan);
    if (answers == ANSWERS_SEATS) {
        free(call->out.seats_block.refused);
        call->out.seats_block.refused = NULL;
    }
}

/* A whole address is searched for by the account that has it. */
static void search_by_mailbox(const struct office *office, struct record_query *query)
{
    if (query->search == NULL || strchr(query->search, '@') == NULL || !id_is_none(query->user_id))
        return;
    const struct live_user *found = user_find_email(office, query->search, query->search);
    if (found == NULL)
        return;
    query->user_id = found->id;
    query->search = NULL;
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

/* Organizers are on the list of those who work in the house too. */
enum refusal staff_list(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    CHECK(call->in.list.kind == RECORD_KIND_USER && call->in.list.roles == 0);
    call->in.list.roles = 1u << USER_ROLE_ORGANIZER | 1u << USER_ROLE_STAFF;
    list_by_mailbox(office, &call->in.list);
    search_by_mailbox(office, &call->in.list);
    return REFUSAL_NONE;
}

/* With the list's scope anybody's rows are listed, without it the caller's own. */
enum refusal list_own_or_any(struct office *office, const struct caller *caller, struct call *call)
{
    struct record_query *query = &call->in.list;
    const struct id own = caller->user->id;
    if (caller_may(caller)) {
        list_by_mailbox(office, query);
        search_by_mailbox(office, query);
        return REFUSAL_NONE;
    }
    if (call->wants_everybody || (!id_is_none(query->user_id) && !id_equal(query->user_id, own)))
        return caller_refuse(caller, call);
    query->user_id = own;
    return REFUSAL_NONE;
}

/* Of verbs of which the need says all, and for HEARD itself: the caller was heard. */
enum refusal heard(struct office *office, const struct caller *caller, struct call *call)
{
    (void)office;
    (void)caller;
    (void)call;
    return REFUSAL_NONE;
}
