/* Accounts, sessions and points as the judge keeps them. */
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- Accounts ---- */

static enum refusal register_user(struct oracle *oracle, const struct call *call,
                                  enum user_role role)
{
    oracle->state = STATE_KNOWN;
    if (call->in.user_register.email != NULL &&
        user_of_email(oracle, call->in.user_register.email) != NULL)
        return REFUSAL_EMAIL_TAKEN;
    oracle->state = STATE_UNKNOWN;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, true);
    const struct record user = {.kind = RECORD_KIND_USER,
                                .as.user = {
                                    .id = span_new_id(oracle, RECORD_KIND_USER),
                                    .name = call->in.user_register.name,
                                    .email = call->in.user_register.email,
                                    .role = role,
                                    .external_id = call->in.user_register.external_id,
                                    .password_hash = call->in.user_register.password_hash,
                                    .created_at = oracle->now.house,
                                }};
    const struct row *row = row_put(oracle, &user);
    const struct record account = {
        .kind = RECORD_KIND_POINT_ACCOUNT,
        .as.point_account = {.user_id = user.as.user.id, .last_updated = oracle->now.house}};
    row_put(oracle, &account);
    view_record(oracle, call, row);
    return REFUSAL_NONE;
}

enum refusal judge_user_register(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    oracle->state = STATE_CLOSED;
    if (!oracle->settings.registration_open)
        return REFUSAL_REGISTRATION_CLOSED;
    return register_user(oracle, call, USER_ROLE_BUYER);
}

enum refusal judge_organizer_add(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    const enum refusal refusal = register_user(oracle, call, USER_ROLE_ORGANIZER);
    if (refusal == REFUSAL_NONE && call->refusal == REFUSAL_NONE && !oracle->objected &&
        call->origin.administrator != NULL) {
        oracle->caller_is_key = false;
        action_happens(oracle, user_of_email(oracle, call->in.user_register.email), call);
    }
    return refusal;
}

enum refusal judge_user_ensure(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    const struct row *known = user_of_external_id(oracle, call->in.user_register.external_id);
    if (known == NULL)
        return register_user(oracle, call, USER_ROLE_BUYER);
    oracle->state = STATE_REFERENCE_KNOWN;
    expect_created(oracle, call, false);
    view_record(oracle, call, known);
    return REFUSAL_NONE;
}

enum refusal judge_user_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct id id = call->in.user_get.user_id;
    oracle->state = STATE_OWN;
    if (id_is_none(id) && oracle->caller_is_key)
        return REFUSAL_FORBIDDEN;
    if (id_is_none(id) || is_own(oracle, user, id)) {
        view_record(oracle, call, user);
        return REFUSAL_NONE;
    }
    oracle->state = STATE_OTHERS;
    if (!may(oracle))
        return refuse(oracle, user, call);
    const struct row *other = row_find(oracle, RECORD_KIND_USER, id);
    if (other == NULL) {
        oracle->state = STATE_UNKNOWN;
        return REFUSAL_NOT_FOUND;
    }
    view_record(oracle, call, other);
    return REFUSAL_NONE;
}

enum refusal judge_user_password_get(struct oracle *oracle, struct row *user,
                                     const struct call *call)
{
    oracle->state = STATE_OWN;
    view_record(oracle, call, user);
    return REFUSAL_NONE;
}

static enum refusal change_refusal(struct oracle *oracle, const struct row *user,
                                   const struct user_change *change)
{
    const char *stored = user->image.as.user.password_hash;
    oracle->state = STATE_WRONG_PASSWORD;
    if ((change->email != NULL || change->password_hash != NULL) &&
        (change->verified_hash == NULL || stored == NULL ||
         strcmp(change->verified_hash, stored) != 0))
        return REFUSAL_WRONG_PASSWORD;
    oracle->state = STATE_KNOWN;
    const struct row *other = change->email == NULL ? NULL : user_of_email(oracle, change->email);
    if (other != NULL && other != user)
        return REFUSAL_EMAIL_TAKEN;
    oracle->state = change->password_hash != NULL ? STATE_PASSWORD
                    : change->email != NULL       ? STATE_EMAIL
                                                  : STATE_ANY;
    return REFUSAL_NONE;
}

static void sessions_end(struct oracle *oracle, const struct row *user, struct id kept)
{
    const struct row_list *sessions = &user->of.user.sessions;
    for (size_t i = sessions->count; i > 0; i--)
        if (!id_equal(sessions->items[i - 1]->image.as.session.id, kept))
            row_delete(oracle, sessions->items[i - 1]);
}

