/* The handlers that routes.def names. Each reads the request of an enquiry and either answers it
 * or hands it to the engine with the step that answers later. */
#ifndef USHER_API_HANDLERS_H
#define USHER_API_HANDLERS_H

struct enquiry;

#define ROUTE(name, method, pattern, handler, access, pace, body, asks, answer, parameters,        \
              refusals, summary)                                                                   \
    void handler(struct enquiry *enquiry);
#include "api/routes.def"

#endif
