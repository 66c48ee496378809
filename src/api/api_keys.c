/* API keys: made with a secret that is shown once. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"

#include <sodium.h>

static void answer_api_key(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    struct session_token *token = enquiry->work;
    const struct api_key *key = &enquiry->request.call.record->as.api_key;
    char text[API_KEY_CHARACTERS + 1];
    token->session_id = key->id;
    token->user_id = key->user_id;
    api_key_format(token, &enquiry->api->token_key, text);
    const struct shown_api_key shown = {.key = *key, .secret = text};
    object_write(reply_begin(enquiry), OBJECT_new_api_key, &shown, NULL);
    reply_private(enquiry, STATUS_CREATED);
}

void post_api_keys(struct enquiry *enquiry)
{
    struct session_token *token = ask_work(enquiry, sizeof *token);
    struct call *call = token == NULL ? NULL : ask_call(enquiry);
    if (call == NULL)
        return;
    randombytes_buf(token->secret, sizeof token->secret);
    call->in.api_key.secret_hash = token_secret_hash(token->secret);
    enquiry_submit(enquiry, answer_api_key);
}