enum refusal judge_user_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct user_change *change = &call->in.user_change;
    const enum refusal refusal = change_refusal(oracle, user, change);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    struct record image = row_image(user);
    if (change->name != NULL)
        image.as.user.name = change->name;
    if (change->email != NULL)
        image.as.user.email = change->email;
    if (change->password_hash != NULL)
        image.as.user.password_hash = change->password_hash;
    row_change(oracle, user, &image);
    if (change->password_hash != NULL)
        sessions_end(oracle, user, call->credentials.session_id);
    view_record(oracle, call, user);
    return REFUSAL_NONE;
}

/* What is still to come of a reservation that is pending or confirmed, as a state; ANY: nothing. */
static enum coverage_state to_come(const struct oracle *oracle, const struct row *reservation)
{
    const struct concert_round *round = &reservation->of.reservation->round->image.as.concert_round;
    if (reservation->image.as.seat_reservation.status == RESERVATION_STATUS_PENDING)
        return STATE_PENDING;
    if (round->status == ROUND_STATUS_CANCELLED)
        return STATE_CANCELLED;
    return oracle->now.wall < round->start_time ? STATE_CONFIRMED : STATE_ANY;
}

static enum refusal erase_refusal(struct oracle *oracle, const struct row *user,
                                  const struct call *call)
{
    const struct user *image = &user->image.as.user;
    const char *verified = call->in.user_erase.verified_hash;
    oracle->state = STATE_ORGANIZER;
    if (image->role != USER_ROLE_BUYER)
        return REFUSAL_FORBIDDEN;
    oracle->state = STATE_WRONG_PASSWORD;
    if (verified == NULL || image->password_hash == NULL ||
        strcmp(verified, image->password_hash) != 0)
        return REFUSAL_WRONG_PASSWORD;
    const struct row_list *reservations = &user->of.user.reservations;
    for (size_t i = 0; i < reservations->count; i++) {
        oracle->state = to_come(oracle, reservations->items[i]);
        if (oracle->state != STATE_ANY)
            return REFUSAL_RESERVATIONS_TO_COME;
    }
    const int64_t balance = user->of.user.account->image.as.point_account.balance;
    oracle->state = balance > 0 ? STATE_RICH : STATE_POOR;
    if (balance == 0 || call->in.user_erase.forfeit)
        return REFUSAL_NONE;
    if (call->refusal == REFUSAL_HAS_POINTS && call->detail.balance != balance)
        object_to(oracle, 3, "%s has %lld points, %lld were told", row_name(user).text,
                  (long long)balance, (long long)call->detail.balance);
    return REFUSAL_HAS_POINTS;
}

enum refusal judge_user_erase(struct oracle *oracle, struct row *user, const struct call *call)
{
    const enum refusal refusal = erase_refusal(oracle, user, call);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    struct row *token = user->of.user.token;
    if (token != NULL) {
        oracle->state = token->image.as.queue_token.status == TOKEN_STATUS_WAITING ? STATE_WAITING
                                                                                   : STATE_ACTIVE;
        token_ends(oracle, token, TOKEN_REASON_LEFT);
    }
    const int64_t balance = user->of.user.account->image.as.point_account.balance;
    if (balance > 0)
        move_points(oracle, user,
                    &(struct point_entry){.id = span_new_id(oracle, RECORD_KIND_POINT_ENTRY),
                                          .kind = ENTRY_KIND_ADJUSTMENT,
                                          .amount = -balance,
                                          .caller_id = user->image.as.user.id,
                                          .reason = "The account was erased."});
    const struct record erased = {.kind = RECORD_KIND_USER,
                                  .as.user = {.id = user->image.as.user.id,
                                              .name = "",
                                              .role = USER_ROLE_FORMER,
                                              .created_at = user->image.as.user.created_at}};
    row_change(oracle, user, &erased);
    sessions_end(oracle, user, ID_NONE);
    if (user->of.user.reset != NULL)
        row_delete(oracle, user->of.user.reset);
    return REFUSAL_NONE;
}

/* ---- Sessions ---- */

enum refusal judge_sign_in_find(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    const struct row *found = user_of_email(oracle, call->in.sign_in_find.email);
    oracle->state = found == NULL ? STATE_UNKNOWN : STATE_KNOWN;
    if (found != NULL)
        view_record(oracle, call, found);
    else if (call->refusal == REFUSAL_NONE && call->record != NULL)
        object_to(oracle, 0, "somebody was found by an e-mail that nobody has");
    return REFUSAL_NONE;
}

