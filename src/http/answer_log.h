/* The log's line of a request, written when its answer goes out, if the operator wants it
 * (log-requests). No line holds a secret: not the query, no header, nothing of a body. */
#ifndef USHER_HTTP_ANSWER_LOG_H
#define USHER_HTTP_ANSWER_LOG_H

#include "http/exchange.h"

/* A path of ours has at most 80 characters. One of a stranger's is told as far as it may matter. */
#define ASKED_PATH_BYTES 512
#define ASKED_METHOD_BYTES 32

/* Method and path of a request, as a line takes them; "-" where one could not be read. */
struct asked {
    char method[ASKED_METHOD_BYTES], path[ASKED_PATH_BYTES];
};

void asked_read(const struct exchange *exchange, struct asked *asked);

/* Once a request, when its answer is made. */
void answer_log(const struct exchange *exchange);

#endif
