/* What the house's people and programs changed, as it has to be told: an action for each call of
 * theirs that was granted and may change something, in its commit (invariant 14). */
#include "oracle/oracle_model.h"

#include "base/check.h"

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
    ABOUT_ROUND_MADE,
    ABOUT_ROUND_NAMED,
    ABOUT_SEATS,
    ABOUT_INCIDENT,
    ABOUT_TOKEN,
    ABOUT_TOKEN_NAMED,
    ABOUT_RESERVATION,
    ABOUT_PAYMENT,
};

static const struct told {
    const char *what; /* NULL: the verb has no action */
    enum about about;
} told_of[VERB_COUNT] = {
    [VERB_USER_ENSURE] = {"registered", ABOUT_USER},
    [VERB_SESSION_GRANT] = {"signed_in", ABOUT_SESSION},
    [VERB_HANDOVER_MAKE] = {"handed_over", ABOUT_SESSION},
    [VERB_SESSION_CLOSE] = {"signed_out", ABOUT_CALLER},
    [VERB_SESSION_CLOSE_ALL] = {"signed_out", ABOUT_CALLER},
    [VERB_USER_CHANGE] = {"user_changed", ABOUT_USER},
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
    case ABOUT_PAYMENT:
        return (struct object){RECORD_KIND_PAYMENT, call->out.payment.id, self};
    }
    UNREACHABLE("what an action is about");
}

void action_happens(struct oracle *oracle, const struct row *user, const struct call *call)
{
    const struct told *told = &told_of[call->verb];
    if (told->what == NULL) {
        object_to(oracle, 14, "%s is asked by the house, and nobody knows how it is told",
                  verb_name(call->verb));
        return;
    }
    char text[ID_TEXT_BYTES], address[ADDRESS_TEXT_BYTES];
    const struct object object = object_of(user, call, told->about);
    (void)id_format(record_schema(object.kind)->prefix, object.id, text);
    if (call->origin.address != NULL)
        address_format(call->origin.address, address);
    const struct record image = {
        .kind = RECORD_KIND_ACTION,
        .as.action = {
            .id = span_new_id(oracle, RECORD_KIND_ACTION),
            .actor_id = user->image.as.user.id,
            .key_id = oracle->caller_is_key ? call->credentials.session_id : ID_NONE,
            .what = told->what,
            .object = id_is_none(object.id) ? NULL : text,
            .subject_id = object.subject,
            .address = call->origin.address == NULL ? NULL : address,
            .request_id = call->origin.request_id,
            .created_at = oracle->now.house,
        }};
    row_put(oracle, &image);
}