static timestamp_ms last_use(const struct session *session)
{
    return session->handover ? session->expires_at - 60 * SECOND_MS
                             : session->expires_at - SESSION_LIFE_MS;
}

/* Of two used as late as each other the older one. */
static bool goes_before(const struct row *one, const struct row *other)
{
    const struct session *a = &one->image.as.session, *b = &other->image.as.session;
    return last_use(a) != last_use(b) ? last_use(a) < last_use(b) : id_compare(a->id, b->id) < 0;
}

/* Of eleven the one that was not used for longest goes. */
static void make_room(struct oracle *oracle, const struct row *user)
{
    const struct row_list *sessions = &user->of.user.sessions;
    if (sessions->count < SESSIONS_PER_USER_MAX)
        return;
    struct row *first = sessions->items[0];
    for (size_t i = 1; i < sessions->count; i++)
        if (goes_before(sessions->items[i], first))
            first = sessions->items[i];
    row_delete(oracle, first);
    oracle->state = STATE_TOO_MANY_IN_ALL;
}

/* The one before is given up for a new one. */
static void handover_ends(struct oracle *oracle, const struct row *user)
{
    const struct row_list *sessions = &user->of.user.sessions;
    for (size_t i = 0; i < sessions->count; i++) {
        if (sessions->items[i]->image.as.session.handover) {
            row_delete(oracle, sessions->items[i]);
            return;
        }
    }
}

static enum refusal begin_session(struct oracle *oracle, struct row *user, bool handover,
                                  const struct call *call)
{
    oracle->state = STATE_KNOWN;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, true);
    if (handover)
        handover_ends(oracle, user);
    make_room(oracle, user);
    const struct record image = {
        .kind = RECORD_KIND_SESSION,
        .as.session = {
            .id = span_new_id(oracle, RECORD_KIND_SESSION),
            .user_id = user->image.as.user.id,
            .secret_hash = call->in.session_open.secret_hash,
            .created_at = oracle->now.house,
            .expires_at = oracle->now.house + (handover ? 60 * SECOND_MS : SESSION_LIFE_MS),
            .handover = handover,
        }};
    row_put(oracle, &image);
    const struct record told = {.kind = RECORD_KIND_SESSION, .as.session = call->out.session};
    if (first_difference(&told, &image) != NULL)
        object_to(oracle, 0, "the session that was answered is not the one that was opened");
    view_record(oracle, call, user);
    return REFUSAL_NONE;
}

enum refusal judge_session_open(struct oracle *oracle, struct row *user, const struct call *call)
{
    user = row_find(oracle, RECORD_KIND_USER, call->in.session_open.user_id);
    oracle->state = STATE_WRONG_PASSWORD;
    if (user == NULL || user->image.as.user.password_hash == NULL ||
        strcmp(user->image.as.user.password_hash, call->in.session_open.verified_hash) != 0)
        return REFUSAL_BAD_CREDENTIALS;
    return begin_session(oracle, user, false, call);
}

/* What is done for others is done for buyers. */
static enum refusal not_a_buyer(struct oracle *oracle, const struct row *user)
{
    oracle->state = STATE_FORMER;
    if (user->image.as.user.role == USER_ROLE_FORMER)
        return REFUSAL_ACCOUNT_CLOSED;
    oracle->state = STATE_ORGANIZER;
    return user->image.as.user.role == USER_ROLE_BUYER ? REFUSAL_NONE : REFUSAL_FORBIDDEN;
}

enum refusal judge_buyer_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    struct row *of = row_find(oracle, RECORD_KIND_USER, call->in.buyer_change.user_id);
    oracle->state = STATE_UNKNOWN;
    if (of == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = not_a_buyer(oracle, of);
    if (refusal != REFUSAL_NONE)
        return refusal;
    oracle->state = STATE_OTHERS;
    struct record image = row_image(of);
    if (image.as.user.external_id == NULL)
        return REFUSAL_FORBIDDEN;
    const char *email = call->in.buyer_change.email;
    const struct row *other = email == NULL ? NULL : user_of_email(oracle, email);
    oracle->state = STATE_KNOWN;
    if (other != NULL && other != of)
        return REFUSAL_EMAIL_TAKEN;
    oracle->state = !call->in.buyer_change.has_email ? STATE_ANY
                    : email != NULL                  ? STATE_EMAIL
                                                     : STATE_CLEARED;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    if (call->in.buyer_change.name != NULL)
        image.as.user.name = call->in.buyer_change.name;
    if (call->in.buyer_change.has_email)
        image.as.user.email = email;
    row_change(oracle, of, &image);
    view_record(oracle, call, of);
    return REFUSAL_NONE;
}

