/* One decided call: what had to become of it. First what the batch's mode allows, then who asks,
 * then the Idempotency-Key, then the verb. */
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- Verbs ---- */

/* A scope by itself, or one of these. */
enum {
    ANYBODY = -3,
    SIGNED_IN = -2,
    LISTED = -1, /* the list's scope, or the own rows */
    OWN_OR = 100 /* and a scope: it, or what is the own */
};

/* Written down here again rather than taken from verb.def, whose word on who may do what is judged
 * too. */
static const struct {
    verb_judge *judge;
    int need;
    bool looks; /* changes nothing: allowed when nothing can be written */
} verbs[VERB_COUNT] = {
    [VERB_SIGN_IN_FIND] = {judge_sign_in_find, ANYBODY, true},
    [VERB_USER_REGISTER] = {judge_user_register, ANYBODY, false},
    [VERB_ORGANIZER_ADD] = {judge_organizer_add, ANYBODY, false},
    [VERB_USER_ENSURE] = {judge_user_ensure, SCOPE_USERS_WRITE, false},
    [VERB_SESSION_GRANT] = {judge_session_grant, SCOPE_USERS_WRITE, false},
    [VERB_HANDOVER_MAKE] = {judge_handover_make, SCOPE_USERS_WRITE, false},
    [VERB_HANDOVER_REDEEM] = {judge_handover_redeem, ANYBODY, false},
    [VERB_SESSION_OPEN] = {judge_session_open, ANYBODY, false},
    [VERB_SESSION_LIST] = {judge_session_list, SIGNED_IN, true},
    [VERB_SESSION_CLOSE] = {judge_session_close, SIGNED_IN, false},
    [VERB_SESSION_CLOSE_ALL] = {judge_session_close_all, SIGNED_IN, false},
    [VERB_USER_GET] = {judge_user_get, OWN_OR + (int)SCOPE_READ, true},
    [VERB_USER_PASSWORD_GET] = {judge_user_password_get, SIGNED_IN, true},
    [VERB_USER_CHANGE] = {judge_user_change, SIGNED_IN, false},
    [VERB_BUYER_CHANGE] = {judge_buyer_change, SCOPE_USERS_WRITE, false},
    [VERB_USER_ERASE] = {judge_user_erase, SIGNED_IN, false},
    [VERB_API_KEY_MAKE] = {judge_api_key_make, SCOPE_TEAM_WRITE, false},
    [VERB_API_KEY_REMOVE] = {judge_api_key_remove, SCOPE_TEAM_WRITE, false},
    [VERB_STAFF_INVITE] = {judge_staff_invite, SCOPE_TEAM_WRITE, false},
    [VERB_STAFF_LIST] = {judge_staff_list, SCOPE_TEAM_WRITE, true},
    [VERB_STAFF_CHANGE] = {judge_staff_change, SCOPE_TEAM_WRITE, false},
    [VERB_STAFF_REMOVE] = {judge_staff_remove, SCOPE_TEAM_WRITE, false},
    [VERB_METRICS_GET] = {judge_heard, SCOPE_STATS, true},
    [VERB_ROUND_IMPORT] = {judge_heard, SCOPE_CATALOGUE_WRITE, true},
    [VERB_PASSWORD_RESET_MAKE] = {judge_password_reset_make, SCOPE_USERS_WRITE, false},
    [VERB_PASSWORD_RESET_FIND] = {judge_password_reset_find, ANYBODY, true},
    [VERB_PASSWORD_RESET_TAKE] = {judge_password_reset_take, ANYBODY, false},
    [VERB_POINTS_GET] = {judge_points_get, OWN_OR + (int)SCOPE_READ, true},
    [VERB_POINTS_CHARGE] = {judge_points_charge, OWN_OR + (int)SCOPE_POINTS_CHARGE, false},
    [VERB_POINTS_ADJUST] = {judge_points_adjust, SCOPE_POINTS_ADJUST, false},
    [VERB_CONCERT_CREATE] = {judge_concert_create, SCOPE_CATALOGUE_WRITE, false},
    [VERB_CONCERT_CHANGE] = {judge_concert_change, SCOPE_CATALOGUE_WRITE, false},
    [VERB_CONCERT_DELETE] = {judge_concert_delete, SCOPE_CATALOGUE_WRITE, false},
    [VERB_DRAFTS_SEE] = {judge_drafts_see, SCOPE_CATALOGUE_WRITE, true},
    [VERB_ROUND_CREATE] = {judge_round_create, SCOPE_CATALOGUE_WRITE, false},
    [VERB_ROUND_CHANGE] = {judge_round_change, SCOPE_CATALOGUE_WRITE, false},
    [VERB_ROUND_DELETE] = {judge_round_delete, SCOPE_CATALOGUE_WRITE, false},
    [VERB_ROUND_CANCEL] = {judge_round_cancel, SCOPE_CATALOGUE_WRITE, false},
    [VERB_ROUND_MOVE] = {judge_round_move, SCOPE_CATALOGUE_WRITE, false},
    [VERB_PLAN_MAKE] = {judge_plan_make, SCOPE_CATALOGUE_WRITE, false},
    [VERB_PLAN_CHANGE] = {judge_plan_change, SCOPE_CATALOGUE_WRITE, false},
    [VERB_PLAN_REMOVE] = {judge_plan_remove, SCOPE_CATALOGUE_WRITE, false},
    [VERB_PLAN_GET] = {judge_heard, SCOPE_CATALOGUE_WRITE, true},
    [VERB_ROUND_PAUSE] = {judge_round_pause, SCOPE_CATALOGUE_WRITE, false},
    [VERB_ROUND_RESUME] = {judge_round_resume, SCOPE_CATALOGUE_WRITE, false},
    [VERB_ROUND_SALES] = {judge_round_sales, SCOPE_STATS, true},
    [VERB_SEATS_BLOCK] = {judge_seats_block, SCOPE_CATALOGUE_WRITE, false},
    [VERB_SEATS_UNBLOCK] = {judge_seats_unblock, SCOPE_CATALOGUE_WRITE, false},
    [VERB_QUEUE_JOIN] = {judge_queue_join, SIGNED_IN, false},
    [VERB_QUEUE_TOKEN_GET] = {judge_queue_token_get, OWN_OR + (int)SCOPE_READ, true},
    [VERB_QUEUE_LEAVE] = {judge_queue_leave, SIGNED_IN, false},
    [VERB_QUEUE_CHANGE] = {judge_queue_change, SCOPE_QUEUE_WRITE, false},
    [VERB_INCIDENT_MAKE] = {judge_incident_make, SCOPE_QUEUE_WRITE, false},
    [VERB_NOTICE_SET] = {judge_notice_set, SCOPE_QUEUE_WRITE, false},
    [VERB_NOTICE_REMOVE] = {judge_notice_remove, SCOPE_QUEUE_WRITE, false},
    [VERB_RESERVATION_HOLD] = {judge_reservation_hold, SIGNED_IN, false},
    [VERB_RESERVATION_GET] = {judge_reservation_get, OWN_OR + (int)SCOPE_READ, true},
    [VERB_RESERVATION_CALENDAR] = {judge_reservation_calendar, ANYBODY, true},
    [VERB_RESERVATION_EXTEND] = {judge_reservation_extend, SIGNED_IN, false},
    [VERB_RESERVATION_CANCEL] = {judge_reservation_cancel, OWN_OR + (int)SCOPE_REFUNDS_WRITE,
                                 false},
    [VERB_PAYMENT_MAKE] = {judge_payment_make, SIGNED_IN, false},
    [VERB_PAYMENT_GET] = {judge_payment_get, OWN_OR + (int)SCOPE_READ, true},
    [VERB_TICKET_GET] = {judge_ticket_get, OWN_OR + (int)SCOPE_READ, true},
    [VERB_TICKET_CODE_GET] = {judge_ticket_code_get, SIGNED_IN, true},
    [VERB_TICKET_REISSUE] = {judge_ticket_reissue, OWN_OR + (int)SCOPE_USERS_WRITE, false},
    [VERB_TICKET_CHANGE] = {judge_ticket_change, OWN_OR + (int)SCOPE_USERS_WRITE, false},
    [VERB_LIST] = {judge_list, LISTED, true},
    [VERB_QUEUE_FORECAST] = {judge_queue_forecast, SCOPE_STATS, true},
    [VERB_RESERVATION_HISTORY] = {judge_reservation_history, SCOPE_READ, true},
    [VERB_SALES_BREAK_DOWN] = {judge_heard, SCOPE_STATS, true},
    [VERB_CHANGES] = {judge_heard, SCOPE_READ, true},
    [VERB_DESK_SEE] = {judge_heard, SCOPE_STATS, true},
    [VERB_SELFCHECK] = {judge_heard, SCOPE_READ, true},
    [VERB_HEARD] = {judge_heard, SIGNED_IN, true},
};

