/* What the log says of a request when its answer goes out: a line each where the operator wants
 * that (log-requests), and security_log.h's lines where the answer is one of its events. No line
 * holds a secret: not the query, no header, nothing of a body. */
#ifndef USHER_HTTP_ANSWER_LOG_H
#define USHER_HTTP_ANSWER_LOG_H

#include "http/exchange.h"

/* Once a request, when its answer is made. */
void answer_log(struct exchange *exchange);

#endif
