/* Accounts, sessions and points as the judge keeps them. */
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- Accounts ---- */

static enum refusal register_user(struct oracle *oracle, const struct call *call,
                                  enum user_role role)
{
    oracle->state = STATE_KNOWN;
    if (user_of_email(oracle, call->in.user_register.email) != NULL)
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
    return register_user(oracle, call, USER_ROLE_ORGANIZER);
}

enum refusal judge_user_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct id id = call->in.user_get.user_id;
    oracle->state = STATE_OWN;
    if (id_is_none(id) || id_equal(id, user->image.as.user.id)) {
        view_record(oracle, call, user);
        return REFUSAL_NONE;
    }
    oracle->state = STATE_OTHERS;
    if (!is_organizer(user))
        return REFUSAL_FORBIDDEN;
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

/* Of eleven the oldest goes. */
static void make_room(struct oracle *oracle, const struct row *user)
{
    const struct row_list *sessions = &user->of.user.sessions;
    if (sessions->count < SESSIONS_PER_USER_MAX)
        return;
    struct row *oldest = sessions->items[0];
    for (size_t i = 1; i < sessions->count; i++)
        if (id_compare(sessions->items[i]->image.as.session.id, oldest->image.as.session.id) < 0)
            oldest = sessions->items[i];
    row_delete(oracle, oldest);
    oracle->state = STATE_TOO_MANY_IN_ALL;
}

enum refusal judge_session_open(struct oracle *oracle, struct row *user, const struct call *call)
{
    user = row_find(oracle, RECORD_KIND_USER, call->in.session_open.user_id);
    oracle->state = STATE_WRONG_PASSWORD;
    if (user == NULL || user->image.as.user.password_hash == NULL ||
        strcmp(user->image.as.user.password_hash, call->in.session_open.verified_hash) != 0)
        return REFUSAL_BAD_CREDENTIALS;
    oracle->state = STATE_KNOWN;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, true);
    make_room(oracle, user);
    const struct record image = {.kind = RECORD_KIND_SESSION,
                                 .as.session = {
                                     .id = span_new_id(oracle, RECORD_KIND_SESSION),
                                     .user_id = user->image.as.user.id,
                                     .secret_hash = call->in.session_open.secret_hash,
                                     .created_at = oracle->now.house,
                                     .expires_at = oracle->now.house + SESSION_LIFE_MS,
                                 }};
    row_put(oracle, &image);
    const struct record told = {.kind = RECORD_KIND_SESSION, .as.session = call->out.session};
    if (first_difference(&told, &image) != NULL)
        object_to(oracle, 0, "the session that was answered is not the one that was opened");
    view_record(oracle, call, user);
    return REFUSAL_NONE;
}

enum refusal judge_session_close(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    oracle->state = STATE_ANY;
    row_delete(oracle, row_find(oracle, RECORD_KIND_SESSION, call->credentials.session_id));
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

/* ---- Points ---- */

static enum refusal whose(struct oracle *oracle, struct row *user, struct id user_id,
                          struct row **account_of)
{
    oracle->state = STATE_OWN;
    *account_of = user;
    if (id_is_none(user_id) || id_equal(user_id, user->image.as.user.id))
        return REFUSAL_NONE;
    oracle->state = STATE_OTHERS;
    if (!is_organizer(user))
        return REFUSAL_FORBIDDEN;
    *account_of = row_find(oracle, RECORD_KIND_USER, user_id);
    if (*account_of != NULL)
        return REFUSAL_NONE;
    oracle->state = STATE_UNKNOWN;
    return REFUSAL_NOT_FOUND;
}

enum refusal judge_points_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *other;
    const enum refusal refusal = whose(oracle, user, call->in.user_get.user_id, &other);
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

static enum refusal repeat_charge(struct oracle *oracle, const struct row *first,
                                  const struct row *user, const struct call *call)
{
    const struct point_entry *entry = &first->image.as.point_entry;
    oracle->state = STATE_REFERENCE_KNOWN;
    if (!id_equal(entry->user_id, user->image.as.user.id) ||
        entry->amount != call->in.points_charge.amount)
        return REFUSAL_REFERENCE_USED;
    expect_created(oracle, call, false);
    view_record(oracle, call, first);
    return REFUSAL_NONE;
}

static void charge(struct oracle *oracle, const struct row *caller, struct row *charged,
                   const struct call *call)
{
    const struct point_entry entry = {
        .id = span_new_id(oracle, RECORD_KIND_POINT_ENTRY),
        .kind = ENTRY_KIND_CHARGE,
        .amount = call->in.points_charge.amount,
        .reference = call->in.points_charge.reference,
        .caller_id = caller->image.as.user.id,
    };
    expect_created(oracle, call, true);
    move_points(oracle, charged, &entry);
    view_record(oracle, call, row_find(oracle, RECORD_KIND_POINT_ENTRY, entry.id));
}

enum refusal judge_points_charge(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *charged;
    const enum refusal refusal = whose(oracle, user, call->in.points_charge.user_id, &charged);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!is_organizer(user) && !oracle->settings.charging_open) {
        oracle->state = STATE_CLOSED;
        return REFUSAL_CHARGING_CLOSED;
    }
    const char *reference = call->in.points_charge.reference;
    const struct row *first =
        reference == NULL ? NULL : entry_of_reference(oracle, user->image.as.user.id, reference);
    if (first != NULL)
        return repeat_charge(oracle, first, charged, call);
    if (charged->of.user.account->image.as.point_account.balance >
        BALANCE_MAX - call->in.points_charge.amount) {
        oracle->state = STATE_RICH;
        return REFUSAL_BALANCE_LIMIT;
    }
    if (call->refusal == REFUSAL_NONE)
        charge(oracle, user, charged, call);
    return REFUSAL_NONE;
}
