/* Idempotency-Keys as the judge keeps them: one effect a key (invariant 11). */
#include "oracle/oracle_model.h"

static bool answers_round(enum verb verb)
{
    return verb == VERB_ROUND_CREATE || verb == VERB_ROUND_CANCEL || verb == VERB_ROUND_MOVE ||
           verb == VERB_ROUND_PAUSE || verb == VERB_ROUND_RESUME;
}

bool verb_is_kept(enum verb verb)
{
    if (verb == VERB_CONCERT_CREATE || verb == VERB_PLAN_MAKE || verb == VERB_INCIDENT_MAKE ||
        answers_round(verb) || verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK ||
        verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST || verb == VERB_QUEUE_JOIN ||
        verb == VERB_RESERVATION_HOLD || verb == VERB_RESERVATION_EXTEND ||
        verb == VERB_RESERVATION_CANCEL || verb == VERB_PAYMENT_MAKE || verb == VERB_TICKET_REISSUE)
        return true;
    return false;
}

struct row *key_find(const struct oracle *oracle, const struct row *user, const struct call *call)
{
    const struct record wanted = {.kind = RECORD_KIND_IDEMPOTENCY_KEY,
                                  .as.idempotency_key = {
                                      .user_id = user->image.as.user.id,
                                      .key_hash = call->idempotency.key_hash,
                                  }};
    const struct record_key key = record_key(&wanted);
    struct row *row = row_find_any(oracle, RECORD_KIND_IDEMPOTENCY_KEY, &key);
    return row != NULL && row->there ? row : NULL;
}

/* ---- Keeping ---- */

static struct id object_of(const struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_CONCERT_CREATE)
        return call->record->as.concert.id;
    if (verb == VERB_PLAN_MAKE)
        return call->record->as.plan.id;
    if (verb == VERB_INCIDENT_MAKE)
        return call->record->as.incident.id;
    if (answers_round(verb))
        return call->record->as.concert_round.id;
    if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK)
        return call->in.seats_block.round_id;
    if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST)
        return call->record->as.point_entry.id;
    if (verb == VERB_QUEUE_JOIN)
        return call->out.token.token.id;
    if (verb == VERB_TICKET_REISSUE)
        return call->record->as.ticket.id;
    if (verb == VERB_PAYMENT_MAKE)
        return call->out.payment.id;
    return call->out.reservation.reservation.id;
}

/* Of those that came at the same moment any may go first. */
static struct row *oldest_key(const struct oracle *oracle, const struct row *user)
{
    const struct row_list *keys = &user->of.user.keys;
    struct row *oldest = keys->items[0];
    for (size_t i = 1; i < keys->count; i++) {
        const timestamp_ms at = keys->items[i]->image.as.idempotency_key.created_at;
        const timestamp_ms before = oldest->image.as.idempotency_key.created_at;
        if (at < before || (at == before && span_seen(oracle, keys->items[i]) != NULL))
            oldest = keys->items[i];
    }
    return oldest;
}

void key_keep(struct oracle *oracle, const struct row *user, const struct call *call)
{
    if (user->of.user.keys.count >= IDEMPOTENCY_KEYS_PER_USER_MAX) {
        row_delete(oracle, oldest_key(oracle, user));
        cover(oracle, COVERAGE_TICK, STATE_KEY_PUSHED_OUT, REFUSAL_NONE);
    }
    const bool seats = call->verb == VERB_SEATS_BLOCK || call->verb == VERB_SEATS_UNBLOCK;
    const struct record image = {.kind = RECORD_KIND_IDEMPOTENCY_KEY,
                                 .as.idempotency_key = {
                                     .user_id = user->image.as.user.id,
                                     .key_hash = call->idempotency.key_hash,
                                     .fingerprint = call->idempotency.fingerprint,
                                     .created_at = oracle->now.house,
                                     .created = call->created,
                                     .object_id = object_of(call),
                                     .changed = seats ? call->out.seats_block.changed : 0,
                                 }};
    row_put(oracle, &image);
}

static bool is_due(const struct oracle *oracle, size_t index)
{
    return index < oracle->keys.count &&
           oracle->now.house - oracle->keys.created_at[index] >= IDEMPOTENCY_KEY_LIFE_MS;
}

size_t keys_due(const struct oracle *oracle)
{
    size_t at = oracle->keys.head;
    while (is_due(oracle, at))
        at++;
    return at - oracle->keys.head;
}

/* Older than a day, they are forgotten. */
void tick_keys(struct oracle *oracle)
{
    struct key_order *order = &oracle->keys;
    size_t at = order->head;
    for (; is_due(oracle, at); at++) {
        struct row *key = order->rows[at];
        if (!key->there || key->image.as.idempotency_key.created_at != order->created_at[at])
            continue;
        if (oracle->may_stop && span_seen(oracle, key) == NULL) {
            oracle->behind = true;
            break; /* the rest is looked at by the next tick */
        }
        row_delete(oracle, key);
        cover(oracle, COVERAGE_TICK, STATE_KEY_EXPIRED, REFUSAL_NONE);
    }
    order->head = at;
}

