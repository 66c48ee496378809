/* See action.h. What an action is about follows from what the call answers with, or from what it
 * named. */
#include "office/action.h"

#include "office/door.h"
#include "office/reservation.h"
#include "office/room.h"
#include "office/state.h"
#include "office/user.h"
#include "office/verb_function.h"
#include "read/told_query.h"

#include <string.h>

struct about {
    enum record_kind kind;
    struct id id;      /* ID_NONE: nothing that has an id */
    struct id subject; /* whose data it is; ID_NONE: nobody's */
};

static struct about about_user(struct id user_id)
{
    return (struct about){RECORD_KIND_USER, user_id, user_id};
}

/* Of a verb that answers with nothing. */
static struct about about_named(const struct caller *caller, const struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_STAFF_REMOVE)
        return about_user(call->in.staff.user_id);
    if (verb == VERB_API_KEY_REMOVE)
        return (struct about){RECORD_KIND_API_KEY, call->in.api_key.key_id, ID_NONE};
    if (verb == VERB_CONCERT_DELETE)
        return (struct about){RECORD_KIND_CONCERT, call->in.concert.concert_id, ID_NONE};
    if (verb == VERB_PLAN_REMOVE)
        return (struct about){RECORD_KIND_PLAN, call->in.plan.plan_id, ID_NONE};
    if (verb == VERB_ROUND_DELETE)
        return (struct about){RECORD_KIND_CONCERT_ROUND, call->in.round.round_id, ID_NONE};
    if (verb == VERB_QUEUE_LEAVE)
        return (struct about){RECORD_KIND_QUEUE_TOKEN, call->in.token.token_id, caller->user->id};
    if (verb == VERB_SESSION_CLOSE || verb == VERB_SESSION_CLOSE_ALL)
        return about_user(caller->user->id);
    return (struct about){RECORD_KIND_HOUSE, ID_NONE, ID_NONE};
}

/* Of one that is in memory, or was looked up. */
static struct id reservation_owner(const struct office *office, const struct call *call)
{
    const struct live_reservation *live =
        reservation_find(office, call->in.reservation.reservation_id);
    return live != NULL ? live->row.user_id : call->look_up.view->reservation.user_id;
}

/* A list may be narrowed to somebody who is not there. */
static struct id listed_owner(const struct office *office, const struct record_query *query)
{
    return user_find(office, query->user_id) != NULL ? query->user_id : ID_NONE;
}

static struct about about_of(const struct office *office, const struct caller *caller,
                             const struct call *call)
{
    switch (verb_answers(call->verb)) {
    case ANSWERS_USER:
        return about_user(call->record->as.user.id);
    case ANSWERS_SESSION:
    case ANSWERS_HANDOVER:
        return (struct about){RECORD_KIND_SESSION, call->out.session.id, call->out.session.user_id};
    case ANSWERS_RESET:
    case ANSWERS_INVITATION:
        return about_user(call->out.reset.user_id);
    case ANSWERS_API_KEY:
        return (struct about){RECORD_KIND_API_KEY, call->record->as.api_key.id, ID_NONE};
    case ANSWERS_ENTRY:
        return (struct about){RECORD_KIND_POINT_ENTRY, call->record->as.point_entry.id,
                              call->record->as.point_entry.user_id};
    case ANSWERS_CONCERT:
        return (struct about){RECORD_KIND_CONCERT, call->record->as.concert.id, ID_NONE};
    case ANSWERS_PLAN:
        return (struct about){RECORD_KIND_PLAN, call->record->as.plan.id, ID_NONE};
    case ANSWERS_ROUND:
        return (struct about){RECORD_KIND_CONCERT_ROUND, call->record->as.concert_round.id,
                              ID_NONE};
    case ANSWERS_INCIDENT:
        return (struct about){RECORD_KIND_INCIDENT, call->record->as.incident.id, ID_NONE};
    case ANSWERS_SEATS:
        return (struct about){RECORD_KIND_CONCERT_ROUND, call->in.seats_block.round_id, ID_NONE};
    case ANSWERS_TOKEN:
        return (struct about){RECORD_KIND_QUEUE_TOKEN, call->out.token.token.id,
                              call->out.token.token.user_id};
    case ANSWERS_RESERVATION:
        return (struct about){RECORD_KIND_SEAT_RESERVATION, call->out.reservation.reservation.id,
                              call->out.reservation.reservation.user_id};
    case ANSWERS_PAYMENT:
        return (struct about){RECORD_KIND_PAYMENT, call->out.payment.id, call->out.payment.user_id};
    case ANSWERS_TICKET:
        return (struct about){RECORD_KIND_TICKET, call->record->as.ticket.id,
                              call->record->as.ticket.user_id};
    case ANSWERS_NOTHING:
        return about_named(caller, call);
    case ANSWERS_POINTS:
        return about_user(call->out.points.user_id);
    case ANSWERS_HISTORY:
        return (struct about){RECORD_KIND_SEAT_RESERVATION, call->in.reservation.reservation_id,
                              reservation_owner(office, call)};
    case ANSWERS_PAGE:
        return (struct about){RECORD_KIND_HOUSE, ID_NONE, listed_owner(office, &call->in.list)};
    case ANSWERS_CHANGES:
        return (struct about){RECORD_KIND_HOUSE, ID_NONE, ID_NONE};
    case ANSWERS_SESSIONS: /* verbs that are never told, from here on */
    case ANSWERS_SALES:
    case ANSWERS_BREAKDOWN:
    case ANSWERS_FORECAST:
    case ANSWERS_DRAWN_PLAN:
    case ANSWERS_COUNT:
        break;
    }
    UNREACHABLE("what a verb that is told answers");
}