static enum refusal begin_for_buyer(struct oracle *oracle, bool handover, const struct call *call)
{
    struct row *user = row_find(oracle, RECORD_KIND_USER, call->in.session_open.user_id);
    oracle->state = STATE_UNKNOWN;
    if (user == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = not_a_buyer(oracle, user);
    if (refusal != REFUSAL_NONE)
        return refusal;
    return begin_session(oracle, user, handover, call);
}

enum refusal judge_session_grant(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    return begin_for_buyer(oracle, false, call);
}

enum refusal judge_handover_make(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    return begin_for_buyer(oracle, true, call);
}

enum refusal judge_handover_redeem(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *session =
        row_find(oracle, RECORD_KIND_SESSION, call->in.handover_redeem.session_id);
    oracle->state = STATE_UNKNOWN;
    if (session == NULL || !session->image.as.session.handover ||
        !same_hash(&session->image.as.session.secret_hash,
                   &call->in.handover_redeem.handover_hash) ||
        oracle->now.house >= session->image.as.session.expires_at)
        return REFUSAL_HANDOVER_USED;
    user = session->of.owner;
    const struct row *other = session_proved(oracle, call);
    oracle->state = STATE_OTHERS;
    if (other != NULL && other->of.owner != user && !call->in.handover_redeem.replace)
        return REFUSAL_OTHER_SIGNED_IN;
    oracle->state = other == NULL             ? STATE_NOBODY
                    : other->of.owner == user ? STATE_OWN
                                              : STATE_OTHERS;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, false);
    struct record image = row_image(session);
    image.as.session.handover = false;
    image.as.session.secret_hash = call->in.handover_redeem.secret_hash;
    image.as.session.expires_at = oracle->now.house + SESSION_LIFE_MS;
    row_change(oracle, session, &image);
    const struct record told = {.kind = RECORD_KIND_SESSION, .as.session = call->out.session};
    if (first_difference(&told, &image) != NULL)
        object_to(oracle, 0, "the session that was answered is not the one that was redeemed");
    view_record(oracle, call, user);
    return REFUSAL_NONE;
}

static bool signs_in(const struct oracle *oracle, const struct row *session)
{
    return !session->image.as.session.handover &&
           oracle->now.house < session->image.as.session.expires_at;
}

static bool told_as_it_is(const struct own_session *told, const struct row *session,
                          const struct call *call)
{
    const struct session *row = &session->image.as.session;
    return told->created_at == row->created_at && told->expires_at == row->expires_at &&
           told->current == id_equal(row->id, call->credentials.session_id);
}

enum refusal judge_session_list(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct row_list *sessions = &user->of.user.sessions;
    const struct own_sessions *told = &call->out.sessions;
    size_t holding = 0;
    oracle->state = STATE_ANY;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    for (size_t i = 0; i < sessions->count; i++)
        holding += signs_in(oracle, sessions->items[i]);
    if (told->count != holding)
        object_to(oracle, 0, "%zu sessions are told, and there are %zu", told->count, holding);
    for (size_t i = 0; i < told->count && !oracle->objected; i++) {
        const struct row *session = row_find(oracle, RECORD_KIND_SESSION, told->sessions[i].id);
        if (session == NULL || session->of.owner != user || !signs_in(oracle, session))
            object_to(oracle, 0, "a session is told that is not the caller's");
        else if (!told_as_it_is(&told->sessions[i], session, call))
            object_to(oracle, 0, "%s is told as it is not", row_name(session).text);
        else if (i > 0 && id_compare(told->sessions[i - 1].id, told->sessions[i].id) >= 0)
            object_to(oracle, 0, "sessions are told in another order than they were opened");
    }
    return REFUSAL_NONE;
}

