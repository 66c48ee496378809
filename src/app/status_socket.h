/* The Unix socket in a data directory over which its server tells how it is: it writes a text to
 * each client that connects, and closes. Knows sockets, not what the text says (status_report.h).
 */
#ifndef USHER_APP_STATUS_SOCKET_H
#define USHER_APP_STATUS_SOCKET_H

#include "base/result.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Less than any socket's buffer, so that a client which does not read keeps nobody waiting. */
#define STATUS_BYTES_MAX 4096

struct status_text {
    size_t length;
    char bytes[STATUS_BYTES_MAX];
};

/* Adds to the text, which is empty; on the socket's own thread. */
typedef void status_teller(void *owner, struct status_text *text);

struct status_socket {
    status_teller *tell;
    void *owner;
    int directory, listener, wake; /* descriptors; the last is an eventfd */
    pthread_t thread;
    bool started;
};

/* Only the holder of the directory's lock: a socket that a killed server left is replaced, anything
 * else of that name is not. The socket is its owner's alone (mode 0600). */
MUST_USE enum result status_socket_start(struct status_socket *status, const char *directory,
                                         status_teller *tell, void *owner,
                                         struct explanation *explanation);

/* Ends the thread, after the client it is at, and removes the socket. Fine for one that could not
 * be started. */
void status_socket_stop(struct status_socket *status);

/* Copies what the server of a directory tells to `out`. RESULT_NOT_FOUND: nobody serves it, or
 * there is none. */
MUST_USE enum result status_socket_ask(const char *directory, FILE *out,
                                       struct explanation *explanation);

#endif