/* What the body says of why goes before the query. */
static const char *reason_given(const struct call *call)
{
    if (call->verb == VERB_POINTS_ADJUST)
        return call->in.points_charge.reason;
    return call->verb == VERB_INCIDENT_MAKE ? call->in.incident.note : call->origin.reason;
}

/* What an action says in the place of an address. */
#define ADMINISTRATOR_PREFIX "local:"

_Static_assert(sizeof ADMINISTRATOR_PREFIX + ADMINISTRATOR_BYTES_MAX <= ADDRESS_TEXT_BYTES,
               "an administrator takes the room of an address");

/* NULL: it is not known. */
static const char *origin_text(const struct call_origin *origin,
                               char text[static ADDRESS_TEXT_BYTES])
{
    if (origin->administrator != NULL) {
        const size_t before = sizeof ADMINISTRATOR_PREFIX - 1;
        const size_t length = strlen(origin->administrator);
        CHECK(origin->address == NULL && length >= 1 && length <= ADMINISTRATOR_BYTES_MAX);
        memcpy(text, ADMINISTRATOR_PREFIX, before);
        memcpy(text + before, origin->administrator, length + 1);
        return text;
    }
    if (origin->address == NULL)
        return NULL;
    address_format(origin->address, text);
    return text;
}

static void put_about(struct office *office, const struct caller *caller, const struct call *call,
                      const struct about *about)
{
    char object[ID_TEXT_BYTES], address[ADDRESS_TEXT_BYTES];
    struct told_line query;
    CHECK(caller->user != NULL && office->why != WHY_UNTOLD);
    struct action row = {
        .id = new_id(office),
        .actor_id = caller->user->id,
        .key_id = caller->key == NULL ? ID_NONE : caller->key->row.id,
        .what = record_why_text(office->why),
        .subject_id = about->subject,
        .request_id = call->origin.request_id,
        .reason = reason_given(call),
        .created_at = office->now.house,
    };
    if (!id_is_none(about->id)) {
        (void)id_format(record_schema(about->kind)->prefix, about->id, object);
        row.object = object;
    }
    if (verb_answers(call->verb) == ANSWERS_PAGE) {
        query_tell(&call->in.list, &query);
        row.query = query.text;
    }
    if (office->told.any) {
        row.old_values = told_line_end(&office->told.old_values);
        row.new_values = told_line_end(&office->told.new_values);
    }
    row.address = origin_text(&call->origin, address);
    put_action(office, &row);
}

void action_put(struct office *office, const struct caller *caller, const struct call *call)
{
    if (!call->by_house || verb_reads(call->verb) || call->refusal != REFUSAL_NONE ||
        call->replayed || call_wants_look_up(call))
        return;
    const struct about about = about_of(office, caller, call);
    put_about(office, caller, call, &about);
}

void action_put_administrator(struct office *office, struct live_user *user,
                              const struct call *call)
{
    const struct caller caller = {.user = user};
    if (call->origin.administrator == NULL)
        return;
    const struct about about = about_user(user->id);
    put_about(office, &caller, call, &about);
}

/* Lists of the house's own affairs, as its keys, want another scope. */
static bool must_be_told(const struct caller *caller, const struct call *call)
{
    return call->by_house && call->refusal == REFUSAL_NONE && !call_wants_look_up(call) &&
           !call->goes_on && caller->scope == SCOPE_READ && caller_may(caller);
}

enum refusal action_put_shown(struct office *office, const struct caller *caller,
                              const struct call *call, enum record_why why, enum refusal barred)
{
    if (!must_be_told(caller, call))
        return call->refusal;
    const struct about about = about_of(office, caller, call);
    if (!id_is_none(about.subject) && caller_owns(caller, about.subject))
        return REFUSAL_NONE;
    if (barred != REFUSAL_NONE)
        return barred;
    if (!batch_reserve(office, 1))
        return REFUSAL_CAPACITY;
    office->why = call->wants_everybody ? WHY_EXPORTED : why;
    put_about(office, caller, call, &about);
    return REFUSAL_NONE;
}