/* ---- Replaying ---- */

/* How many it changed then; and which of the seats are held or sold now. Seats that left memory
 * with their round may be missing. */
static enum refusal replay_seats(struct oracle *oracle, const struct idempotency_key *key,
                                 const struct call *call)
{
    size_t told = 0;
    for (size_t i = 0; i < call->in.seats_block.seat_count; i++) {
        const struct row *seat =
            row_find(oracle, RECORD_KIND_SEAT, call->in.seats_block.seat_ids[i]);
        if (seat == NULL || (seat->image.as.seat.status != SEAT_STATUS_HELD &&
                             seat->image.as.seat.status != SEAT_STATUS_SOLD))
            continue;
        const struct seat_refusal *refused = &call->out.seats_block.refused[told];
        if (told < call->out.seats_block.refused_count &&
            id_equal(refused->seat_id, seat->image.as.seat.id) &&
            refused->status == seat->image.as.seat.status)
            told++;
        else if (!seat->of.seat.round->of.round.maybe_over)
            object_to(oracle, 11, "a replay does not tell that %s is %s", row_name(seat).text,
                      seat_status_texts[seat->image.as.seat.status]);
    }
    if (told != call->out.seats_block.refused_count ||
        call->out.seats_block.changed != key->changed)
        object_to(oracle, 11, "a replay tells %lld changed and %zu refused seats",
                  (long long)call->out.seats_block.changed, call->out.seats_block.refused_count);
    return REFUSAL_NONE;
}

static enum refusal replay_record(struct oracle *oracle, enum record_kind kind, struct id id,
                                  const struct call *call)
{
    const struct row *row = row_find(oracle, kind, id);
    if (row == NULL)
        return REFUSAL_NOT_FOUND; /* deleted since */
    view_record(oracle, call, row);
    return REFUSAL_NONE;
}

/* But for the session's renewal, or the use of the API key. */
void key_has_no_effect(struct oracle *oracle, const struct call *call)
{
    for (size_t i = 0; i < oracle->span.count; i++)
        if (oracle->span.seen[i].record.kind != RECORD_KIND_SESSION &&
            oracle->span.seen[i].record.kind != RECORD_KIND_API_KEY)
            object_to(oracle, 11, "%s was done under this key before, and has a second effect",
                      verb_name(call->verb));
}

/* The object as it is now. */
enum refusal key_replay(struct oracle *oracle, struct row *user, const struct row *key,
                        const struct call *call)
{
    const struct idempotency_key *kept = &key->image.as.idempotency_key;
    oracle->state = STATE_KEY_REUSED;
    if (kept->fingerprint != call->idempotency.fingerprint)
        return REFUSAL_IDEMPOTENCY_KEY_REUSED;
    oracle->state = STATE_REPLAYED;
    if (call->refusal == REFUSAL_NONE && (!call->replayed || call->created != kept->created))
        object_to(oracle, 11, "%s was done under this key before and is not answered so",
                  verb_name(call->verb));
    key_has_no_effect(oracle, call);
    const enum verb verb = call->verb;
    if (verb == VERB_CONCERT_CREATE)
        return replay_record(oracle, RECORD_KIND_CONCERT, kept->object_id, call);
    if (verb == VERB_PLAN_MAKE)
        return replay_record(oracle, RECORD_KIND_PLAN, kept->object_id, call);
    if (verb == VERB_INCIDENT_MAKE)
        return replay_record(oracle, RECORD_KIND_INCIDENT, kept->object_id, call);
    if (answers_round(verb))
        return replay_record(oracle, RECORD_KIND_CONCERT_ROUND, kept->object_id, call);
    if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK)
        return call->refusal == REFUSAL_NONE ? replay_seats(oracle, kept, call) : REFUSAL_NONE;
    if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST)
        return replay_record(oracle, RECORD_KIND_POINT_ENTRY, kept->object_id, call);
    if (verb == VERB_QUEUE_JOIN) {
        view_token(oracle, call, row_find(oracle, RECORD_KIND_QUEUE_TOKEN, kept->object_id));
        return REFUSAL_NONE;
    }
    if (verb == VERB_PAYMENT_MAKE) {
        view_payment(oracle, call, row_find(oracle, RECORD_KIND_PAYMENT, kept->object_id));
        return REFUSAL_NONE;
    }
    if (verb == VERB_TICKET_REISSUE) {
        const struct row *ticket = row_find(oracle, RECORD_KIND_TICKET, kept->object_id);
        if (!may_see(oracle, user, ticket->image.as.ticket.user_id))
            return refuse_to_show(oracle, user, call);
        view_record(oracle, call, ticket);
        return REFUSAL_NONE;
    }
    const struct row *reservation = row_find(oracle, RECORD_KIND_SEAT_RESERVATION, kept->object_id);
    /* Staff who cancelled somebody's may have lost the scope since. */
    if (!may_see(oracle, user, reservation->image.as.seat_reservation.user_id))
        return refuse_to_show(oracle, user, call);
    view_reservation(oracle, call, reservation);
    return REFUSAL_NONE;
}
