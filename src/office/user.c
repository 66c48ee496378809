/* People's accounts. */
#include "office/user.h"

#include "office/action.h"
#include "office/catalogue.h"
#include "office/door.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/verb_function.h"

/* Why an entry takes the last points of an account, for whoever reads the books. */
#define FORFEIT_REASON "The account was erased."

enum refusal user_check_buyer(const struct live_user *user)
{
    if (user->role == USER_ROLE_FORMER)
        return REFUSAL_ACCOUNT_CLOSED;
    return user->role == USER_ROLE_BUYER ? REFUSAL_NONE : REFUSAL_FORBIDDEN;
}

enum refusal user_show(const struct live_user *user, struct call *call)
{
    struct hash_text hash;
    const struct record record = {.kind = RECORD_KIND_USER, .as.user = user_row(user, &hash)};
    return call_show_record(call, &record);
}

enum refusal user_prepare(struct office *office, const struct user *row, struct call *call,
                          char **texts)
{
    const struct record shown = {.kind = RECORD_KIND_USER, .as.user = *row};
    if (!user_reserve(office) || (*texts = user_texts_pack(&office->texts, row)) == NULL)
        return REFUSAL_CAPACITY;
    const enum refusal refusal = call_show_record(call, &shown);
    if (refusal != REFUSAL_NONE)
        user_texts_free(&office->texts, *texts);
    return refusal;
}

struct live_user *user_put_new(struct office *office, const struct user *row, char *texts)
{
    struct live_user *user = put_user(office, NULL, row, texts);
    const struct point_account account = {.user_id = row->id, .last_updated = office->now.house};
    put_point_account(office, user, &account);
    return user;
}

static enum refusal make_user(struct office *office, enum user_role role, struct call *call)
{
    const char *email = call->in.user_register.email;
    if (email != NULL && user_find_email(office, email, call->in.user_register.mailbox) != NULL)
        return REFUSAL_EMAIL_TAKEN;
    const struct user row = {
        .id = new_id(office),
        .name = call->in.user_register.name,
        .email = email,
        .role = role,
        .external_id = call->in.user_register.external_id,
        .password_hash = call->in.user_register.password_hash,
        .created_at = office->now.house,
    };
    char *texts;
    const enum refusal refusal = user_prepare(office, &row, call, &texts);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    (void)user_put_new(office, &row, texts);
    call->created = true;
    return REFUSAL_NONE;
}

enum refusal user_register(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    if (!office->settings.registration_open)
        return REFUSAL_REGISTRATION_CLOSED;
    return make_user(office, USER_ROLE_BUYER, call);
}

enum refusal user_organizer_add(struct office *office, const struct caller *caller,
                                struct call *call)
{
    (void)caller;
    const enum refusal refusal = make_user(office, USER_ROLE_ORGANIZER, call);
    if (refusal == REFUSAL_NONE)
        action_put_administrator(office, user_find(office, call->record->as.user.id), call);
    return refusal;
}

/* The buyer of another system's id as it is, or a new one with that id. */
enum refusal user_ensure(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    CHECK(call->in.user_register.external_id != NULL);
    const struct live_user *known = user_find_external(office, call->in.user_register.external_id);
    return known == NULL ? make_user(office, USER_ROLE_BUYER, call) : user_show(known, call);
}

enum refusal user_get(struct office *office, const struct caller *caller, struct call *call)
{
    const struct id id = call->in.user_get.user_id;
    if (id_is_none(id) && caller->key != NULL)
        return REFUSAL_FORBIDDEN;
    if (id_is_none(id) || caller_owns(caller, id))
        return user_show(caller->user, call);
    if (!caller_may(caller))
        return caller_refuse(caller, call);
    const struct live_user *found = user_find(office, id);
    return found == NULL ? REFUSAL_NOT_FOUND : user_show(found, call);
}

/* The same image; the caller of this verb looks at its password hash. */
enum refusal user_password_get(struct office *office, const struct caller *caller,
                               struct call *call)
{
    (void)office;
    return user_show(caller->user, call);
}

static enum refusal check_change(const struct office *office, const struct live_user *user,
                                 const struct user_change *change)
{
    const bool guarded = change->email != NULL || change->password_hash != NULL;
    if (guarded && (change->verified_hash == NULL || !user_has_hash(user, change->verified_hash)))
        return REFUSAL_WRONG_PASSWORD;
    if (change->email == NULL)
        return REFUSAL_NONE;
    const struct live_user *other = user_find_email(office, change->email, change->mailbox);
    return other != NULL && other != user ? REFUSAL_EMAIL_TAKEN : REFUSAL_NONE;
}

