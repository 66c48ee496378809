/* See action.h. What an action is about follows from what the call answers with, or from what it
 * named. */
#include "office/action.h"

#include "office/door.h"
#include "office/state.h"
#include "office/user.h"
#include "office/verb_function.h"

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
    if (verb == VERB_ROUND_DELETE)
        return (struct about){RECORD_KIND_CONCERT_ROUND, call->in.round.round_id, ID_NONE};
    if (verb == VERB_QUEUE_LEAVE)
        return (struct about){RECORD_KIND_QUEUE_TOKEN, call->in.token.token_id, caller->user->id};
    if (verb == VERB_SESSION_CLOSE || verb == VERB_SESSION_CLOSE_ALL)
        return about_user(caller->user->id);
    return (struct about){RECORD_KIND_HOUSE, ID_NONE, ID_NONE};
}

static struct about about_of(const struct caller *caller, const struct call *call)
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
    case ANSWERS_NOTHING:
        return about_named(caller, call);
    case ANSWERS_SESSIONS: /* verbs that read, from here on */
    case ANSWERS_POINTS:
    case ANSWERS_SALES:
    case ANSWERS_BREAKDOWN:
    case ANSWERS_FORECAST:
    case ANSWERS_PAGE:
    case ANSWERS_CHANGES:
    case ANSWERS_HISTORY:
    case ANSWERS_COUNT:
        break;
    }
    UNREACHABLE("what a verb that writes answers");
}

void action_put(struct office *office, const struct caller *caller, const struct call *call)
{
    if (!call->by_house || verb_reads(call->verb) || call->refusal != REFUSAL_NONE ||
        call->replayed || call_wants_look_up(call))
        return;
    char object[ID_TEXT_BYTES], address[ADDRESS_TEXT_BYTES];
    const struct about about = about_of(caller, call);
    struct action row = {
        .id = new_id(office),
        .actor_id = caller->user->id,
        .key_id = caller->key == NULL ? ID_NONE : caller->key->row.id,
        .what = record_why_text(office->why),
        .subject_id = about.subject,
        .request_id = call->origin.request_id,
        .created_at = office->now.house,
    };
    if (!id_is_none(about.id)) {
        (void)id_format(record_schema(about.kind)->prefix, about.id, object);
        row.object = object;
    }
    if (call->origin.address != NULL) {
        address_format(call->origin.address, address);
        row.address = address;
    }
    put_action(office, &row);
}
