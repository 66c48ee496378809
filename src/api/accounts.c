/* Accounts and sessions. A request with a password goes step by step: the engine finds the account,
 * a worker hashes or verifies, the engine decides on the state by then. */
#include "api/ask.h"
#include "api/bodies.h"
#include "api/handlers.h"
#include "api/password_choice.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/session_cookie.h"
#include "api/sign_in.h"
#include "base/check.h"

#include <sodium.h>
#include <string.h>

/* A field that goes with another one, or only without it. */
static void judge_presence(struct body_object *root, const char *name, bool wanted)
{
    const bool there = body_has_key(root, name);
    if (wanted && !there)
        body_error(root, name, RULE_MISSING);
    else if (!wanted && there)
        body_error(root, name, RULE_ALONE);
}

/* False: nobody signed the request, which was answered. */
static bool is_signed(struct enquiry *enquiry)
{
    if (!enquiry->signed_in)
        problem_answer(enquiry, REFUSAL_UNAUTHENTICATED);
    return enquiry->signed_in;
}

/* ---- Signing up ---- */

static struct call *call_for_user(struct enquiry *enquiry, enum verb verb)
{
    const struct sign_up *sign_up = enquiry->work;
    struct call *call = enquiry_call(enquiry, verb);
    call->in.user_register.name = sign_up->name;
    if (sign_up->has_email) {
        call->in.user_register.email = sign_up->email.address;
        call->in.user_register.mailbox = sign_up->email.mailbox;
    }
    call->in.user_register.external_id = sign_up->external_id;
    return call;
}

static void answer_registered(struct enquiry *enquiry)
{
    const struct sign_up *sign_up = enquiry->work;
    if (enquiry->request.call.refusal == REFUSAL_NONE)
        sign_in_signed_up(enquiry, sign_up->email.mailbox);
    ask_answer(enquiry);
}

static void register_hashed(struct enquiry *enquiry)
{
    call_for_user(enquiry, VERB_USER_REGISTER)->in.user_register.password_hash =
        enquiry->password.hash;
    enquiry_submit(enquiry, answer_registered);
}

/* False: the enquiry was answered. */
static bool read_sign_up(struct enquiry *enquiry, struct sign_up *sign_up)
{
    struct body_object root;
    ask_read(enquiry, sign_up, &root);
    const bool is_own = !body_has_key(&root, "externalId");
    if (is_own)
        judge_presence(&root, "email", true);
    judge_presence(&root, "password", is_own);
    if (is_own && sign_up->password != NULL)
        password_judge_own(&root, sign_up->password,
                           sign_up->has_email ? sign_up->email.mailbox : NULL, sign_up->name);
    return ask_read_end(enquiry, &root);
}

void post_users(struct enquiry *enquiry)
{
    struct sign_up *sign_up = ask_work(enquiry, sizeof *sign_up);
    if (sign_up == NULL || !read_sign_up(enquiry, sign_up))
        return;
    if (sign_up->external_id != NULL) {
        if (!is_signed(enquiry))
            return;
        (void)call_for_user(enquiry, VERB_USER_ENSURE);
        enquiry_submit(enquiry, ask_answer);
        return;
    }
    if (!enquiry->api->settings.registration_open) {
        problem_answer(enquiry, REFUSAL_REGISTRATION_CLOSED); /* before it costs a hash */
        return;
    }
    if (sign_in_sign_up(enquiry))
        enquiry_hash_password(enquiry, sign_up->password, register_hashed);
}

/* ---- Signing in and out ---- */

/* Shows the new session, and its token as text. */
static void show_session(struct enquiry *enquiry, char text[static SESSION_TOKEN_CHARACTERS + 1])
{
    struct sign_in *sign_in = enquiry->work;
    const struct call *call = &enquiry->request.call;
    sign_in->granted.session_id = call->out.session.id;
    session_token_format(&sign_in->granted, &enquiry->api->token_key, text);
    const struct shown_session shown = {
        .id = call->out.session.id,
        .token = text,
        .expires_at = call->out.session.expires_at,
        .user = call->record->as.user,
    };
    object_write(reply_begin(enquiry), OBJECT_session, &shown, &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_CREATED);
}

static void answer_signed_in(struct enquiry *enquiry)
{
    char token[SESSION_TOKEN_CHARACTERS + 1];
    if (problem_of_call(enquiry))
        return;
    const struct session *session = &enquiry->request.call.out.session;
    show_session(enquiry, token);
    session_cookie_set(enquiry, token, (session->expires_at - session->created_at) / SECOND_MS);
}

