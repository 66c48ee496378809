/* See security_events.h. */
#include "api/security_events.h"

#include "api/handlers.h"
#include "http/answer_log.h"
#include "http/security_log.h"
#include "http/status_code.h"

#include <string.h>

/* "user_..." or "-". */
static void write_id(enum record_kind kind, struct id id, char text[static ID_TEXT_BYTES])
{
    if (id_is_none(id))
        memcpy(text, "-", 2);
    else
        (void)id_format(record_schema(kind)->prefix, id, text);
}

/* The account that a password was tried at: named by its id, since what was typed as an e-mail may
 * be anything, a password too. */
static struct id tried_account(const struct enquiry *enquiry)
{
    const struct call *call = &enquiry->request.call;
    if (enquiry->called && call->verb == VERB_SIGN_IN_FIND)
        return call->record == NULL ? ID_NONE : call->record->as.user.id;
    return enquiry->signed_in ? enquiry->token.user_id : ID_NONE;
}

static bool is_refused_password(const struct enquiry *enquiry)
{
    const bool signing_in = enquiry->route != NULL && enquiry->route->handler == post_sessions;
    return enquiry->refusal == REFUSAL_WRONG_PASSWORD ||
           (signing_in && (enquiry->refusal == REFUSAL_BAD_CREDENTIALS ||
                           enquiry->refusal == REFUSAL_TOO_MANY_REQUESTS));
}

static void tell_refusal(struct enquiry *enquiry)
{
    const struct refusal_schema *schema = refusal_schema(enquiry->refusal);
    char user[ID_TEXT_BYTES];
    struct asked asked;
    if (is_refused_password(enquiry)) {
        write_id(RECORD_KIND_USER, tried_account(enquiry), user);
        security_tell(&enquiry->exchange, SECURITY_SIGN_IN_REFUSED, "why=%s account=%s",
                      schema->code, user);
        return;
    }
    if (schema->status != STATUS_FORBIDDEN)
        return;
    asked_read(&enquiry->exchange, &asked);
    write_id(RECORD_KIND_USER, enquiry->signed_in ? enquiry->token.user_id : ID_NONE, user);
    security_tell(&enquiry->exchange,
                  enquiry->refusal == REFUSAL_CROSS_SITE ? SECURITY_CROSS_SITE : SECURITY_FORBIDDEN,
                  "why=%s by=%s method=\"%s\" path=\"%s\"", schema->code, user, asked.method,
                  asked.path);
}

/* The verb, who, and what was changed: the path names it, or else the row that was made. */
static void tell_change(struct enquiry *enquiry)
{
    const struct call *call = &enquiry->request.call;
    char by[ID_TEXT_BYTES], object[ID_TEXT_BYTES] = "-", owner[ID_TEXT_BYTES] = "-";
    struct asked asked;
    asked_read(&enquiry->exchange, &asked);
    write_id(RECORD_KIND_USER, call->caller_id, by);
    if (call->record != NULL) {
        const struct record_key key = record_key(call->record);
        struct id id;
        memcpy(id.bytes, key.bytes, sizeof id.bytes);
        write_id(call->record->kind, id, object);
        write_id(RECORD_KIND_USER, record_owner(call->record), owner);
    }
    security_tell(&enquiry->exchange, SECURITY_STAFF_CHANGE,
                  "verb=%s by=%s path=\"%s\" object=%s owner=%s", verb_name(call->verb), by,
                  asked.path, object, owner);
}

void security_events_tell(struct enquiry *enquiry)
{
    const struct call *call = &enquiry->request.call;
    if (enquiry->refusal != REFUSAL_NONE)
        tell_refusal(enquiry);
    else if (enquiry->called && call->by_house && !call->replayed && !verb_reads(call->verb))
        tell_change(enquiry);
}
