/* What the house's people and programs changed, or saw of others, as it has to be told: an action
 * for each call of theirs that was granted, in a commit before its answer (invariant 14). */
#include "oracle/oracle_model.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

enum about {
    ABOUT_NOTHING,
    ABOUT_CALLER, /* the account that asks */
    ABOUT_USER,   /* that is answered */
    ABOUT_RESET,
    ABOUT_MEMBER,
    ABOUT_SESSION,
    ABOUT_KEY_MADE,
    ABOUT_KEY_NAMED,
    ABOUT_ENTRY,
    ABOUT_CONCERT_MADE,
    ABOUT_CONCERT_NAMED,
    ABOUT_PLAN,
    ABOUT_ROUND_MADE,
    ABOUT_ROUND_NAMED,
    ABOUT_SEATS,
    ABOUT_INCIDENT,
    ABOUT_TOKEN,
    ABOUT_TOKEN_NAMED,
    ABOUT_RESERVATION,
    ABOUT_PAYMENT,
    ABOUT_TICKET,
};

static const struct told {
    const char *what; /* NULL: the verb has no action */
    enum about about;
} told_of[VERB_COUNT] = {
    [VERB_ORGANIZER_ADD] = {"registered", ABOUT_USER},
    [VERB_USER_ENSURE] = {"registered", ABOUT_USER},
    [VERB_SESSION_GRANT] = {"signed_in", ABOUT_SESSION},
    [VERB_HANDOVER_MAKE] = {"handed_over", ABOUT_SESSION},
    [VERB_SESSION_CLOSE] = {"signed_out", ABOUT_CALLER},
    [VERB_SESSION_CLOSE_ALL] = {"signed_out", ABOUT_CALLER},
    [VERB_USER_CHANGE] = {"user_changed", ABOUT_USER},
    [VERB_BUYER_CHANGE] = {"user_changed", ABOUT_USER},
    [VERB_API_KEY_MAKE] = {"api_key_made", ABOUT_KEY_MADE},
    [VERB_API_KEY_REMOVE] = {"api_key_removed", ABOUT_KEY_NAMED},
    [VERB_STAFF_INVITE] = {"staff_invited", ABOUT_RESET},
    [VERB_STAFF_CHANGE] = {"staff_changed", ABOUT_USER},
    [VERB_STAFF_REMOVE] = {"staff_removed", ABOUT_MEMBER},
    [VERB_PASSWORD_RESET_MAKE] = {"password_reset_made", ABOUT_RESET},
    [VERB_POINTS_CHARGE] = {"charged", ABOUT_ENTRY},
    [VERB_POINTS_ADJUST] = {"adjusted", ABOUT_ENTRY},
    [VERB_CONCERT_CREATE] = {"concert_created", ABOUT_CONCERT_MADE},
    [VERB_CONCERT_CHANGE] = {"concert_changed", ABOUT_CONCERT_NAMED},
    [VERB_CONCERT_DELETE] = {"concert_deleted", ABOUT_CONCERT_NAMED},
    [VERB_ROUND_CREATE] = {"round_created", ABOUT_ROUND_MADE},
    [VERB_ROUND_CHANGE] = {"round_changed", ABOUT_ROUND_NAMED},
    [VERB_ROUND_DELETE] = {"round_deleted", ABOUT_ROUND_NAMED},
    [VERB_ROUND_CANCEL] = {"round_cancelled", ABOUT_ROUND_NAMED},
    [VERB_ROUND_MOVE] = {"round_moved", ABOUT_ROUND_NAMED},
    [VERB_PLAN_MAKE] = {"plan_made", ABOUT_PLAN},
    [VERB_PLAN_CHANGE] = {"plan_changed", ABOUT_PLAN},
    [VERB_PLAN_REMOVE] = {"plan_removed", ABOUT_PLAN},
    [VERB_ROUND_PAUSE] = {"round_paused", ABOUT_ROUND_NAMED},
    [VERB_ROUND_RESUME] = {"round_resumed", ABOUT_ROUND_NAMED},
    [VERB_SEATS_BLOCK] = {"seats_blocked", ABOUT_SEATS},
    [VERB_SEATS_UNBLOCK] = {"seats_unblocked", ABOUT_SEATS},
    [VERB_QUEUE_JOIN] = {"joined", ABOUT_TOKEN},
    [VERB_QUEUE_LEAVE] = {"left", ABOUT_TOKEN_NAMED},
    [VERB_QUEUE_CHANGE] = {"queue_changed", ABOUT_NOTHING},
    [VERB_NOTICE_SET] = {"notice_set", ABOUT_NOTHING},
    [VERB_NOTICE_REMOVE] = {"notice_removed", ABOUT_NOTHING},
    [VERB_INCIDENT_MAKE] = {"incident", ABOUT_INCIDENT},
    [VERB_RESERVATION_HOLD] = {"held", ABOUT_RESERVATION},
    [VERB_RESERVATION_EXTEND] = {"extended", ABOUT_RESERVATION},
    [VERB_RESERVATION_CANCEL] = {"cancelled", ABOUT_RESERVATION},
    [VERB_PAYMENT_MAKE] = {"paid", ABOUT_PAYMENT},
    [VERB_TICKET_REISSUE] = {"ticket_reissued", ABOUT_TICKET},
    [VERB_TICKET_CHANGE] = {"ticket_changed", ABOUT_TICKET},
};