/* Without a cookie: the caller's own session stays. */
static void answer_granted(struct enquiry *enquiry)
{
    char token[SESSION_TOKEN_CHARACTERS + 1];
    if (!problem_of_call(enquiry))
        show_session(enquiry, token);
}

/* A call for a new session of the user's, with a fresh secret. */
static struct call *call_for_session(struct enquiry *enquiry, enum verb verb, struct id user_id)
{
    struct sign_in *sign_in = enquiry->work;
    sign_in->granted.user_id = user_id;
    randombytes_buf(sign_in->granted.secret, sizeof sign_in->granted.secret);
    struct call *call = enquiry_call(enquiry, verb);
    call->in.session_open.user_id = user_id;
    call->in.session_open.secret_hash = token_secret_hash(sign_in->granted.secret);
    return call;
}

static void sign_in_verified(struct enquiry *enquiry)
{
    sign_in_end(enquiry, enquiry->password.good ? SIGN_IN_RIGHT : SIGN_IN_WRONG);
    if (!enquiry->password.good) {
        problem_answer(enquiry, REFUSAL_BAD_CREDENTIALS);
        return;
    }
    const struct id user_id = enquiry->request.call.record->as.user.id;
    call_for_session(enquiry, VERB_SESSION_OPEN, user_id)->in.session_open.verified_hash =
        enquiry->password.hash;
    enquiry_submit(enquiry, answer_signed_in);
}

static void sign_in_found(struct enquiry *enquiry)
{
    const struct sign_in *sign_in = enquiry->work;
    if (problem_of_call(enquiry))
        return;
    const struct record *record = enquiry->request.call.record;
    const char *hash = record == NULL ? NULL : record->as.user.password_hash;
    enquiry_verify_password(enquiry, sign_in->password, hash == NULL ? "" : hash, sign_in_verified);
}

/* False: the enquiry was answered. */
static bool read_sign_in(struct enquiry *enquiry, struct sign_in *sign_in)
{
    struct body_object root;
    ask_read(enquiry, sign_in, &root);
    const bool is_own = !body_has_key(&root, "userId");
    judge_presence(&root, "email", is_own);
    judge_presence(&root, "password", is_own);
    return ask_read_end(enquiry, &root);
}

void post_sessions(struct enquiry *enquiry)
{
    struct sign_in *sign_in = ask_work(enquiry, sizeof *sign_in);
    if (sign_in == NULL || !read_sign_in(enquiry, sign_in))
        return;
    if (!id_is_none(sign_in->user_id)) {
        if (!is_signed(enquiry))
            return;
        (void)call_for_session(enquiry, VERB_SESSION_GRANT, sign_in->user_id);
        enquiry_submit(enquiry, answer_granted);
        return;
    }
    const struct email *email = &sign_in->email;
    if (!sign_in_begin(enquiry, email->mailbox, strlen(email->mailbox)))
        return;
    struct call *call = enquiry_call(enquiry, VERB_SIGN_IN_FIND);
    call->in.sign_in_find.email = email->spelled;
    call->in.sign_in_find.mailbox = email->mailbox;
    enquiry_submit(enquiry, sign_in_found);
}

/* Whether the session that the request came with is over. */
static bool ends_current(const struct call *call)
{
    const struct id named = call->in.session_close.session_id;
    return call->verb == VERB_SESSION_CLOSE_ALL || id_is_none(named) ||
           id_equal(named, call->credentials.session_id);
}

static void answer_signed_out(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    answer_no_content(&enquiry->exchange);
    if (ends_current(&enquiry->request.call))
        session_cookie_clear(enquiry);
}

void sign_out(struct enquiry *enquiry)
{
    (void)ask_call(enquiry);
    enquiry_submit(enquiry, answer_signed_out);
}

/* ---- One's own password, before what it guards ---- */

/* Tries count as those to sign in do. */
static void find_own_password(struct enquiry *enquiry, enquiry_step *found)
{
    const struct id user_id = enquiry->token.user_id;
    if (!sign_in_begin(enquiry, user_id.bytes, sizeof user_id.bytes))
        return;
    (void)enquiry_call(enquiry, VERB_USER_PASSWORD_GET);
    enquiry_submit(enquiry, found);
}

static void verify_own_password(struct enquiry *enquiry, const char *password,
                                enquiry_step *verified)
{
    if (problem_of_call(enquiry))
        return;
    const char *hash = enquiry->request.call.record->as.user.password_hash;
    enquiry_verify_password(enquiry, password, hash == NULL ? "" : hash, verified);
}

/* False: the enquiry was answered. */
static bool own_password_is_right(struct enquiry *enquiry)
{
    sign_in_end(enquiry, enquiry->password.good ? SIGN_IN_RIGHT : SIGN_IN_WRONG);
    if (!enquiry->password.good) {
        enquiry->request.call.refusal = REFUSAL_WRONG_PASSWORD;
        (void)problem_of_call(enquiry);
    }
    return enquiry->password.good;
}

