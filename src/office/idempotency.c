/* One effect a key: what a caller did under an Idempotency-Key is kept for a day in the commit of
 * its effect, and the same request again is answered from it (draft-ietf-httpapi-idempotency-key-
 * header; the bounds are design.md's). */
#include "office/catalogue.h"
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <stdlib.h>

/* ---- Finding and forgetting ---- */

static bool is_older(const struct live_key *a, const struct live_key *b)
{
    if (a->row.created_at != b->row.created_at)
        return a->row.created_at < b->row.created_at;
    return a->row.key_hash < b->row.key_hash; /* the same after a restart too */
}

/* Makes the caller's next key the last of as many as count. */
static void push_out_oldest(struct office *office, const struct live_user *user)
{
    struct live_key *oldest = user_keys(office, user);
    size_t count = 0;
    for (struct live_key *key = oldest; key != NULL; key = key_next(office, key)) {
        count++;
        if (is_older(key, oldest))
            oldest = key;
    }
    CHECK(count <= IDEMPOTENCY_KEYS_PER_USER_MAX);
    if (count == IDEMPOTENCY_KEYS_PER_USER_MAX)
        remove_key(office, oldest);
}

void keys_expire(struct office *office, size_t *budget)
{
    struct live_key *key;
    timestamp_ms at;
    office->why = WHY_KEY_EXPIRED;
    while (*budget > 0 && (key = heap_first(&office->key_deadlines, &at)) != NULL &&
           at <= office->now.house) {
        CHECK(at == key->row.created_at + IDEMPOTENCY_KEY_LIFE_MS);
        (*budget)--;
        step_reserve(office);
        remove_key(office, key);
    }
}

/* ---- What a key keeps, and the object as it is now ---- */

static struct id token_of(const struct call *call)
{
    return call->out.token.token.id;
}

static struct id reservation_of(const struct call *call)
{
    return call->out.reservation.reservation.id;
}

static struct id payment_of(const struct call *call)
{
    return call->out.payment.id;
}

static struct id ticket_id_of(const struct call *call)
{
    return call->record->as.ticket.id;
}

static struct id entry_id_of(const struct call *call)
{
    return call->record->as.point_entry.id;
}

static struct id concert_id_of(const struct call *call)
{
    return call->record->as.concert.id;
}

static struct id plan_id_of(const struct call *call)
{
    return call->record->as.plan.id;
}

static struct id round_id_of(const struct call *call)
{
    return call->record->as.concert_round.id;
}

static struct id incident_id_of(const struct call *call)
{
    return call->record->as.incident.id;
}

static struct id round_of_seats(const struct call *call)
{
    return call->in.seats_block.round_id;
}

static enum refusal show_kept_token(struct office *office, const struct caller *caller,
                                    const struct idempotency_key *kept, struct call *call)
{
    return token_answer(office, caller, kept->object_id, call);
}

static enum refusal show_kept_reservation(struct office *office, const struct caller *caller,
                                          const struct idempotency_key *kept, struct call *call)
{
    return reservation_answer(office, caller, kept->object_id, call);
}

static enum refusal show_kept_payment(struct office *office, const struct caller *caller,
                                      const struct idempotency_key *kept, struct call *call)
{
    return payment_answer(office, caller, kept->object_id, call);
}

static enum refusal show_kept_ticket(struct office *office, const struct caller *caller,
                                     const struct idempotency_key *kept, struct call *call)
{
    return ticket_answer(office, caller, kept->object_id, call);
}

/* Of a kind that is never in memory. */
static enum refusal show_kept_row(enum record_kind kind, const struct idempotency_key *kept,
                                  struct call *call)
{
    if (!look_up_want(call, kind, kept->object_id))
        return REFUSAL_NOT_FOUND;
    return call->look_up.state == LOOK_UP_WANTED ? REFUSAL_NONE
                                                 : call_show_record(call, call->look_up.record);
}

static enum refusal show_kept_entry(struct office *office, const struct caller *caller,
                                    const struct idempotency_key *kept, struct call *call)
{
    (void)office;
    (void)caller;
    return show_kept_row(RECORD_KIND_POINT_ENTRY, kept, call);
}

static enum refusal show_kept_incident(struct office *office, const struct caller *caller,
                                       const struct idempotency_key *kept, struct call *call)
{
    (void)office;
    (void)caller;
    return show_kept_row(RECORD_KIND_INCIDENT, kept, call);
}

static enum refusal show_kept_concert(struct office *office, const struct caller *caller,
                                      const struct idempotency_key *kept, struct call *call)
{
    (void)caller;
    const struct live_concert *concert = concert_find(office, kept->object_id);
    if (concert == NULL)
        return REFUSAL_NOT_FOUND; /* deleted since */
    const struct record record = {.kind = RECORD_KIND_CONCERT, .as.concert = concert->row};
    return call_show_record(call, &record);
}