struct object {
    enum record_kind kind;
    struct id id, subject;
};

static struct object object_of(const struct row *user, const struct call *call, enum about about)
{
    const struct id self = user->image.as.user.id;
    const struct record *record = call->record;
    switch (about) {
    case ABOUT_NOTHING:
        return (struct object){.kind = RECORD_KIND_HOUSE};
    case ABOUT_CALLER:
        return (struct object){RECORD_KIND_USER, self, self};
    case ABOUT_USER:
        return (struct object){RECORD_KIND_USER, record->as.user.id, record->as.user.id};
    case ABOUT_RESET:
        return (struct object){RECORD_KIND_USER, call->out.reset.user_id, call->out.reset.user_id};
    case ABOUT_MEMBER:
        return (struct object){RECORD_KIND_USER, call->in.staff.user_id, call->in.staff.user_id};
    case ABOUT_SESSION:
        return (struct object){RECORD_KIND_SESSION, call->out.session.id,
                               call->in.session_open.user_id};
    case ABOUT_KEY_MADE:
        return (struct object){.kind = RECORD_KIND_API_KEY, .id = record->as.api_key.id};
    case ABOUT_KEY_NAMED:
        return (struct object){.kind = RECORD_KIND_API_KEY, .id = call->in.api_key.key_id};
    case ABOUT_ENTRY:
        return (struct object){
            RECORD_KIND_POINT_ENTRY, record->as.point_entry.id,
            id_is_none(call->in.points_charge.user_id) ? self : call->in.points_charge.user_id};
    case ABOUT_CONCERT_MADE:
        return (struct object){.kind = RECORD_KIND_CONCERT, .id = record->as.concert.id};
    case ABOUT_CONCERT_NAMED:
        return (struct object){.kind = RECORD_KIND_CONCERT, .id = call->in.concert.concert_id};
    case ABOUT_PLAN:
        return (struct object){.kind = RECORD_KIND_PLAN,
                               .id = record == NULL ? call->in.plan.plan_id : record->as.plan.id};
    case ABOUT_ROUND_MADE:
        return (struct object){.kind = RECORD_KIND_CONCERT_ROUND,
                               .id = record->as.concert_round.id};
    case ABOUT_ROUND_NAMED:
        return (struct object){.kind = RECORD_KIND_CONCERT_ROUND, .id = call->in.round.round_id};
    case ABOUT_SEATS:
        return (struct object){.kind = RECORD_KIND_CONCERT_ROUND,
                               .id = call->in.seats_block.round_id};
    case ABOUT_INCIDENT:
        return (struct object){.kind = RECORD_KIND_INCIDENT, .id = record->as.incident.id};
    case ABOUT_TOKEN:
        return (struct object){RECORD_KIND_QUEUE_TOKEN, call->out.token.token.id, self};
    case ABOUT_TOKEN_NAMED:
        return (struct object){RECORD_KIND_QUEUE_TOKEN, call->in.token.token_id, self};
    case ABOUT_RESERVATION:
        return (struct object){RECORD_KIND_SEAT_RESERVATION, call->out.reservation.reservation.id,
                               call->out.reservation.reservation.user_id};
    case ABOUT_TICKET:
        return (struct object){RECORD_KIND_TICKET, record->as.ticket.id, record->as.ticket.user_id};
    case ABOUT_PAYMENT:
        return (struct object){RECORD_KIND_PAYMENT, call->out.payment.id, self};
    }
    UNREACHABLE("what an action is about");
}

