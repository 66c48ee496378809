/* One decided call: what had to become of it. First what the batch's mode allows, then who asks,
 * then the Idempotency-Key, then the verb. */
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- Verbs ---- */

enum need {
    ANYBODY,
    SIGNED_IN,
    ORGANIZER,
};

/* Written down here again rather than taken from verb.def, whose word on who may do what is judged
 * too. */
static const struct {
    verb_judge *judge;
    enum need need;
    bool looks; /* changes nothing: allowed when nothing can be written */
} verbs[VERB_COUNT] = {
    [VERB_SIGN_IN_FIND] = {judge_sign_in_find, ANYBODY, true},
    [VERB_USER_REGISTER] = {judge_user_register, ANYBODY, false},
    [VERB_ORGANIZER_ADD] = {judge_organizer_add, ANYBODY, false},
    [VERB_SESSION_OPEN] = {judge_session_open, ANYBODY, false},
    [VERB_SESSION_CLOSE] = {judge_session_close, SIGNED_IN, false},
    [VERB_SESSION_CLOSE_ALL] = {judge_session_close_all, SIGNED_IN, false},
    [VERB_USER_GET] = {judge_user_get, SIGNED_IN, true},
    [VERB_USER_PASSWORD_GET] = {judge_user_password_get, SIGNED_IN, true},
    [VERB_USER_CHANGE] = {judge_user_change, SIGNED_IN, false},
    [VERB_POINTS_GET] = {judge_points_get, SIGNED_IN, true},
    [VERB_POINTS_CHARGE] = {judge_points_charge, SIGNED_IN, false},
    [VERB_CONCERT_CREATE] = {judge_concert_create, ORGANIZER, false},
    [VERB_CONCERT_CHANGE] = {judge_concert_change, ORGANIZER, false},
    [VERB_CONCERT_DELETE] = {judge_concert_delete, ORGANIZER, false},
    [VERB_ROUND_CREATE] = {judge_round_create, ORGANIZER, false},
    [VERB_ROUND_CHANGE] = {judge_round_change, ORGANIZER, false},
    [VERB_ROUND_DELETE] = {judge_round_delete, ORGANIZER, false},
    [VERB_ROUND_CANCEL] = {judge_round_cancel, ORGANIZER, false},
    [VERB_ROUND_PAUSE] = {judge_round_pause, ORGANIZER, false},
    [VERB_ROUND_RESUME] = {judge_round_resume, ORGANIZER, false},
    [VERB_ROUND_SALES] = {judge_round_sales, ORGANIZER, true},
    [VERB_SEATS_BLOCK] = {judge_seats_block, ORGANIZER, false},
    [VERB_SEATS_UNBLOCK] = {judge_seats_unblock, ORGANIZER, false},
    [VERB_QUEUE_JOIN] = {judge_queue_join, SIGNED_IN, false},
    [VERB_QUEUE_TOKEN_GET] = {judge_queue_token_get, SIGNED_IN, true},
    [VERB_QUEUE_LEAVE] = {judge_queue_leave, SIGNED_IN, false},
    [VERB_QUEUE_CHANGE] = {judge_queue_change, ORGANIZER, false},
    [VERB_RESERVATION_HOLD] = {judge_reservation_hold, SIGNED_IN, false},
    [VERB_RESERVATION_GET] = {judge_reservation_get, SIGNED_IN, true},
    [VERB_RESERVATION_CANCEL] = {judge_reservation_cancel, SIGNED_IN, false},
    [VERB_PAYMENT_MAKE] = {judge_payment_make, SIGNED_IN, false},
    [VERB_PAYMENT_GET] = {judge_payment_get, SIGNED_IN, true},
    [VERB_LIST] = {judge_list, SIGNED_IN, true},
    [VERB_HEARD] = {judge_heard, SIGNED_IN, true},
};

_Static_assert(sizeof verbs / sizeof verbs[0] == VERB_COUNT, "a judge for every verb");

bool is_organizer(const struct row *user)
{
    return user->image.as.user.role == USER_ROLE_ORGANIZER;
}

bool may_see(const struct row *user, struct id owner_id)
{
    return is_organizer(user) || id_equal(user->image.as.user.id, owner_id);
}

void expect_created(struct oracle *oracle, const struct call *call, bool created)
{
    if (call->refusal == REFUSAL_NONE && call->created != created)
        object_to(oracle, 0, "%s says %s", verb_name(call->verb),
                  created ? "200 where it made something" : "201 where it made nothing");
}

