/* Accounts and sessions. A request with a password goes step by step: the engine finds the account,
 * a worker hashes or verifies, the engine decides on the state by then. */
#include "api/ask.h"
#include "api/bodies.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/session_cookie.h"
#include "api/sign_in.h"
#include "base/check.h"
#include "record/password.h"

#include <sodium.h>
#include <string.h>

/* Whether somebody with this mailbox and name (NULL: not known yet) may choose the password. */
static bool judge_password(struct body_object *root, const char *password, const char *mailbox,
                           const char *name)
{
    char form[PASSWORD_FORM_BYTES];
    const char *problem = NULL;
    enum result result = password_form(password, form);
    if (result == RESULT_OK)
        result = password_judge(form, mailbox, name, &problem);
    root->body->no_memory |= result == RESULT_NO_MEMORY;
    if (problem != NULL)
        body_error(root, "password", problem);
    return body_good(root->body);
}

/* The same of a password that anybody may choose, if it is one: else that was told. */
static void judge_own_password(struct body_object *root, const char *password, const char *mailbox,
                               const char *name)
{
    char form[PASSWORD_FORM_BYTES];
    const char *told = NULL;
    enum result result = password_form(password, form);
    if (result == RESULT_OK)
        result = password_judge(form, NULL, NULL, &told);
    root->body->no_memory |= result == RESULT_NO_MEMORY;
    if (told == NULL)
        (void)judge_password(root, password, mailbox, name);
}

/* ---- Signing up ---- */

static void answer_registered(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct user *user = &enquiry->request.call.record->as.user;
    const struct sign_up *sign_up = enquiry->work;
    sign_in_signed_up(enquiry, sign_up->email.mailbox);
    object_write(reply_begin(enquiry), OBJECT_user, user, NULL);
    reply_created(enquiry, enquiry->route->location, record_schema(RECORD_KIND_USER)->prefix,
                  user->id);
}

static void register_hashed(struct enquiry *enquiry)
{
    const struct sign_up *sign_up = enquiry->work;
    struct call *call = enquiry_call(enquiry, VERB_USER_REGISTER);
    call->in.user_register.name = sign_up->name;
    call->in.user_register.email = sign_up->email.address;
    call->in.user_register.mailbox = sign_up->email.mailbox;
    call->in.user_register.password_hash = enquiry->password.hash;
    enquiry_submit(enquiry, answer_registered);
}

void post_users(struct enquiry *enquiry)
{
    struct sign_up *sign_up = exchange_allocate(&enquiry->exchange, sizeof *sign_up);
    if (sign_up == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return;
    }
    struct body_object root;
    body_root(&enquiry->body, &root);
    body_fill(&root, body_schema(BODY_OF_sign_up), BODY_WHOLE, sign_up, NULL);
    if (sign_up->password != NULL)
        judge_own_password(&root, sign_up->password,
                           sign_up->has_email ? sign_up->email.mailbox : NULL, sign_up->name);
    body_close(&root);
    if (!body_good(&enquiry->body)) {
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
        return;
    }
    if (!enquiry->api->settings.registration_open) {
        problem_answer(enquiry, REFUSAL_REGISTRATION_CLOSED); /* before it costs a hash */
        return;
    }
    if (!sign_in_sign_up(enquiry))
        return;
    enquiry->work = sign_up;
    enquiry_hash_password(enquiry, sign_up->password, register_hashed);
}

/* ---- Signing in and out ---- */

static void answer_signed_in(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct call *call = &enquiry->request.call;
    const struct session *session = &call->out.session;
    enquiry->token.session_id = session->id;
    char token[SESSION_TOKEN_CHARACTERS + 1];
    session_token_format(&enquiry->token, &enquiry->api->token_key, token);

    const struct shown_session shown = {
        .id = session->id,
        .token = token,
        .expires_at = session->expires_at,
        .user = call->record->as.user,
    };
    object_write(reply_begin(enquiry), OBJECT_session, &shown, &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_CREATED);
    session_cookie_set(enquiry, token, (session->expires_at - session->created_at) / SECOND_MS);
}