/* An action about the object, with what is the verb's own in it. */
static void put_action_about(struct oracle *oracle, const struct row *user, const struct call *call,
                             const struct object *object, struct action action)
{
    char text[ID_TEXT_BYTES], address[ADDRESS_TEXT_BYTES];
    (void)id_format(record_schema(object->kind)->prefix, object->id, text);
    if (call->origin.address != NULL)
        address_format(call->origin.address, address);
    /* Its words on what changed are judged by themselves. */
    const struct record *written = span_new_record(oracle, RECORD_KIND_ACTION);
    if (written != NULL) {
        action.old_values = written->as.action.old_values;
        action.new_values = written->as.action.new_values;
        told_judge(oracle, &action);
    }
    action.id = span_new_id(oracle, RECORD_KIND_ACTION);
    action.actor_id = user->image.as.user.id;
    action.key_id = oracle->caller_is_key ? call->credentials.session_id : ID_NONE;
    action.object = id_is_none(object->id) ? NULL : text;
    action.subject_id = object->subject;
    if (call->origin.administrator != NULL)
        (void)snprintf(address, sizeof address, "local:%s", call->origin.administrator);
    action.address =
        call->origin.address == NULL && call->origin.administrator == NULL ? NULL : address;
    action.request_id = call->origin.request_id;
    action.reason = call->verb == VERB_POINTS_ADJUST   ? call->in.points_charge.reason
                    : call->verb == VERB_INCIDENT_MAKE ? call->in.incident.note
                                                       : call->origin.reason;
    action.created_at = oracle->now.house;
    const struct record image = {.kind = RECORD_KIND_ACTION, .as.action = action};
    row_put(oracle, &image);
}

void action_happens(struct oracle *oracle, const struct row *user, const struct call *call)
{
    const struct told *told = &told_of[call->verb];
    if (told->what == NULL) {
        object_to(oracle, 14, "%s is asked by the house, and nobody knows how it is told",
                  verb_name(call->verb));
        return;
    }
    const struct object object = object_of(user, call, told->about);
    put_action_about(oracle, user, call, &object, (struct action){.what = told->what});
}

/* ---- What is seen of others ---- */

/* Whose row that is; of one that there is not, the caller's, who sees nothing of it. */
static struct object object_of_row(struct oracle *oracle, const struct row *user,
                                   enum record_kind kind, struct id id)
{
    const struct row *row = id_is_none(id) ? NULL : row_find(oracle, kind, id);
    struct object object = {kind, id, user->image.as.user.id};
    if (row != NULL && kind == RECORD_KIND_QUEUE_TOKEN)
        object.subject = row->image.as.queue_token.user_id;
    if (row != NULL && kind == RECORD_KIND_SEAT_RESERVATION)
        object.subject = row->image.as.seat_reservation.user_id;
    if (row != NULL && kind == RECORD_KIND_PAYMENT)
        object.subject = row->image.as.payment.user_id;
    if (row != NULL && kind == RECORD_KIND_TICKET)
        object.subject = row->image.as.ticket.user_id;
    if (row != NULL && kind == RECORD_KIND_USER)
        object.subject = id;
    return object;
}

static struct object object_seen(struct oracle *oracle, const struct row *user,
                                 const struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_USER_GET || verb == VERB_POINTS_GET)
        return object_of_row(oracle, user, RECORD_KIND_USER, call->in.user_get.user_id);
    if (verb == VERB_QUEUE_TOKEN_GET)
        return object_of_row(oracle, user, RECORD_KIND_QUEUE_TOKEN, call->in.token.token_id);
    if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_HISTORY)
        return object_of_row(oracle, user, RECORD_KIND_SEAT_RESERVATION,
                             call->in.reservation.reservation_id);
    if (verb == VERB_PAYMENT_GET)
        return object_of_row(oracle, user, RECORD_KIND_PAYMENT, call->in.payment_get.payment_id);
    if (verb == VERB_TICKET_GET)
        return object_of_row(oracle, user, RECORD_KIND_TICKET, call->in.ticket.ticket_id);
    struct object object = {.kind = RECORD_KIND_HOUSE};
    if (verb == VERB_LIST && row_find(oracle, RECORD_KIND_USER, call->in.list.user_id) != NULL)
        object.subject = call->in.list.user_id;
    return object;
}

