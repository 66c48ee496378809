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

void answer_log(const struct exchange *exchange)
{
    struct asked asked;
    char address[ADDRESS_TEXT_BYTES];
    size_t bytes;
    (void)answer_body(exchange, &bytes);
    if (exchange->answer.bodiless || exchange->head->bodiless)
        bytes = 0;
    asked_read(exchange, &asked);
    address_format(&exchange->address, address);
    log_event(LOG_INFO, http_wall(exchange->server),
              "request method=\"%s\" path=\"%s\" status=%d bytes=%zu us=%lld address=%s request=%s",
              asked.method, asked.path, exchange->answer.status, bytes,
              (long long)(http_clock_us() - exchange->began_us), address, exchange->request_id);
}