enum refusal user_change(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *user = caller->user;
    const struct user_change *change = &call->in.user_change;
    enum refusal refusal = check_change(office, user, change);
    if (refusal != REFUSAL_NONE)
        return refusal;
    struct hash_text hash;
    struct user row = user_row(user, &hash);
    if (change->name != NULL)
        row.name = change->name;
    if (change->email != NULL)
        row.email = change->email;
    if (change->password_hash != NULL)
        row.password_hash = change->password_hash;
    char *texts;
    refusal = user_prepare(office, &row, call, &texts);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    (void)put_user(office, user, &row, texts);
    if (change->password_hash != NULL)
        sessions_close_but(office, user, call->credentials.session_id);
    return REFUSAL_NONE;
}

/* Who signed up here says by themselves what they are called; a buyer of another system is called
 * what that system says. */
static enum refusal check_buyer_change(const struct office *office, const struct live_user *buyer,
                                       const struct user *now, const struct call *call)
{
    const enum refusal refusal = user_check_buyer(buyer);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (now->external_id == NULL)
        return REFUSAL_FORBIDDEN;
    const char *email = call->in.buyer_change.email;
    if (email == NULL)
        return REFUSAL_NONE;
    const struct live_user *other = user_find_email(office, email, call->in.buyer_change.mailbox);
    return other != NULL && other != buyer ? REFUSAL_EMAIL_TAKEN : REFUSAL_NONE;
}

enum refusal buyer_change(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_user *buyer = user_find(office, call->in.buyer_change.user_id);
    if (buyer == NULL)
        return REFUSAL_NOT_FOUND;
    struct hash_text hash;
    struct user row = user_row(buyer, &hash);
    enum refusal refusal = check_buyer_change(office, buyer, &row, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (call->in.buyer_change.name != NULL)
        row.name = call->in.buyer_change.name;
    if (call->in.buyer_change.has_email)
        row.email = call->in.buyer_change.email;
    char *texts;
    refusal = user_prepare(office, &row, call, &texts);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    (void)put_user(office, buyer, &row, texts);
    return REFUSAL_NONE;
}

/* ---- Leaving ---- */

void user_shut_out(struct office *office, struct live_user *user)
{
    CHECK(user->role == USER_ROLE_FORMER && user_email(user) == NULL);
    sessions_close_but(office, user, ID_NONE);
    struct live_reset *reset = reset_find(office, user->id);
    if (reset != NULL)
        remove_reset(office, reset);
    CHECK(user->sessions == 0);
}

/* Whether something is still to come of what the user reserved. Of a cancelled round that is the
 * refund, which must not come to an account that nobody has. */
static bool has_reservations_to_come(const struct office *office, const struct live_user *user)
{
    for (const struct live_reservation *reservation = user_reservations(office, user);
         reservation != NULL; reservation = reservation->of_user.next) {
        const struct concert_round *round = &reservation->round->row;
        if (reservation->row.status == RESERVATION_STATUS_PENDING ||
            round->status == ROUND_STATUS_CANCELLED || round->start_time > office->now.wall)
            return true;
    }
    return false;
}

/* Reservations first: cancelling them may give points back. */
static enum refusal check_erase(const struct office *office, const struct live_user *user,
                                struct call *call)
{
    const char *verified_hash = call->in.user_erase.verified_hash;
    if (user->role != USER_ROLE_BUYER)
        return REFUSAL_FORBIDDEN;
    if (verified_hash == NULL || !user_has_hash(user, verified_hash))
        return REFUSAL_WRONG_PASSWORD;
    if (has_reservations_to_come(office, user))
        return REFUSAL_RESERVATIONS_TO_COME;
    if (user->account.balance == 0 || call->in.user_erase.forfeit)
        return REFUSAL_NONE;
    call->detail.balance = user->account.balance;
    return REFUSAL_HAS_POINTS;
}

/* The books go on to add up: what is forfeited is an entry like any other. */
static void forfeit_points(struct office *office, struct live_user *user)
{
    if (user->account.balance == 0)
        return;
    const struct point_entry entry = {
        .id = new_id(office),
        .kind = ENTRY_KIND_ADJUSTMENT,
        .amount = -user->account.balance,
        .caller_id = user->id,
        .reason = FORFEIT_REASON,
    };
    points_move(office, user, &entry);
}

/* The id stays, for the rows that name it. There is no account without a name, so an empty one is
 * nobody's. */
enum refusal user_erase(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *user = caller->user;
    const enum refusal refusal = check_erase(office, user, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const struct user row = {
        .id = user->id, .name = "", .role = USER_ROLE_FORMER, .created_at = user->created_at};
    char *texts = visit_reserve(office) ? user_texts_pack(&office->texts, &row) : NULL;
    if (texts == NULL)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    struct live_token *token = user_token(office, user);
    if (token != NULL)
        token_end(office, token, TOKEN_REASON_LEFT);
    forfeit_points(office, user);
    (void)put_user(office, user, &row, texts);
    user_shut_out(office, user);
    CHECK(user->account.balance == 0 && user->token == 0);
    return REFUSAL_NONE;
}