/* What is asked of a list, as it is told; longer than any that a simulated client asks. */
struct question {
    char text[512];
    size_t length;
    char mark;
};

static void ask_for(struct question *question, const char *parameter, const char *value)
{
    if (value == NULL)
        return;
    const int length =
        snprintf(question->text + question->length, sizeof question->text - question->length,
                 "%c%s=%s", question->mark, parameter, value);
    CHECK(length > 0 && (size_t)length < sizeof question->text - question->length);
    question->length += (size_t)length;
    question->mark = '&';
}

static void ask_for_id(struct question *question, const char *parameter, const char *prefix,
                       struct id id)
{
    char text[ID_TEXT_BYTES];
    if (id_is_none(id))
        return;
    (void)id_format(prefix, id, text);
    ask_for(question, parameter, text);
}

static void ask_for_time(struct question *question, const char *parameter, timestamp_ms time)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (time <= 0)
        return;
    timestamp_format(time, text);
    ask_for(question, parameter, text);
}

static void ask_list(const struct record_query *query, struct question *question)
{
    static const char *const names[RECORD_KIND_COUNT] = {
        [RECORD_KIND_USER] = "user",         [RECORD_KIND_QUEUE_TOKEN] = "token",
        [RECORD_KIND_PAYMENT] = "payment",   [RECORD_KIND_SEAT_RESERVATION] = "reservation",
        [RECORD_KIND_POINT_ENTRY] = "entry", [RECORD_KIND_TICKET] = "ticket",
    };
    const bool is_token = query->kind == RECORD_KIND_QUEUE_TOKEN;
    question->mark = '?';
    question->length = strlen(names[query->kind]);
    memcpy(question->text, names[query->kind], question->length + 1);
    ask_for(question, "reference", query->reference);
    ask_for_id(question, "userId", "user", query->user_id);
    ask_for_id(question, "reservationId", "reservation", query->reservation_id);
    ask_for(question, "email", query->email);
    ask_for(question, "externalId", query->external_id);
    ask_for_time(question, "from", is_token ? 0 : query->from);
    ask_for_time(question, "to", is_token ? 0 : query->to);
    ask_for_id(question, "roundId", "round", query->round_id);
    ask_for_id(question, "roundId", "round", query->of_round);
    ask_for_id(question, "concertId", "concert", query->concert_id);
    if (query->status.given)
        ask_for(question, "status",
                is_token ? token_status_texts[query->status.value]
                : query->kind == RECORD_KIND_TICKET
                    ? ticket_status_texts[query->status.value]
                    : reservation_status_texts[query->status.value]);
    if (query->entry_kind.given)
        ask_for(question, "kind", entry_kind_texts[query->entry_kind.value]);
    ask_for(question, "q", query->search);
}

static const char *word_of_seeing(const struct call *call)
{
    if (call->verb == VERB_CHANGES)
        return "followed";
    if (call->verb == VERB_LIST)
        return call->wants_everybody ? "exported" : "searched";
    return "viewed";
}

enum refusal seeing_happens(struct oracle *oracle, const struct row *user, const struct call *call)
{
    struct question question;
    const struct object object = object_seen(oracle, user, call);
    if (call->verb == VERB_SELFCHECK || oracle->wanted_scope != SCOPE_READ || !may(oracle) ||
        call->goes_on || (!id_is_none(object.subject) && is_own(oracle, user, object.subject)))
        return REFUSAL_NONE;
    if (oracle->mode != BATCH_SELLING)
        return oracle->mode == BATCH_LAGGING ? REFUSAL_BUSY : REFUSAL_READ_ONLY;
    if (call->refusal != REFUSAL_NONE || oracle->objected)
        return REFUSAL_NONE;
    if (call->verb == VERB_LIST)
        ask_list(&call->in.list, &question);
    put_action_about(oracle, user, call, &object,
                     (struct action){.what = word_of_seeing(call),
                                     .query = call->verb == VERB_LIST ? question.text : NULL});
    return REFUSAL_NONE;
}
