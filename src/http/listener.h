/* The listening socket from its setting's text. */
#ifndef USHER_HTTP_LISTENER_H
#define USHER_HTTP_LISTENER_H

#include "base/result.h"

#include <stdbool.h>

#define LISTENER_URL_BYTES 96

/* Connections that may wait to be accepted: a crowd arrives in the second in which sales open. */
#define LISTENER_BACKLOG 4096

/* Opens `listen` ("127.0.0.1:8080", "[::1]:8080", "localhost:0") and writes the URL it is reached
 * at, with the port that was picked. RESULT_MALFORMED, RESULT_BUSY (in use) or RESULT_IO with an
 * explanation. */
MUST_USE enum result listener_open(const char *listen, bool tls, int *listener,
                                   char url[static LISTENER_URL_BYTES],
                                   struct explanation *explanation);

#endif