/* ---- Changing ---- */

static void change_submit(struct enquiry *enquiry, const char *password_hash)
{
    const struct account_change *change = enquiry->work;
    struct call *call = enquiry_call(enquiry, VERB_USER_CHANGE);
    call->in.user_change.name = change->name;
    if (change->has_email) {
        call->in.user_change.email = change->email.address;
        call->in.user_change.mailbox = change->email.mailbox;
    }
    call->in.user_change.password_hash = password_hash;
    if (change->verified_hash[0] != '\0')
        call->in.user_change.verified_hash = change->verified_hash;
    enquiry_submit(enquiry, ask_answer);
}

static void change_hashed(struct enquiry *enquiry)
{
    change_submit(enquiry, enquiry->password.hash);
}

/* Whether the account, as it is and as it will be, may have the new password; false: answered. */
static bool change_may_have_password(struct enquiry *enquiry)
{
    const struct account_change *change = enquiry->work;
    const struct user *user = &enquiry->request.call.record->as.user;
    struct body_object root;
    body_root(&enquiry->body, &root);
    if (password_judge_of(&root, change->password, user) &&
        password_judge_for(&root, change->password,
                           change->has_email ? change->email.mailbox : NULL, change->name))
        return true;
    problem_body(enquiry, REFUSAL_INVALID_FIELD);
    return false;
}

static void change_verified(struct enquiry *enquiry)
{
    struct account_change *change = enquiry->work;
    if (!own_password_is_right(enquiry))
        return;
    memcpy(change->verified_hash, enquiry->password.hash, sizeof change->verified_hash);
    if (change->password == NULL)
        change_submit(enquiry, NULL);
    else if (change_may_have_password(enquiry))
        enquiry_hash_password(enquiry, change->password, change_hashed);
}

static void change_found(struct enquiry *enquiry)
{
    const struct account_change *change = enquiry->work;
    verify_own_password(enquiry, change->current_password, change_verified);
}

void patch_own_user(struct enquiry *enquiry)
{
    struct account_change *change = ask_work(enquiry, sizeof *change);
    struct body_object root;
    if (change == NULL)
        return;
    ask_read(enquiry, change, &root);
    const bool guarded = change->has_email || change->password != NULL;
    if (guarded && !body_has_key(&root, "currentPassword"))
        body_error(&root, "currentPassword", RULE_MISSING);
    if (!ask_read_end(enquiry, &root))
        return;
    if (guarded)
        find_own_password(enquiry, change_found);
    else
        change_submit(enquiry, NULL);
}

/* The system in which the buyer signs in has looked at their password, not we. */
void patch_user(struct enquiry *enquiry)
{
    struct account_change *change = ask_work(enquiry, sizeof *change);
    struct body_object root;
    if (change == NULL)
        return;
    ask_read(enquiry, change, &root);
    if (!ask_read_end(enquiry, &root))
        return;
    struct call *call = enquiry_call(enquiry, enquiry->route->verb);
    call->in.buyer_change.user_id = enquiry->path.id;
    call->in.buyer_change.name = change->name;
    call->in.buyer_change.has_email = change->has_email;
    if (change->email.address[0] != '\0') {
        call->in.buyer_change.email = change->email.address;
        call->in.buyer_change.mailbox = change->email.mailbox;
    }
    enquiry_submit(enquiry, ask_answer);
}

/* ---- Erasing ---- */

static void answer_erased(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    answer_no_content(&enquiry->exchange);
    session_cookie_clear(enquiry);
}

static void erase_verified(struct enquiry *enquiry)
{
    const struct erasure *erasure = enquiry->work;
    if (!own_password_is_right(enquiry))
        return;
    struct call *call = enquiry_call(enquiry, VERB_USER_ERASE);
    call->in.user_erase.verified_hash = enquiry->password.hash;
    call->in.user_erase.forfeit = erasure->forfeit;
    enquiry_submit(enquiry, answer_erased);
}

static void erase_found(struct enquiry *enquiry)
{
    const struct erasure *erasure = enquiry->work;
    verify_own_password(enquiry, erasure->current_password, erase_verified);
}

void delete_own_user(struct enquiry *enquiry)
{
    struct erasure *erasure = ask_work(enquiry, sizeof *erasure);
    struct body_object root;
    if (erasure == NULL)
        return;
    ask_read(enquiry, erasure, &root);
    if (ask_read_end(enquiry, &root))
        find_own_password(enquiry, erase_found);
}
