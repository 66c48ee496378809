/* Accounts and sessions. Whatever hashes a password goes step by step: the engine finds the
 * account, a worker hashes or verifies, the engine decides again on what is true by then. */
#include "base/check.h"
#include "http/admission.h"
#include "http/answer.h"
#include "http/handlers.h"
#include "http/problem.h"
#include "http/server.h"
#include "http/show.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static bool read_name(struct body_object *root, enum body_presence presence, const char **name)
{
    return body_text(root, "name", presence, TEXT_LINE, 1, USER_NAME_CHARACTERS_MAX, name);
}

/* A new password; the length of one that is only compared does not matter. */
static bool read_password(struct body_object *root, enum body_presence presence,
                          const char **password)
{
    return body_text(root, "password", presence, TEXT_ANY, PASSWORD_CHARACTERS_MIN,
                     PASSWORD_CHARACTERS_MAX, password);
}

static bool read_old_password(struct body_object *root, const char *key,
                              enum body_presence presence, const char **password)
{
    return body_text(root, key, presence, TEXT_ANY, 0, PASSWORD_CHARACTERS_MAX, password);
}

/* Folds an e-mail that was read; false: no memory, answered. */
static bool fold(struct exchange *exchange, const char **email)
{
    *email = exchange_fold_email(exchange, *email);
    if (*email == NULL)
        problem_answer(exchange, REFUSAL_CAPACITY);
    return *email != NULL;
}

/* ---- Signing up ---- */

struct sign_up {
    const char *name, *email;
};

static void answer_registered(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct user *user = &exchange->request.call.record->as.user;
    show_user(answer_begin(exchange), user);
    answer_created(exchange, "/v1/users", record_schema(RECORD_KIND_USER)->prefix, user->id);
}

static void register_hashed(struct exchange *exchange)
{
    const struct sign_up *sign_up = exchange->work;
    struct call *call = exchange_call(exchange, VERB_USER_REGISTER);
    call->in.user_register.name = sign_up->name;
    call->in.user_register.email = sign_up->email;
    call->in.user_register.password_hash = exchange->password.hash;
    exchange_submit(exchange, answer_registered);
}

void post_users(struct exchange *exchange)
{
    const char *password = NULL;
    struct sign_up *sign_up = exchange_allocate(exchange, sizeof *sign_up);
    if (sign_up == NULL) {
        problem_answer(exchange, REFUSAL_CAPACITY);
        return;
    }
    struct body_object root;
    body_root(&exchange->body, &root);
    (void)read_name(&root, BODY_REQUIRED, &sign_up->name);
    (void)body_email(&root, "email", BODY_REQUIRED, &sign_up->email);
    (void)read_password(&root, BODY_REQUIRED, &password);
    body_close(&root);
    if (!body_good(&exchange->body)) {
        problem_body(exchange, REFUSAL_INVALID_FIELD);
        return;
    }
    if (!exchange->server->options.settings.registration_open) {
        problem_answer(exchange, REFUSAL_REGISTRATION_CLOSED); /* before it costs a hash */
        return;
    }
    if (!admission_sign_in(exchange, NULL, 0) || !fold(exchange, &sign_up->email))
        return;
    exchange->work = sign_up;
    exchange_hash_password(exchange, password, register_hashed);
}

/* ---- Signing in and out ---- */

static void set_cookie(struct exchange *exchange, const char *value, int64_t seconds)
{
    const bool tls = exchange->server->tls_certificate != NULL;
    char cookie[SESSION_TOKEN_CHARACTERS + 128];
    const int length =
        snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
                 SESSION_COOKIE, value, (long long)seconds, tls ? "; Secure" : "");
    CHECK(length > 0 && (size_t)length < sizeof cookie);
    answer_header(exchange, "Set-Cookie", cookie);
}

static void answer_signed_in(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct call *call = &exchange->request.call;
    const struct session *session = &call->out.session;
    exchange->token.session_id = session->id;
    char token[SESSION_TOKEN_CHARACTERS + 1];
    session_token_format(&exchange->token, &exchange->server->token_key, token);

    struct json_writer *writer = answer_begin(exchange);
    json_write_object_begin(writer);
    json_write_key(writer, "id");
    json_write_id(writer, record_schema(RECORD_KIND_SESSION)->prefix, session->id);
    json_write_key(writer, "token");
    json_write_text(writer, token);
    json_write_key(writer, "expiresAt");
    json_write_time(writer, shown_deadline(&exchange->request.shown_clock, session->expires_at));
    json_write_key(writer, "user");
    show_user(writer, &call->record->as.user);
    json_write_object_end(writer);
    answer_private(exchange, MHD_HTTP_CREATED);
    set_cookie(exchange, token, (session->expires_at - session->created_at) / SECOND_MS);
}

static void sign_in_verified(struct exchange *exchange)
{
    if (!exchange->password.good) {
        problem_answer(exchange, REFUSAL_BAD_CREDENTIALS);
        return;
    }
    /* The new session's token, but for the id that the office will give it. */
    exchange->token.user_id = exchange->request.call.record->as.user.id;
    randombytes_buf(exchange->token.secret, sizeof exchange->token.secret);
    struct call *call = exchange_call(exchange, VERB_SESSION_OPEN);
    call->in.session_open.user_id = exchange->token.user_id;
    call->in.session_open.verified_hash = exchange->password.hash;
    call->in.session_open.secret_hash = session_secret_hash(exchange->token.secret);
    exchange_submit(exchange, answer_signed_in);
}