static void sign_in_verified(struct enquiry *enquiry)
{
    sign_in_end(enquiry, enquiry->password.good ? SIGN_IN_RIGHT : SIGN_IN_WRONG);
    if (!enquiry->password.good) {
        problem_answer(enquiry, REFUSAL_BAD_CREDENTIALS);
        return;
    }
    /* The new session's token, but for the id that the office will give it. */
    enquiry->token.user_id = enquiry->request.call.record->as.user.id;
    randombytes_buf(enquiry->token.secret, sizeof enquiry->token.secret);
    struct call *call = enquiry_call(enquiry, VERB_SESSION_OPEN);
    call->in.session_open.user_id = enquiry->token.user_id;
    call->in.session_open.verified_hash = enquiry->password.hash;
    call->in.session_open.secret_hash = session_secret_hash(enquiry->token.secret);
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

void post_sessions(struct enquiry *enquiry)
{
    struct sign_in *sign_in = exchange_allocate(&enquiry->exchange, sizeof *sign_in);
    if (sign_in == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return;
    }
    const struct email *email = &sign_in->email;
    struct body_object root;
    body_root(&enquiry->body, &root);
    body_fill(&root, body_schema(BODY_OF_sign_in), BODY_WHOLE, sign_in, NULL);
    body_close(&root);
    if (!body_good(&enquiry->body)) {
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
        return;
    }
    if (!sign_in_begin(enquiry, email->mailbox, strlen(email->mailbox)))
        return;
    enquiry->work = sign_in;
    struct call *call = enquiry_call(enquiry, VERB_SIGN_IN_FIND);
    call->in.sign_in_find.email = email->spelled;
    call->in.sign_in_find.mailbox = email->mailbox;
    enquiry_submit(enquiry, sign_in_found);
}

static void answer_signed_out(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    answer_no_content(&enquiry->exchange);
    session_cookie_clear(enquiry);
}

void sign_out(struct enquiry *enquiry)
{
    (void)ask_call(enquiry);
    enquiry_submit(enquiry, answer_signed_out);
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
    char room[EMAIL_BYTES_MAX + 1];
    const char *mailbox = NULL;
    struct body_object root;
    body_root(&enquiry->body, &root);
    enquiry->body.no_memory |=
        user->email != NULL && email_mailbox(user->email, room, &mailbox) == RESULT_NO_MEMORY;
    if (judge_password(&root, change->password, mailbox, user->name) &&
        judge_password(&root, change->password, change->has_email ? change->email.mailbox : NULL,
                       change->name))
        return true;
    problem_body(enquiry, REFUSAL_INVALID_FIELD);
    return false;
}

static void change_verified(struct enquiry *enquiry)
{
    struct account_change *change = enquiry->work;
    sign_in_end(enquiry, enquiry->password.good ? SIGN_IN_RIGHT : SIGN_IN_WRONG);
    if (!enquiry->password.good) {
        enquiry->request.call.refusal = REFUSAL_WRONG_PASSWORD;
        (void)problem_of_call(enquiry);
        return;
    }
    memcpy(change->verified_hash, enquiry->password.hash, sizeof change->verified_hash);
    if (change->password == NULL)
        change_submit(enquiry, NULL);
    else if (change_may_have_password(enquiry))
        enquiry_hash_password(enquiry, change->password, change_hashed);
}

static void change_found(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct account_change *change = enquiry->work;
    const char *hash = enquiry->request.call.record->as.user.password_hash;
    enquiry_verify_password(enquiry, change->current_password, hash == NULL ? "" : hash,
                            change_verified);
}

void patch_own_user(struct enquiry *enquiry)
{
    struct account_change *change = exchange_allocate(&enquiry->exchange, sizeof *change);
    if (change == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return;
    }
    struct body_object root;
    body_root(&enquiry->body, &root);
    body_fill(&root, body_schema(BODY_OF_account_change), BODY_WHOLE, change, NULL);
    const bool guarded = change->has_email || change->password != NULL;
    if (guarded && !body_has_key(&root, "currentPassword"))
        body_error(&root, "currentPassword", "is missing");
    body_close(&root);
    if (!body_good(&enquiry->body)) {
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
        return;
    }
    enquiry->work = change;
    if (!guarded) {
        change_submit(enquiry, NULL);
        return;
    }
    const struct id user_id = enquiry->token.user_id;
    if (!sign_in_begin(enquiry, user_id.bytes, sizeof user_id.bytes))
        return;
    (void)enquiry_call(enquiry, VERB_USER_PASSWORD_GET);
    enquiry_submit(enquiry, change_found);
}
