/* The handlers that routes.def names. Each reads the request of an exchange and either answers it
 * or hands it to the engine with the step that answers later. */
#ifndef USHER_HTTP_HANDLERS_H
#define USHER_HTTP_HANDLERS_H

struct exchange;

#define ROUTE(method, pattern, handler, access, body, pace, parameters)                            \
    void handler(struct exchange *exchange);
#include "http/routes.def"

#endif
