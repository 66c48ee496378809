/* See answer_log.h. */
#include "http/answer_log.h"

#include "base/log.h"
#include "http/answer.h"
#include "http/server.h"

void asked_read(const struct exchange *exchange, struct asked *asked)
{
    const struct request_head *head = exchange->head;
    const char *method = head->method_text;
    const char *path = head->refusal == REFUSAL_NONE ? head->path : NULL;
    log_escape(method == NULL ? "-" : method, asked->method, sizeof asked->method);
    log_escape(path == NULL ? "-" : path, asked->path, sizeof asked->path);
}

/* A line holds the longest of each, beside some two hundred characters of names and numbers. */
_Static_assert(2 * (ASKED_PATH_BYTES + ASKED_METHOD_BYTES) + ADDRESS_TEXT_BYTES + 400 <
                   LOG_LINE_MAX,
               "an object in the log is never cut");

void answer_log(const struct exchange *exchange)
{
    const struct http_server *server = exchange->server;
    const long long us = (long long)(http_clock_us() - exchange->began_us);
    struct asked asked;
    char address[ADDRESS_TEXT_BYTES];
    size_t bytes;
    (void)answer_body(exchange, &bytes);
    if (exchange->answer.bodiless || exchange->head->bodiless)
        bytes = 0;
    asked_read(exchange, &asked);
    address_format(&exchange->address, address);
    if (!server->options.log_json) {
        log_event(LOG_INFO, http_wall(server),
                  "request method=\"%s\" path=\"%s\" status=%d bytes=%zu us=%lld address=%s "
                  "request=%s",
                  asked.method, asked.path, exchange->answer.status, bytes, us, address,
                  exchange->request_id);
        return;
    }
    char method[2 * ASKED_METHOD_BYTES], path[2 * ASKED_PATH_BYTES];
    log_quote(asked.method, method);
    log_quote(asked.path, path);
    log_object(LOG_INFO, http_wall(server),
               "\"event\":\"request\",\"method\":\"%s\",\"path\":\"%s\",\"status\":%d,"
               "\"bytes\":%zu,\"us\":%lld,\"address\":\"%s\",\"request\":\"%s\"",
               method, path, exchange->answer.status, bytes, us, address, exchange->request_id);
}