enum refusal judge_session_close(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct id named = call->in.session_close.session_id;
    if (id_is_none(named)) {
        oracle->state = STATE_ANY;
        row_delete(oracle, row_find(oracle, RECORD_KIND_SESSION, call->credentials.session_id));
        return REFUSAL_NONE;
    }
    struct row *session = row_find(oracle, RECORD_KIND_SESSION, named);
    oracle->state = STATE_UNKNOWN;
    if (session == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (session->of.owner != user)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OWN;
    if (!signs_in(oracle, session))
        return REFUSAL_NOT_FOUND;
    row_delete(oracle, session);
    return REFUSAL_NONE;
}

enum refusal judge_session_close_all(struct oracle *oracle, struct row *user,
                                     const struct call *call)
{
    (void)call;
    oracle->state = STATE_ANY;
    sessions_end(oracle, user, ID_NONE);
    return REFUSAL_NONE;
}

/* ---- API keys ---- */

/* Nobody gives or takes what one lacks; who may give at all is the organizers' to say. */
static enum refusal grant_refusal(struct oracle *oracle, const struct row *user, uint32_t scopes,
                                  const struct call *call)
{
    oracle->state = STATE_OTHERS;
    if ((scopes & SCOPE_BIT(SCOPE_TEAM_WRITE)) != 0 &&
        user->image.as.user.role != USER_ROLE_ORGANIZER)
        return REFUSAL_FORBIDDEN;
    for (enum scope scope = 0; scope < SCOPE_COUNT; scope++) {
        if ((scopes & SCOPE_BIT(scope)) == 0 || (oracle->caller_scopes & SCOPE_BIT(scope)) != 0)
            continue;
        if (call->refusal == REFUSAL_SCOPE_REQUIRED && call->detail.scope != scope)
            object_to(oracle, 0, "another scope was told than the first that is lacking");
        return REFUSAL_SCOPE_REQUIRED;
    }
    return REFUSAL_NONE;
}

static void make_key(struct oracle *oracle, const struct call *call)
{
    char scopes[SCOPES_TEXT_BYTES];
    scopes_format(call->in.api_key.scopes, scopes);
    const struct record user = {.kind = RECORD_KIND_USER,
                                .as.user = {.id = span_new_id(oracle, RECORD_KIND_USER),
                                            .name = call->in.api_key.name,
                                            .role = USER_ROLE_SERVICE,
                                            .created_at = oracle->now.house}};
    row_put(oracle, &user);
    const struct record account = {
        .kind = RECORD_KIND_POINT_ACCOUNT,
        .as.point_account = {.user_id = user.as.user.id, .last_updated = oracle->now.house}};
    row_put(oracle, &account);
    const struct record key = {.kind = RECORD_KIND_API_KEY,
                               .as.api_key = {.id = span_new_id(oracle, RECORD_KIND_API_KEY),
                                              .user_id = user.as.user.id,
                                              .name = call->in.api_key.name,
                                              .scopes = scopes,
                                              .secret_hash = call->in.api_key.secret_hash,
                                              .created_at = oracle->now.house,
                                              .expires_at = call->in.api_key.expires_at}};
    view_record(oracle, call, row_put(oracle, &key));
}

enum refusal judge_api_key_make(struct oracle *oracle, struct row *user, const struct call *call)
{
    const timestamp_ms expires_at = call->in.api_key.expires_at;
    const enum refusal refusal = grant_refusal(oracle, user, call->in.api_key.scopes, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    oracle->state = STATE_OVER_TIME;
    if (expires_at != 0 && expires_at <= oracle->now.wall)
        return REFUSAL_EXPIRES_BEFORE_NOW;
    oracle->state = STATE_FULL;
    if (oracle->api_keys.count >= API_KEYS_MAX)
        return REFUSAL_CAPACITY;
    oracle->state = STATE_UNKNOWN;
    expect_created(oracle, call, true);
    if (call->refusal == REFUSAL_NONE)
        make_key(oracle, call);
    return REFUSAL_NONE;
}

enum refusal judge_api_key_remove(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *key = row_find(oracle, RECORD_KIND_API_KEY, call->in.api_key.key_id);
    uint32_t scopes;
    oracle->state = STATE_UNKNOWN;
    if (key == NULL || !scopes_parse(key->image.as.api_key.scopes, &scopes))
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = grant_refusal(oracle, user, scopes, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    oracle->state = STATE_KNOWN;
    if (call->refusal == REFUSAL_NONE)
        row_delete(oracle, key);
    return REFUSAL_NONE;
}

/* ---- Staff ---- */

uint32_t scopes_held(struct oracle *oracle, const struct row *user)
{
    const struct user *image = &user->image.as.user;
    uint32_t scopes = 0;
    if (image->role == USER_ROLE_ORGANIZER)
        return EVERY_SCOPE;
    if ((image->role == USER_ROLE_STAFF) != (image->scopes != NULL) ||
        (image->scopes != NULL && !scopes_parse(image->scopes, &scopes)))
        object_to(oracle, 0, "%s has scopes that do not go with the role", row_name(user).text);
    return scopes;
}

static size_t count_of_role(const struct oracle *oracle, enum user_role role)
{
    const struct row_vector *users = &oracle->of_kind[RECORD_KIND_USER];
    size_t count = 0;
    for (size_t i = 0; i < users->count; i++)
        count += users->items[i]->there && users->items[i]->image.as.user.role == role;
    return count;
}

static void invite(struct oracle *oracle, const struct call *call)
{
    char scopes[SCOPES_TEXT_BYTES];
    scopes_format(call->in.staff.scopes, scopes);
    const struct record user = {.kind = RECORD_KIND_USER,
                                .as.user = {.id = span_new_id(oracle, RECORD_KIND_USER),
                                            .name = call->in.staff.name,
                                            .email = call->in.staff.email,
                                            .role = USER_ROLE_STAFF,
                                            .created_at = oracle->now.house,
                                            .scopes = scopes}};
    const struct row *row = row_put(oracle, &user);
    const struct record account = {
        .kind = RECORD_KIND_POINT_ACCOUNT,
        .as.point_account = {.user_id = user.as.user.id, .last_updated = oracle->now.house}};
    row_put(oracle, &account);
    const struct record invitation = {
        .kind = RECORD_KIND_PASSWORD_RESET,
        .as.password_reset = {.user_id = user.as.user.id,
                              .secret_hash = call->in.staff.secret_hash,
                              .created_at = oracle->now.house,
                              .expires_at = oracle->now.house + 72 * HOUR_MS}};
    row_put(oracle, &invitation);
    const struct record told = {.kind = RECORD_KIND_PASSWORD_RESET,
                                .as.password_reset = call->out.reset};
    if (first_difference(&told, &invitation) != NULL)
        object_to(oracle, 0, "the invitation that was answered is not the one that was made");
    view_record(oracle, call, row);
}

enum refusal judge_staff_invite(struct oracle *oracle, struct row *user, const struct call *call)
{
    const enum refusal refusal = grant_refusal(oracle, user, call->in.staff.scopes, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    oracle->state = STATE_KNOWN;
    if (user_of_email(oracle, call->in.staff.email) != NULL)
        return REFUSAL_EMAIL_TAKEN;
    oracle->state = STATE_FULL;
    if (count_of_role(oracle, USER_ROLE_ORGANIZER) + count_of_role(oracle, USER_ROLE_STAFF) >=
        STAFF_MAX)
        return REFUSAL_CAPACITY;
    oracle->state = STATE_UNKNOWN;
    expect_created(oracle, call, true);
    if (call->refusal == REFUSAL_NONE)
        invite(oracle, call);
    return REFUSAL_NONE;
}

enum refusal judge_staff_list(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    oracle->state = STATE_ANY;
    if (call->refusal == REFUSAL_NONE &&
        call->in.list.roles != (1u << USER_ROLE_ORGANIZER | 1u << USER_ROLE_STAFF))
        object_to(oracle, 0, "a list of staff lists others");
    return REFUSAL_NONE;
}

/* What is done to an organizer takes everything from somebody. */
static enum refusal alter_refusal(struct oracle *oracle, const struct row *user,
                                  const struct row *member, uint32_t altered,
                                  const struct call *call)
{
    const bool organizer = member->image.as.user.role == USER_ROLE_ORGANIZER;
    const enum refusal refusal =
        grant_refusal(oracle, user, organizer ? EVERY_SCOPE : altered, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    oracle->state = STATE_ORGANIZER;
    if (organizer && count_of_role(oracle, USER_ROLE_ORGANIZER) == 1)
        return REFUSAL_LAST_ORGANIZER;
    oracle->state = organizer ? STATE_ORGANIZER : STATE_KNOWN;
    return REFUSAL_NONE;
}

static struct row *member_of_house(struct oracle *oracle, const struct call *call)
{
    struct row *member = row_find(oracle, RECORD_KIND_USER, call->in.staff.user_id);
    oracle->state = STATE_UNKNOWN;
    return member != NULL && (member->image.as.user.role == USER_ROLE_ORGANIZER ||
                              member->image.as.user.role == USER_ROLE_STAFF)
               ? member
               : NULL;
}

enum refusal judge_staff_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *member = member_of_house(oracle, call);
    if (member == NULL)
        return REFUSAL_NOT_FOUND;
    const uint32_t altered = scopes_held(oracle, member) ^ call->in.staff.scopes;
    const enum refusal refusal = alter_refusal(oracle, user, member, altered, call);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    char scopes[SCOPES_TEXT_BYTES];
    scopes_format(call->in.staff.scopes, scopes);
    struct record image = row_image(member);
    image.as.user.role = USER_ROLE_STAFF;
    image.as.user.scopes = scopes;
    row_change(oracle, member, &image);
    view_record(oracle, call, member);
    return REFUSAL_NONE;
}

enum refusal judge_staff_remove(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *member = member_of_house(oracle, call);
    if (member == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal =
        alter_refusal(oracle, user, member, scopes_held(oracle, member), call);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    struct record image = row_image(member);
    image.as.user.role = USER_ROLE_FORMER;
    image.as.user.email = image.as.user.password_hash = image.as.user.scopes = NULL;
    row_change(oracle, member, &image);
    sessions_end(oracle, member, ID_NONE);
    if (member->of.user.reset != NULL)
        row_delete(oracle, member->of.user.reset);
    return REFUSAL_NONE;
}

/* ---- Password resets ---- */

enum refusal judge_password_reset_make(struct oracle *oracle, struct row *user,
                                       const struct call *call)
{
    (void)user;
    const struct row *of = row_find(oracle, RECORD_KIND_USER, call->in.password_reset.user_id);
    oracle->state = STATE_UNKNOWN;
    if (of == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = not_a_buyer(oracle, of);
    if (refusal != REFUSAL_NONE)
        return refusal;
    oracle->state = STATE_KNOWN;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, true);
    const struct record image = {.kind = RECORD_KIND_PASSWORD_RESET,
                                 .as.password_reset = {
                                     .user_id = of->image.as.user.id,
                                     .secret_hash = call->in.password_reset.secret_hash,
                                     .created_at = oracle->now.house,
                                     .expires_at = oracle->now.house + DAY_MS,
                                 }};
    row_put(oracle, &image);
    const struct record told = {.kind = RECORD_KIND_PASSWORD_RESET,
                                .as.password_reset = call->out.reset};
    if (first_difference(&told, &image) != NULL)
        object_to(oracle, 0, "the password reset that was answered is not the one that was made");
    return REFUSAL_NONE;
}

/* The reset whose secret the call has, while it holds; or NULL. */
static struct row *reset_of(struct oracle *oracle, const struct call *call)
{
    struct row *reset =
        row_find(oracle, RECORD_KIND_PASSWORD_RESET, call->in.password_reset.user_id);
    const bool good = reset != NULL &&
                      same_hash(&reset->image.as.password_reset.secret_hash,
                                &call->in.password_reset.secret_hash) &&
                      oracle->now.house < reset->image.as.password_reset.expires_at;
    oracle->state = good ? STATE_KNOWN : STATE_UNKNOWN;
    return good ? reset : NULL;
}

enum refusal judge_password_reset_find(struct oracle *oracle, struct row *user,
                                       const struct call *call)
{
    (void)user;
    const struct row *reset = reset_of(oracle, call);
    if (reset == NULL)
        return REFUSAL_PASSWORD_RESET_OVER;
    view_record(oracle, call, reset->of.owner);
    return REFUSAL_NONE;
}

enum refusal judge_password_reset_take(struct oracle *oracle, struct row *user,
                                       const struct call *call)
{
    struct row *reset = reset_of(oracle, call);
    if (reset == NULL)
        return REFUSAL_PASSWORD_RESET_OVER;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    user = reset->of.owner;
    struct record image = row_image(user);
    image.as.user.password_hash = call->in.password_reset.password_hash;
    row_change(oracle, user, &image);
    sessions_end(oracle, user, ID_NONE);
    row_delete(oracle, reset);
    return REFUSAL_NONE;
}

/* ---- Points ---- */

static enum refusal whose(struct oracle *oracle, struct row *user, struct id user_id,
                          const struct call *call, struct row **account_of)
{
    oracle->state = STATE_OWN;
    *account_of = user;
    if (id_is_none(user_id) || is_own(oracle, user, user_id))
        return oracle->caller_is_key ? REFUSAL_FORBIDDEN : REFUSAL_NONE;
    oracle->state = STATE_OTHERS;
    if (!may(oracle))
        return refuse(oracle, user, call);
    *account_of = row_find(oracle, RECORD_KIND_USER, user_id);
    if (*account_of != NULL)
        return REFUSAL_NONE;
    oracle->state = STATE_UNKNOWN;
    return REFUSAL_NOT_FOUND;
}

enum refusal judge_points_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *other;
    const enum refusal refusal = whose(oracle, user, call->in.user_get.user_id, call, &other);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    const struct record told = {.kind = RECORD_KIND_POINT_ACCOUNT,
                                .as.point_account = call->out.points};
    if (first_difference(&told, &other->of.user.account->image) != NULL)
        object_to(oracle, 3, "%s has %lld points, %lld were told", row_name(other).text,
                  (long long)other->of.user.account->image.as.point_account.balance,
                  (long long)call->out.points.balance);
    return REFUSAL_NONE;
}

static enum refusal repeat_entry(struct oracle *oracle, const struct row *first,
                                 const struct row *user, enum entry_kind kind,
                                 const struct call *call)
{
    const struct point_entry *entry = &first->image.as.point_entry;
    oracle->state = STATE_REFERENCE_KNOWN;
    if (entry->kind != kind || !id_equal(entry->user_id, user->image.as.user.id) ||
        entry->amount != call->in.points_charge.amount)
        return REFUSAL_REFERENCE_USED;
    expect_created(oracle, call, false);
    view_record(oracle, call, first);
    return REFUSAL_NONE;
}

static void enter(struct oracle *oracle, const struct row *caller, struct row *of,
                  enum entry_kind kind, const struct call *call)
{
    const struct point_entry entry = {
        .id = span_new_id(oracle, RECORD_KIND_POINT_ENTRY),
        .kind = kind,
        .amount = call->in.points_charge.amount,
        .reference = call->in.points_charge.reference,
        .caller_id = caller->image.as.user.id,
        .reason = kind == ENTRY_KIND_ADJUSTMENT ? call->in.points_charge.reason : NULL,
    };
    expect_created(oracle, call, true);
    move_points(oracle, of, &entry);
    view_record(oracle, call, row_find(oracle, RECORD_KIND_POINT_ENTRY, entry.id));
}

/* An entry under a reference, which is the caller's for charges and adjustments alike. */
static enum refusal judge_entry(struct oracle *oracle, const struct row *caller, struct row *of,
                                enum entry_kind kind, const struct call *call)
{
    const int64_t amount = call->in.points_charge.amount;
    const int64_t balance = of->of.user.account->image.as.point_account.balance;
    const char *reference = call->in.points_charge.reference;
    const struct row *first =
        reference == NULL ? NULL : entry_of_reference(oracle, caller->image.as.user.id, reference);
    if (first != NULL)
        return repeat_entry(oracle, first, of, kind, call);
    if (amount > 0 && of->image.as.user.role == USER_ROLE_FORMER) {
        oracle->state = STATE_FORMER;
        return REFUSAL_ACCOUNT_CLOSED;
    }
    if (amount > 0 && balance > BALANCE_MAX - amount) {
        oracle->state = STATE_RICH;
        return REFUSAL_BALANCE_LIMIT;
    }
    if (amount < 0 && balance < -amount) {
        oracle->state = STATE_POOR;
        if (call->refusal == REFUSAL_BALANCE_TOO_SMALL && call->detail.balance != balance)
            object_to(oracle, 3, "%s has %lld points, %lld were told", row_name(of).text,
                      (long long)balance, (long long)call->detail.balance);
        return REFUSAL_BALANCE_TOO_SMALL;
    }
    if (call->refusal == REFUSAL_NONE)
        enter(oracle, caller, of, kind, call);
    return REFUSAL_NONE;
}

enum refusal judge_points_charge(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *charged;
    const enum refusal refusal =
        whose(oracle, user, call->in.points_charge.user_id, call, &charged);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!may(oracle) && !oracle->settings.charging_open) {
        oracle->state = STATE_CLOSED;
        return REFUSAL_CHARGING_CLOSED;
    }
    return judge_entry(oracle, user, charged, ENTRY_KIND_CHARGE, call);
}

enum refusal judge_points_adjust(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *adjusted;
    oracle->state = STATE_ANY;
    if (call->in.points_charge.amount == 0)
        return REFUSAL_ADJUSTS_NOTHING;
    const enum refusal refusal =
        whose(oracle, user, call->in.points_charge.user_id, call, &adjusted);
    if (refusal != REFUSAL_NONE)
        return refusal;
    return judge_entry(oracle, user, adjusted, ENTRY_KIND_ADJUSTMENT, call);
}
