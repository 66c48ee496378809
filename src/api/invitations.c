/* Staff: somebody is invited by a token that is shown once. */
#include "api/ask.h"
#include "api/bodies.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"

#include <sodium.h>

static void answer_invited(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    struct inviting *inviting = enquiry->work;
    const struct call *call = &enquiry->request.call;
    char text[RESET_TOKEN_CHARACTERS + 1];
    inviting->token.user_id = call->out.reset.user_id;
    reset_token_format(&inviting->token, &enquiry->api->token_key, text);
    const struct shown_invited shown = {
        .user = call->record->as.user,
        .invitation = {.token = text, .expires_at = call->out.reset.expires_at}};
    object_write(reply_begin(enquiry), OBJECT_invited, &shown, &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_CREATED);
}

void post_staff(struct enquiry *enquiry)
{
    struct inviting *inviting = ask_work(enquiry, sizeof *inviting);
    struct body_object root;
    if (inviting == NULL)
        return;
    ask_read(enquiry, inviting, &root);
    if (!ask_read_end(enquiry, &root))
        return;
    struct call *call = enquiry_call(enquiry, VERB_STAFF_INVITE);
    randombytes_buf(inviting->token.secret, sizeof inviting->token.secret);
    call->in.staff.name = inviting->name;
    call->in.staff.email = inviting->email.address;
    call->in.staff.mailbox = inviting->email.mailbox;
    call->in.staff.scopes = inviting->scopes;
    call->in.staff.secret_hash = token_secret_hash(inviting->token.secret);
    enquiry_submit(enquiry, answer_invited);
}