static enum refusal show_kept_plan(struct office *office, const struct caller *caller,
                                   const struct idempotency_key *kept, struct call *call)
{
    (void)caller;
    const struct live_plan *plan = plan_find(office, kept->object_id);
    if (plan == NULL)
        return REFUSAL_NOT_FOUND; /* deleted since */
    const struct record record = {.kind = RECORD_KIND_PLAN, .as.plan = plan->row};
    return call_show_record(call, &record);
}

static enum refusal show_kept_round(struct office *office, const struct caller *caller,
                                    const struct idempotency_key *kept, struct call *call)
{
    (void)caller;
    const struct live_round *round = round_find(office, kept->object_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND; /* deleted since */
    const struct record record = {.kind = RECORD_KIND_CONCERT_ROUND,
                                  .as.concert_round = round->row};
    return call_show_record(call, &record);
}

static enum refusal show_seats(struct office *office, const struct caller *caller,
                               const struct idempotency_key *kept, struct call *call)
{
    (void)caller;
    return seats_answer(office, kept->changed, call);
}

/* By what the verb answers. A verb that is KEPT answers with one of these. */
static const struct kept_object {
    struct id (*id)(const struct call *call);
    enum refusal (*show)(struct office *office, const struct caller *caller,
                         const struct idempotency_key *kept, struct call *call);
} kept_objects[ANSWERS_COUNT] = {
    [ANSWERS_TOKEN] = {token_of, show_kept_token},
    [ANSWERS_RESERVATION] = {reservation_of, show_kept_reservation},
    [ANSWERS_PAYMENT] = {payment_of, show_kept_payment},
    [ANSWERS_TICKET] = {ticket_id_of, show_kept_ticket},
    [ANSWERS_ENTRY] = {entry_id_of, show_kept_entry},
    [ANSWERS_CONCERT] = {concert_id_of, show_kept_concert},
    [ANSWERS_PLAN] = {plan_id_of, show_kept_plan},
    [ANSWERS_ROUND] = {round_id_of, show_kept_round},
    [ANSWERS_INCIDENT] = {incident_id_of, show_kept_incident},
    [ANSWERS_SEATS] = {round_of_seats, show_seats},
};

/* ---- Keeping ---- */

static void keep(struct office *office, struct live_user *user, const struct call *call)
{
    const enum verb_answer answers = verb_answers(call->verb);
    CHECK(call->idempotency.present);
    CHECK(call->refusal == REFUSAL_NONE);
    push_out_oldest(office, user);
    const struct idempotency_key row = {
        .user_id = user->id,
        .key_hash = call->idempotency.key_hash,
        .fingerprint = call->idempotency.fingerprint,
        .created_at = office->now.house,
        .created = call->created,
        .object_id = kept_objects[answers].id(call),
        .changed = answers == ANSWERS_SEATS ? call->out.seats_block.changed : 0,
    };
    CHECK(!id_is_none(row.object_id));
    (void)put_key(office, NULL, user, &row);
}

/* ---- Replaying ---- */

/* Whether a key was kept for this request, by this version or by an older one. */
static bool is_same_request(const struct idempotency_key *kept, const struct idempotency *asked)
{
    return kept->fingerprint == asked->fingerprint || kept->fingerprint == asked->sent_fingerprint;
}

static enum refusal replay(struct office *office, const struct caller *caller,
                           const struct live_key *key, struct call *call)
{
    if (!is_same_request(&key->row, &call->idempotency))
        return REFUSAL_IDEMPOTENCY_KEY_REUSED;
    CHECK(key->user == caller->user);
    call->created = key->row.created;
    const enum refusal refusal =
        kept_objects[verb_answers(call->verb)].show(office, caller, &key->row, call);
    call->replayed = refusal != REFUSAL_CAPACITY;
    return refusal;
}

/* ---- Calls ---- */

enum refusal call_kept(struct office *office, const struct caller *caller, struct call *call,
                       verb_function *function)
{
    CHECK(kept_objects[verb_answers(call->verb)].id != NULL);
    const struct live_key *key = user_key(office, caller->user, call->idempotency.key_hash);
    if (key != NULL)
        return replay(office, caller, key, call);
    if (office->keys.taken >= IDEMPOTENCY_KEYS_MAX || !key_reserve(office))
        return REFUSAL_CAPACITY;
    const enum refusal refusal = function(office, caller, call);
    if (refusal == REFUSAL_NONE && call->look_up.state != LOOK_UP_WANTED)
        keep(office, caller->user, call); /* in the batch of its effect; the room was reserved */
    return refusal;
}
