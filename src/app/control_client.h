/* Asking the server that has a data directory open, over its control socket. */
#ifndef USHER_APP_CONTROL_CLIENT_H
#define USHER_APP_CONTROL_CLIENT_H

#include "app/control_request.h"

/* Puts what the server says at the end of `answer`. RESULT_NOT_FOUND: nobody serves the directory.
 * RESULT_BUSY: the server refused, in its own words. RESULT_IO: it cannot be asked, or does not
 * answer. RESULT_OLDER: it is of a version that knows no such questions. */
MUST_USE enum result control_ask(const char *directory, const struct control_request *request,
                                 struct buffer *answer, struct explanation *explanation);

#endif