static void sign_in_found(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct record *record = exchange->request.call.record;
    const char *hash = record == NULL ? NULL : record->as.user.password_hash;
    exchange_verify_password(exchange, exchange->work, hash == NULL ? "" : hash, sign_in_verified);
}

void post_sessions(struct exchange *exchange)
{
    const char *email = NULL, *password = NULL;
    struct body_object root;
    body_root(&exchange->body, &root);
    (void)body_email(&root, "email", BODY_REQUIRED, &email);
    (void)read_old_password(&root, "password", BODY_REQUIRED, &password);
    body_close(&root);
    if (!body_good(&exchange->body)) {
        problem_body(exchange, REFUSAL_INVALID_FIELD);
        return;
    }
    if (!fold(exchange, &email) || !admission_sign_in(exchange, email, strlen(email)))
        return;
    /* Like everything that was read, the password lives as long as the body. */
    exchange->work = (void *)(uintptr_t)password;
    exchange_call(exchange, VERB_SIGN_IN_FIND)->in.sign_in_find.email = email;
    exchange_submit(exchange, sign_in_found);
}

static void answer_signed_out(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    answer_no_content(exchange);
    set_cookie(exchange, "", 0);
}

void delete_session(struct exchange *exchange)
{
    (void)exchange_call(exchange, VERB_SESSION_CLOSE);
    exchange_submit(exchange, answer_signed_out);
}

void delete_sessions(struct exchange *exchange)
{
    (void)exchange_call(exchange, VERB_SESSION_CLOSE_ALL);
    exchange_submit(exchange, answer_signed_out);
}

/* ---- Looking and changing ---- */

struct account_change {
    const char *name, *email, *password, *current_password;
    char verified_hash[PASSWORD_HASH_BYTES_MAX + 1];
};

static void answer_user(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    show_user(answer_begin(exchange), &exchange->request.call.record->as.user);
    answer_private(exchange, MHD_HTTP_OK);
}

/* "me" has no id in its path: then the office takes the caller. */
void get_user(struct exchange *exchange)
{
    exchange_call(exchange, VERB_USER_GET)->in.user_get.user_id = exchange->path.id;
    exchange_submit(exchange, answer_user);
}

static void change_submit(struct exchange *exchange, const char *password_hash)
{
    const struct account_change *change = exchange->work;
    struct call *call = exchange_call(exchange, VERB_USER_CHANGE);
    call->in.user_change.name = change->name;
    call->in.user_change.email = change->email;
    call->in.user_change.password_hash = password_hash;
    if (change->verified_hash[0] != '\0')
        call->in.user_change.verified_hash = change->verified_hash;
    exchange_submit(exchange, answer_user);
}

static void change_hashed(struct exchange *exchange)
{
    change_submit(exchange, exchange->password.hash);
}

static void change_verified(struct exchange *exchange)
{
    struct account_change *change = exchange->work;
    if (!exchange->password.good) {
        exchange->request.call.refusal = REFUSAL_WRONG_PASSWORD;
        (void)problem_of_call(exchange);
        return;
    }
    memcpy(change->verified_hash, exchange->password.hash, sizeof change->verified_hash);
    if (change->password == NULL)
        change_submit(exchange, NULL);
    else
        exchange_hash_password(exchange, change->password, change_hashed);
}

static void change_found(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct account_change *change = exchange->work;
    const char *hash = exchange->request.call.record->as.user.password_hash;
    exchange_verify_password(exchange, change->current_password, hash == NULL ? "" : hash,
                             change_verified);
}

void patch_user(struct exchange *exchange)
{
    struct account_change *change = exchange_allocate(exchange, sizeof *change);
    if (change == NULL) {
        problem_answer(exchange, REFUSAL_CAPACITY);
        return;
    }
    struct body_object root;
    body_root(&exchange->body, &root);
    (void)read_name(&root, BODY_OPTIONAL, &change->name);
    const bool has_email = body_email(&root, "email", BODY_OPTIONAL, &change->email);
    const bool has_password = read_password(&root, BODY_OPTIONAL, &change->password);
    const bool guarded = has_email || has_password;
    (void)read_old_password(&root, "currentPassword", guarded ? BODY_REQUIRED : BODY_OPTIONAL,
                            &change->current_password);
    body_close(&root);
    if (!body_good(&exchange->body)) {
        problem_body(exchange, REFUSAL_INVALID_FIELD);
        return;
    }
    if (has_email && !fold(exchange, &change->email))
        return;
    exchange->work = change;
    if (!guarded) {
        change_submit(exchange, NULL);
        return;
    }
    const struct id user_id = exchange->token.user_id;
    if (!admission_sign_in(exchange, user_id.bytes, sizeof user_id.bytes))
        return;
    (void)exchange_call(exchange, VERB_USER_PASSWORD_GET);
    exchange_submit(exchange, change_found);
}