enum refusal judge_list(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct record_query *query = &call->in.list;
    oracle->state = is_organizer(user) ? STATE_ORGANIZER : STATE_OWN;
    if (is_organizer(user) || call->refusal == REFUSAL_FORBIDDEN) {
        if (is_organizer(user) ||
            (query->kind != RECORD_KIND_USER &&
             (id_is_none(query->user_id) || id_equal(query->user_id, user->image.as.user.id))))
            return REFUSAL_NONE;
        oracle->state = STATE_OTHERS;
        return REFUSAL_FORBIDDEN;
    }
    /* Whatever a buyer asked for was narrowed to the own rows. */
    if (query->kind == RECORD_KIND_USER || !id_equal(query->user_id, user->image.as.user.id)) {
        oracle->state = STATE_OTHERS;
        return REFUSAL_FORBIDDEN;
    }
    return REFUSAL_NONE;
}

enum refusal judge_heard(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    (void)call;
    oracle->state = STATE_ANY;
    return REFUSAL_NONE;
}

/* ---- Who asks ---- */

/* Renewed by use, and written at most once a day; never while nothing can be written. */
static void session_renewed(struct oracle *oracle, struct row *session)
{
    struct record image = row_image(session);
    const timestamp_ms expires_at = oracle->now.house + SESSION_LIFE_MS;
    if (oracle->mode == BATCH_FROZEN || expires_at - image.as.session.expires_at < SESSION_RENEW_MS)
        return;
    if (oracle->span.memory_was_short && span_seen(oracle, session) == NULL)
        return; /* it is tried again at the next use */
    image.as.session.expires_at = expires_at;
    row_change(oracle, session, &image);
    cover(oracle, COVERAGE_TICK, STATE_SESSION_RENEWED, REFUSAL_NONE);
}

static struct row *authenticate(struct oracle *oracle, const struct call *call)
{
    const struct credentials *credentials = &call->credentials;
    oracle->state = STATE_NOBODY;
    if (!credentials->present)
        return NULL;
    struct row *session = row_find(oracle, RECORD_KIND_SESSION, credentials->session_id);
    if (session == NULL ||
        memcmp(&session->image.as.session.secret_hash, &credentials->secret_hash,
               sizeof credentials->secret_hash) != 0 ||
        oracle->now.house >= session->image.as.session.expires_at)
        return NULL;
    struct row *user = session->of.owner;
    session_renewed(oracle, session);
    if (user->of.user.token != NULL)
        token_heard(oracle, user->of.user.token);
    return user;
}

/* ---- Look-ups ---- */

/* Nothing was done yet; it is decided again when a reader has looked. Only what may not be in
 * memory can be waited for. */
static bool token_may_be_history(const struct oracle *oracle, struct id id)
{
    const struct row *token = row_find(oracle, RECORD_KIND_QUEUE_TOKEN, id);
    return token == NULL || token->image.as.queue_token.status == TOKEN_STATUS_EXPIRED;
}

static bool reservation_may_be_history(const struct oracle *oracle, struct id id)
{
    const struct row *reservation = row_find(oracle, RECORD_KIND_SEAT_RESERVATION, id);
    return reservation == NULL || reservation_may_have_left(reservation);
}

static bool payment_may_be_history(const struct oracle *oracle, struct id id)
{
    const struct row *payment = row_find(oracle, RECORD_KIND_PAYMENT, id);
    return payment == NULL || reservation_may_have_left(payment->of.payment.reservation);
}

bool expects_lookup(const struct oracle *oracle, const struct row *user, const struct call *call)
{
    const struct row *key = user != NULL && call->idempotency.present && verb_is_kept(call->verb)
                                ? key_find(oracle, user, call)
                                : NULL;
    const struct idempotency_key *kept = key == NULL ? NULL : &key->image.as.idempotency_key;
    if (kept != NULL && kept->fingerprint != call->idempotency.fingerprint)
        return false;
    const enum verb verb = call->verb;
    if (verb == VERB_QUEUE_TOKEN_GET || verb == VERB_QUEUE_LEAVE)
        return !id_is_none(call->in.token.token_id) &&
               token_may_be_history(oracle, call->in.token.token_id);
    if (verb == VERB_QUEUE_JOIN)
        return kept != NULL && token_may_be_history(oracle, kept->object_id);
    if (verb == VERB_RESERVATION_HOLD)
        return kept != NULL && reservation_may_be_history(oracle, kept->object_id);
    if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CANCEL)
        return reservation_may_be_history(
            oracle, kept != NULL ? kept->object_id : call->in.reservation.reservation_id);
    if (verb == VERB_PAYMENT_MAKE)
        return kept != NULL
                   ? payment_may_be_history(oracle, kept->object_id)
                   : reservation_may_be_history(oracle, call->in.reservation.reservation_id);
    if (verb == VERB_PAYMENT_GET)
        return payment_may_be_history(oracle, call->in.payment_get.payment_id);
    if (verb == VERB_POINTS_CHARGE)
        return kept != NULL || call->in.points_charge.reference != NULL;
    return false;
}

/* ---- The decision ---- */

