/* See answer_log.h. */
#include "http/answer_log.h"

#include "base/log.h"
#include "http/answer.h"
#include "http/handlers.h"
#include "http/security_log.h"
#include "http/server.h"
#include "http/status_code.h"

#include <stdio.h>
#include <string.h>

/* A path of ours has at most 80 characters. One of a stranger's is told as far as it may matter. */
#define PATH_BYTES 512
#define METHOD_BYTES 32

/* What a request asked for, as a line takes it; "-" where that could not be read. */
struct asked {
    char method[METHOD_BYTES], path[PATH_BYTES];
};

static void read_asked(const struct exchange *exchange, struct asked *asked)
{
    const struct request_head *head = exchange->head;
    const char *method = head->method_text;
    const char *path = head->refusal == REFUSAL_NONE ? head->path : NULL;
    log_escape(method == NULL ? "-" : method, asked->method, sizeof asked->method);
    log_escape(path == NULL ? "-" : path, asked->path, sizeof asked->path);
}

static void log_request(const struct exchange *exchange)
{
    struct asked asked;
    char address[ADDRESS_TEXT_BYTES];
    size_t bytes;
    (void)answer_body(exchange, &bytes);
    if (exchange->answer.bodiless || exchange->head->bodiless)
        bytes = 0;
    read_asked(exchange, &asked);
    address_format(&exchange->address, address);
    log_event(LOG_INFO, engine_now(exchange->server->engine).wall,
              "request method=\"%s\" path=\"%s\" status=%d bytes=%zu us=%lld address=%s request=%s",
              asked.method, asked.path, exchange->answer.status, bytes,
              (long long)(http_clock_us() - exchange->began_us), address, exchange->request_id);
}

/* "user_..." or "-". */
static void format_log_id(enum record_kind kind, struct id id, char text[static ID_TEXT_BYTES])
{
    if (id_is_none(id))
        memcpy(text, "-", 2);
    else
        (void)id_format(record_schema(kind)->prefix, id, text);
}

/* The account that a password was tried at: named by its id, since what was typed as an e-mail may
 * be anything, a password too. */
static struct id tried_account(const struct exchange *exchange)
{
    const struct call *call = &exchange->request.call;
    if (exchange->signed_in)
        return exchange->token.user_id;
    const bool found = exchange->called && call->verb == VERB_SIGN_IN_FIND && call->record != NULL;
    return found ? call->record->as.user.id : ID_NONE;
}

static bool is_refused_password(const struct exchange *exchange)
{
    const bool signing_in = exchange->route != NULL && exchange->route->handler == post_sessions;
    return exchange->refusal == REFUSAL_WRONG_PASSWORD ||
           (signing_in && (exchange->refusal == REFUSAL_BAD_CREDENTIALS ||
                           exchange->refusal == REFUSAL_TOO_MANY_REQUESTS));
}

static void tell_refusal(struct exchange *exchange)
{
    const struct refusal_schema *schema = refusal_schema(exchange->refusal);
    char user[ID_TEXT_BYTES];
    struct asked asked;
    if (is_refused_password(exchange)) {
        format_log_id(RECORD_KIND_USER, tried_account(exchange), user);
        security_tell(exchange, SECURITY_SIGN_IN_REFUSED, "why=%s account=%s", schema->code, user);
        return;
    }
    if (schema->status != STATUS_FORBIDDEN)
        return;
    read_asked(exchange, &asked);
    format_log_id(RECORD_KIND_USER, exchange->signed_in ? exchange->token.user_id : ID_NONE, user);
    security_tell(
        exchange,
        exchange->refusal == REFUSAL_CROSS_SITE ? SECURITY_CROSS_SITE : SECURITY_FORBIDDEN,
        "why=%s by=%s method=\"%s\" path=\"%s\"", schema->code, user, asked.method, asked.path);
}

/* The verb, who, and what was changed: the path names it, or else the row that was made. */
static void tell_change(struct exchange *exchange)
{
    const struct call *call = &exchange->request.call;
    char by[ID_TEXT_BYTES], object[ID_TEXT_BYTES] = "-", owner[ID_TEXT_BYTES] = "-";
    struct asked asked;
    read_asked(exchange, &asked);
    format_log_id(RECORD_KIND_USER, call->caller_id, by);
    if (call->record != NULL) {
        const struct record_key key = record_key(call->record);
        struct id id;
        memcpy(id.bytes, key.bytes, sizeof id.bytes);
        format_log_id(call->record->kind, id, object);
        format_log_id(RECORD_KIND_USER, record_owner(call->record), owner);
    }
    security_tell(exchange, SECURITY_STAFF_CHANGE, "verb=%s by=%s path=\"%s\" object=%s owner=%s",
                  verb_name(call->verb), by, asked.path, object, owner);
}

void answer_log(struct exchange *exchange)
{
    const struct call *call = &exchange->request.call;
    if (exchange->server->options.log_requests)
        log_request(exchange);
    if (exchange->refusal != REFUSAL_NONE)
        tell_refusal(exchange);
    else if (exchange->called && call->by_organizer && !call->replayed &&
             exchange->route->method != METHOD_GET)
        tell_change(exchange);
}