_Static_assert(sizeof verbs / sizeof verbs[0] == VERB_COUNT, "a judge for every verb");

bool same_hash(const struct secret *a, const struct secret *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool may(const struct oracle *oracle)
{
    return oracle->wanted_scope != SCOPE_NONE &&
           (oracle->caller_scopes >> oracle->wanted_scope & 1) != 0;
}

bool is_own(const struct oracle *oracle, const struct row *user, struct id owner_id)
{
    return !oracle->caller_is_key && id_equal(user->image.as.user.id, owner_id);
}

bool may_see(const struct oracle *oracle, const struct row *user, struct id owner_id)
{
    return is_own(oracle, user, owner_id) || may(oracle);
}

static bool is_buyer(const struct oracle *oracle, const struct row *user)
{
    return !oracle->caller_is_key && user->image.as.user.role == USER_ROLE_BUYER;
}

enum refusal refuse(struct oracle *oracle, const struct row *user, const struct call *call)
{
    if (is_buyer(oracle, user))
        return REFUSAL_FORBIDDEN;
    oracle->state = STATE_KEY;
    if (call->refusal == REFUSAL_SCOPE_REQUIRED && call->detail.scope != oracle->wanted_scope)
        object_to(oracle, 0, "another scope was told than the one that is wanted");
    return REFUSAL_SCOPE_REQUIRED;
}

enum refusal refuse_to_show(struct oracle *oracle, const struct row *user, const struct call *call)
{
    return is_buyer(oracle, user) ? REFUSAL_NOT_FOUND : refuse(oracle, user, call);
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
    oracle->state = STATE_ORGANIZER;
    if (may(oracle))
        return REFUSAL_NONE;
    /* Whatever a buyer asked for was narrowed to the own rows. */
    oracle->state = STATE_OWN;
    if (!call->wants_everybody && (id_equal(query->user_id, user->image.as.user.id) ||
                                   (call->refusal != REFUSAL_NONE && id_is_none(query->user_id))))
        return REFUSAL_NONE;
    oracle->state = STATE_OTHERS;
    return refuse(oracle, user, call);
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

/* Its use is written down at most once a minute; never while nothing can be written. */
static void key_used(struct oracle *oracle, struct row *key)
{
    struct record image = row_image(key);
    if (oracle->mode == BATCH_FROZEN ||
        oracle->now.house - image.as.api_key.last_used_at < MINUTE_MS ||
        (oracle->span.memory_was_short && span_seen(oracle, key) == NULL))
        return;
    image.as.api_key.last_used_at = oracle->now.house;
    row_change(oracle, key, &image);
    cover(oracle, COVERAGE_TICK, STATE_KEY_USED, REFUSAL_NONE);
}

static struct row *key_user(struct oracle *oracle, const struct credentials *credentials)
{
    struct row *key = row_find(oracle, RECORD_KIND_API_KEY, credentials->session_id);
    if (key == NULL || !same_hash(&key->image.as.api_key.secret_hash, &credentials->secret_hash) ||
        (key->image.as.api_key.expires_at != 0 &&
         oracle->now.wall >= key->image.as.api_key.expires_at))
        return NULL;
    oracle->caller_is_key = true;
    if (!scopes_parse(key->image.as.api_key.scopes, &oracle->caller_scopes))
        object_to(oracle, 0, "%s has scopes that there are not", row_name(key).text);
    key_used(oracle, key);
    return key->of.owner;
}

struct row *session_proved(const struct oracle *oracle, const struct call *call)
{
    const struct credentials *credentials = &call->credentials;
    if (!credentials->present || credentials->is_key)
        return NULL;
    struct row *session = row_find(oracle, RECORD_KIND_SESSION, credentials->session_id);
    const bool good =
        session != NULL && !session->image.as.session.handover &&
        same_hash(&session->image.as.session.secret_hash, &credentials->secret_hash) &&
        oracle->now.house < session->image.as.session.expires_at;
    return good ? session : NULL;
}

static struct row *authenticate(struct oracle *oracle, const struct call *call)
{
    oracle->state = STATE_NOBODY;
    oracle->caller_is_key = false;
    oracle->caller_scopes = 0;
    if (call->credentials.present && call->credentials.is_key)
        return key_user(oracle, &call->credentials);
    struct row *session = session_proved(oracle, call);
    if (session == NULL)
        return NULL;
    struct row *user = session->of.owner;
    session_renewed(oracle, session);
    if (user->of.user.token != NULL)
        token_heard(oracle, user->of.user.token);
    oracle->caller_scopes = scopes_held(oracle, user);
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
    if (verb == VERB_INCIDENT_MAKE)
        return kept != NULL;
    if (verb == VERB_QUEUE_JOIN)
        return kept != NULL && token_may_be_history(oracle, kept->object_id);
    if (verb == VERB_RESERVATION_HOLD)
        return kept != NULL && reservation_may_be_history(oracle, kept->object_id);
    if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CALENDAR ||
        verb == VERB_RESERVATION_HISTORY || verb == VERB_RESERVATION_CANCEL)
        return reservation_may_be_history(
            oracle, kept != NULL ? kept->object_id : call->in.reservation.reservation_id);
    if (verb == VERB_RESERVATION_EXTEND)
        return (kept != NULL || oracle->settings.extend_seconds > 0) &&
               reservation_may_be_history(
                   oracle, kept != NULL ? kept->object_id : call->in.reservation.reservation_id);
    if (verb == VERB_PAYMENT_MAKE)
        return kept != NULL
                   ? payment_may_be_history(oracle, kept->object_id)
                   : reservation_may_be_history(oracle, call->in.reservation.reservation_id);
    if (verb == VERB_PAYMENT_GET)
        return payment_may_be_history(oracle, call->in.payment_get.payment_id);
    /* Only the tables lead from a ticket to its reservation. */
    if (verb == VERB_TICKET_GET || verb == VERB_TICKET_CODE_GET || verb == VERB_TICKET_REISSUE ||
        verb == VERB_TICKET_CHANGE)
        return true;
    if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST)
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
    const bool of_house = user != NULL && !is_buyer(oracle, user);
    const struct row *key = keyed ? key_find(oracle, user, call) : NULL;
    if (key != NULL)
        return key_replay(oracle, user, key, call);
    if (call->refusal == REFUSAL_NONE && call->replayed)
        object_to(oracle, 11, "%s is answered as done before under a key that is not known",
                  verb_name(call->verb));
    const enum refusal refusal = verbs[call->verb].judge(oracle, user, call);
    if (refusal == REFUSAL_NONE && call->refusal == REFUSAL_NONE && keyed && !oracle->objected)
        key_keep(oracle, user, call);
    if (refusal == REFUSAL_NONE && call->refusal == REFUSAL_NONE && of_house &&
        !verbs[call->verb].looks && !oracle->objected)
        action_happens(oracle, user, call);
    if (refusal != REFUSAL_NONE || !of_house || !verbs[call->verb].looks)
        return refusal;
    const enum refusal untold = seeing_happens(oracle, user, call);
    if (untold != REFUSAL_NONE) {
        oracle->state = STATE_BARRED;
        cover(oracle, COVERAGE_ENGINE, STATE_BARRED, untold);
    }
    return untold;
}

