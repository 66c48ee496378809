/* The listening sockets from their settings' texts. */
#ifndef USHER_HTTP_LISTENER_H
#define USHER_HTTP_LISTENER_H

#include "base/result.h"

#include <stdbool.h>

#define LISTENER_URL_BYTES 96

/* Connections that may wait to be accepted: a crowd arrives in the second in which sales open. */
#define LISTENER_BACKLOG 4096

/* A place where connections come in. */
struct listener {
    int socket; /* -1: none */
    bool operations_only;
    bool lent; /* the socket was open before this process, and stays open after it */
    char url[LISTENER_URL_BYTES]; /* that it is reached at, with the port that was picked */
};

/* Takes the address `listen` ("127.0.0.1:8080", "[::1]:8080", "localhost:0") for the listener;
 * clients that connect are still refused. RESULT_MALFORMED, RESULT_BUSY (in use) or RESULT_IO with
 * an explanation; a socket that was opened stays the caller's. */
MUST_USE enum result listener_bind(struct listener *listener, const char *listen, bool tls,
                                   struct explanation *explanation);

/* Takes a TCP socket that listens already, which whoever started this process lent to it: clients
 * that connect wait there before there is a server and after it. RESULT_MALFORMED with an
 * explanation: it is no such socket. It is the listener's in any case. */
MUST_USE enum result listener_borrow(struct listener *listener, int lent, bool tls,
                                     struct explanation *explanation);

/* From now on connections may wait to be accepted. A failure as above. */
MUST_USE enum result listener_listen(const struct listener *listener,
                                     struct explanation *explanation);

#endif