static enum refusal barred(const struct oracle *oracle, enum verb verb)
{
    switch (oracle->mode) {
    case BATCH_SELLING:
        return REFUSAL_NONE;
    case BATCH_LAGGING:
        return verbs[verb].looks ? REFUSAL_NONE : REFUSAL_BUSY;
    case BATCH_FROZEN:
        return verbs[verb].looks ? REFUSAL_NONE : REFUSAL_READ_ONLY;
    case BATCH_CLOSED:
        break;
    }
    return REFUSAL_UNAVAILABLE;
}

static enum refusal decide(struct oracle *oracle, struct row *user, const struct call *call)
{
    const bool keyed = call->idempotency.present && verb_is_kept(call->verb);
    const struct row *key = keyed ? key_find(oracle, user, call) : NULL;
    if (key != NULL)
        return key_replay(oracle, user, key, call);
    if (call->refusal == REFUSAL_NONE && call->replayed)
        object_to(oracle, 11, "%s is answered as done before under a key that is not known",
                  verb_name(call->verb));
    const enum refusal refusal = verbs[call->verb].judge(oracle, user, call);
    if (refusal == REFUSAL_NONE && call->refusal == REFUSAL_NONE && keyed && !oracle->objected)
        key_keep(oracle, user, call);
    return refusal;
}

/* A memory that is short may refuse anything, and then nothing was done. */
static enum refusal expected_refusal(struct oracle *oracle, const struct call *call)
{
    struct row *user = NULL;
    enum refusal refusal = barred(oracle, call->verb);
    if (refusal != REFUSAL_NONE) {
        oracle->state = STATE_BARRED;
        cover(oracle, COVERAGE_ENGINE, STATE_BARRED, refusal);
        return refusal;
    }
    if (verbs[call->verb].need != ANYBODY) {
        user = authenticate(oracle, call);
        if (user == NULL)
            return REFUSAL_UNAUTHENTICATED;
        if (!id_equal(call->caller_id, user->image.as.user.id))
            object_to(oracle, 0, "the caller is %s, and was taken for another",
                      row_name(user).text);
        oracle->state = STATE_BUYER;
        if (verbs[call->verb].need == ORGANIZER && !is_organizer(user))
            return REFUSAL_FORBIDDEN;
    }
    if (call->refusal == REFUSAL_CAPACITY && oracle->span.memory_was_short) {
        oracle->state = STATE_NO_MEMORY;
        cover(oracle, COVERAGE_ENGINE, STATE_NO_MEMORY, REFUSAL_CAPACITY);
        return REFUSAL_CAPACITY;
    }
    if (call_wants_look_up(call)) {
        oracle->state = STATE_LOOKED_UP;
        if (call->idempotency.present && key_find(oracle, user, call) != NULL)
            key_has_no_effect(oracle, call);
        if (!expects_lookup(oracle, user, call))
            object_to(oracle, 0, "%s is looked up in history, and is live", verb_name(call->verb));
        return REFUSAL_NONE;
    }
    return decide(oracle, user, call);
}

/* Which invariant is at stake when this should have been refused and was not. */
static int invariant_of_refusal(enum refusal refusal)
{
    if (refusal == REFUSAL_SEAT_UNAVAILABLE)
        return 1;
    if (refusal == REFUSAL_HOLD_EXPIRED || refusal == REFUSAL_RESERVATION_EXPIRED)
        return 2;
    if (refusal == REFUSAL_INSUFFICIENT_POINTS || refusal == REFUSAL_BALANCE_LIMIT)
        return 3;
    if (refusal == REFUSAL_RESERVATION_NOT_PENDING)
        return 4;
    if (refusal == REFUSAL_SEAT_LIMIT)
        return 8;
    if (refusal == REFUSAL_QUEUE_TOKEN_REQUIRED || refusal == REFUSAL_QUEUE_TOKEN_NOT_ACTIVE)
        return 9;
    if (refusal == REFUSAL_IDEMPOTENCY_KEY_REUSED)
        return 11;
    return 0;
}

static const char *name_of(enum refusal refusal)
{
    return refusal == REFUSAL_NONE ? "done" : refusal_schema(refusal)->name;
}

void call_judge(struct oracle *oracle, const struct request *request)
{
    const struct call *call = &request->call;
    const enum refusal expected = expected_refusal(oracle, call);
    if (call->refusal != expected) {
        object_to(oracle, call->refusal == REFUSAL_NONE ? invariant_of_refusal(expected) : 0,
                  "%s was answered %s, and is %s", verb_name(call->verb), name_of(call->refusal),
                  name_of(expected));
        return;
    }
    if (oracle->state != STATE_BARRED && oracle->state != STATE_NO_MEMORY)
        cover(oracle, (enum coverage_verb)call->verb, oracle->state, expected);
}