static enum scope scope_wanted(const struct call *call)
{
    const int need = verbs[call->verb].need;
    if (need == LISTED)
        return call->in.list.kind == RECORD_KIND_API_KEY  ? SCOPE_TEAM_WRITE
               : call->in.list.kind == RECORD_KIND_ACTION ? SCOPE_AUDIT
               : call->in.list.kind == RECORD_KIND_PLAN   ? SCOPE_CATALOGUE_WRITE
                                                          : SCOPE_READ;
    return need < 0 ? SCOPE_NONE : (enum scope)(need % OWN_OR);
}

static bool has_own(const struct call *call)
{
    const int need = verbs[call->verb].need;
    if (need == LISTED)
        return call->in.list.kind != RECORD_KIND_USER &&
               call->in.list.kind != RECORD_KIND_API_KEY &&
               call->in.list.kind != RECORD_KIND_ACTION && call->in.list.kind != RECORD_KIND_PLAN;
    return need >= OWN_OR;
}

/* Whether the caller may ask that at all. */
static enum refusal admit(struct oracle *oracle, const struct row *user, const struct call *call)
{
    oracle->wanted_scope = scope_wanted(call);
    oracle->state = oracle->caller_is_key ? STATE_KEY : STATE_BUYER;
    if (verbs[call->verb].need == SIGNED_IN)
        return oracle->caller_is_key ? REFUSAL_FORBIDDEN : REFUSAL_NONE;
    if (may(oracle) || (has_own(call) && !oracle->caller_is_key))
        return REFUSAL_NONE;
    return refuse(oracle, user, call);
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
        refusal = admit(oracle, user, call);
        if (refusal != REFUSAL_NONE)
            return refusal;
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
    if (refusal == REFUSAL_INSUFFICIENT_POINTS || refusal == REFUSAL_BALANCE_LIMIT ||
        refusal == REFUSAL_BALANCE_TOO_SMALL)
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
