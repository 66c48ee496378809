/* One effect a key: what a caller did under an Idempotency-Key is kept for a day in the commit of
 * its effect, and the same request again is answered from it (draft-ietf-httpapi-idempotency-key-
 * header; the bounds are design.md's). */
#include "office/state.h"

#include <stdlib.h>

/* ---- Finding and forgetting ---- */

static void key_delete(struct office *office, const struct live_key *key)
{
    const struct record record = {
        .kind = RECORD_KIND_IDEMPOTENCY_KEY,
        .deleted = true,
        .as.idempotency_key = {.user_id = key->user->id, .key_hash = key->row.key_hash}};
    office_put(office, &record);
}

static bool is_older(const struct live_key *a, const struct live_key *b)
{
    if (a->row.created_at != b->row.created_at)
        return a->row.created_at < b->row.created_at;
    return a->row.key_hash < b->row.key_hash; /* the same after a restart too */
}

/* Makes the caller's next key the last of as many as count. */
static void push_out_oldest(struct office *office, const struct live_user *user)
{
    const struct live_key *oldest = user_keys(office, user);
    size_t count = 0;
    for (const struct live_key *key = oldest; key != NULL; key = key_next(office, key)) {
        count++;
        if (is_older(key, oldest))
            oldest = key;
    }
    CHECK(count <= IDEMPOTENCY_KEYS_PER_USER_MAX);
    if (count == IDEMPOTENCY_KEYS_PER_USER_MAX)
        key_delete(office, oldest);
}

void keys_expire(struct office *office, size_t *budget)
{
    const struct live_key *key;
    timestamp_ms at;
    while (*budget > 0 && (key = heap_first(&office->key_deadlines, &at)) != NULL &&
           at <= office->now.house) {
        (*budget)--;
        CHECK(batch_reserve(office, 1, 0, 0));
        key_delete(office, key);
    }
}

/* ---- Keeping ---- */

static struct id object_of(const struct call *call, enum kept_object kept)
{
    switch (kept) {
    case KEPT_TOKEN:
        return call->out.token.token.id;
    case KEPT_RESERVATION:
        return call->out.reservation.reservation.id;
    case KEPT_PAYMENT:
        return call->out.payment.id;
    case KEPT_ENTRY:
        return call->record->as.point_entry.id;
    case KEPT_CONCERT:
        return call->record->as.concert.id;
    case KEPT_ROUND:
        return call->record->as.concert_round.id;
    case KEPT_SEATS:
        return call->in.seats_block.round_id;
    case NOT_KEPT:
        break;
    }
    UNREACHABLE("kept object");
}

static void keep(struct office *office, const struct live_user *user, const struct call *call,
                 enum kept_object kept)
{
    push_out_oldest(office, user);
    const struct record record = {
        .kind = RECORD_KIND_IDEMPOTENCY_KEY,
        .as.idempotency_key = {
            .user_id = user->id,
            .key_hash = call->idempotency.key_hash,
            .fingerprint = call->idempotency.fingerprint,
            .created_at = office->now.house,
            .created = call->created,
            .object_id = object_of(call, kept),
            .changed = kept == KEPT_SEATS ? (int64_t)call->out.seats_block.changed : 0,
        }};
    office_put(office, &record);
}

/* ---- Replaying: the object as it is now ---- */

static enum refusal show_concert(const struct office *office, struct id id, struct call *call)
{
    const struct live_concert *concert = concert_find(office, id);
    if (concert == NULL)
        return REFUSAL_NOT_FOUND; /* deleted since */
    const struct record record = {.kind = RECORD_KIND_CONCERT, .as.concert = concert->row};
    return call_show_record(call, &record);
}

static enum refusal show_round(const struct office *office, struct id id, struct call *call)
{
    const struct live_round *round = round_find(office, id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND; /* deleted since */
    const struct record record = {.kind = RECORD_KIND_CONCERT_ROUND,
                                  .as.concert_round = round->row};
    return call_show_record(call, &record);
}

/* Entries are never in memory. */
static enum refusal show_entry(struct id id, struct call *call)
{
    if (!history_want(call, RECORD_KIND_POINT_ENTRY, id))
        return REFUSAL_NOT_FOUND;
    return call->history.state == HISTORY_WANTED ? REFUSAL_NONE
                                                 : call_show_record(call, call->history.record);
}

static enum refusal show(struct office *office, const struct live_user *user,
                         const struct idempotency_key *row, enum kept_object kept,
                         struct call *call)
{
    switch (kept) {
    case KEPT_TOKEN:
        return token_answer(office, user, row->object_id, call);
    case KEPT_RESERVATION:
        return reservation_answer(office, user, row->object_id, call);
    case KEPT_PAYMENT:
        return payment_answer(office, user, row->object_id, call);
    case KEPT_ENTRY:
        return show_entry(row->object_id, call);
    case KEPT_CONCERT:
        return show_concert(office, row->object_id, call);
    case KEPT_ROUND:
        return show_round(office, row->object_id, call);
    case KEPT_SEATS:
        return seats_answer(office, (size_t)row->changed, call);
    case NOT_KEPT:
        break;
    }
    UNREACHABLE("kept object");
}

/* Whether a key was kept for this request, by this version or by an older one. */
static bool is_same_request(const struct idempotency_key *kept, const struct idempotency *asked)
{
    return kept->fingerprint == asked->fingerprint || kept->fingerprint == asked->sent_fingerprint;
}

static enum refusal replay(struct office *office, const struct live_user *user,
                           const struct live_key *key, enum kept_object kept, struct call *call)
{
    if (!is_same_request(&key->row, &call->idempotency))
        return REFUSAL_IDEMPOTENCY_KEY_REUSED;
    call->created = key->row.created;
    const enum refusal refusal = show(office, user, &key->row, kept, call);
    call->replayed = refusal != REFUSAL_CAPACITY;
    return refusal;
}

/* ---- Calls ---- */

enum refusal call_kept(struct office *office, const struct turn *turn, struct live_user *user,
                       struct call *call, verb_function *function, enum kept_object kept)
{
    const struct live_key *key = user_key(office, user, call->idempotency.key_hash);
    if (key != NULL)
        return replay(office, user, key, kept, call);
    if (office->keys.taken >= IDEMPOTENCY_KEYS_MAX || !key_reserve(office) ||
        !batch_reserve(office, 0, 0, 0))
        return REFUSAL_CAPACITY;
    const enum refusal refusal = function(office, turn, user, call);
    if (refusal == REFUSAL_NONE && call->history.state != HISTORY_WANTED)
        keep(office, user, call, kept); /* in the batch of its effect; the room was reserved */
    return refusal;
}
