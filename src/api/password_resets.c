/* Password resets: the token that lets somebody choose a new password, and its use. */
#include "api/ask.h"
#include "api/bodies.h"
#include "api/handlers.h"
#include "api/password_choice.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"

#include <sodium.h>

/* ---- Making one ---- */

static void answer_reset(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    struct reset_token *token = enquiry->work;
    const struct password_reset *reset = &enquiry->request.call.out.reset;
    char text[RESET_TOKEN_CHARACTERS + 1];
    token->user_id = reset->user_id;
    reset_token_format(token, &enquiry->api->token_key, text);
    const struct shown_reset shown = {.token = text, .expires_at = reset->expires_at};
    object_write(reply_begin(enquiry), OBJECT_password_reset, &shown,
                 &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_CREATED);
}

void post_user_password_resets(struct enquiry *enquiry)
{
    struct reset_token *token = ask_work(enquiry, sizeof *token);
    struct call *call = token == NULL ? NULL : ask_call(enquiry);
    if (call == NULL)
        return;
    randombytes_buf(token->secret, sizeof token->secret);
    call->in.password_reset.secret_hash = token_secret_hash(token->secret);
    enquiry_submit(enquiry, answer_reset);
}

/* ---- Using one ---- */

/* Asks by the token that the body has, whose MAC is good. */
static struct call *call_with_token(struct enquiry *enquiry, enum verb verb)
{
    const struct password_choice *choice = enquiry->work;
    struct call *call = enquiry_call(enquiry, verb);
    call->in.password_reset.user_id = choice->reset.user_id;
    call->in.password_reset.secret_hash = token_secret_hash(choice->reset.secret);
    return call;
}

static void choice_hashed(struct enquiry *enquiry)
{
    struct call *call = call_with_token(enquiry, VERB_PASSWORD_RESET_TAKE);
    call->in.password_reset.password_hash = enquiry->password.hash;
    enquiry_submit(enquiry, ask_answer);
}

static void choice_found(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct password_choice *choice = enquiry->work;
    struct body_object root;
    body_root(&enquiry->body, &root);
    if (password_judge_of(&root, choice->password, &enquiry->request.call.record->as.user))
        enquiry_hash_password(enquiry, choice->password, choice_hashed);
    else
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
}

void post_password_resets(struct enquiry *enquiry)
{
    struct password_choice *choice = ask_work(enquiry, sizeof *choice);
    struct body_object root;
    if (choice == NULL)
        return;
    ask_read(enquiry, choice, &root);
    if (!ask_read_end(enquiry, &root))
        return;
    /* One that is forged costs no hash. */
    if (!reset_token_parse(choice->token, &enquiry->api->token_key, &choice->reset)) {
        problem_answer(enquiry, REFUSAL_PASSWORD_RESET_OVER);
        return;
    }
    (void)call_with_token(enquiry, VERB_PASSWORD_RESET_FIND);
    enquiry_submit(enquiry, choice_found);
}
