/* The socket in a data directory over which the machine's administrators ask the server that has
 * it open: how they ask stands in control_request.h. Knows bytes and who they come from, and
 * nothing of what is asked.
 *
 * Only the server's own user and root are heard: by the mode of the socket's file, and by what the
 * system says of who connected (SO_PEERCRED, unix(7)). */
#ifndef USHER_APP_CONTROL_SOCKET_H
#define USHER_APP_CONTROL_SOCKET_H

#include "app/control_request.h"
#include "base/worker.h"
#include "office/call.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

/* Who asks. */
struct administrator {
    char name[ADMINISTRATOR_BYTES_MAX + 1]; /* of the user, or the number of one without a name */
};

/* Whether a user may ask a server that runs as `own`. */
bool control_may_ask(uid_t user, uid_t own);

/* Names the user of that number. */
void administrator_name(struct administrator *administrator, uid_t user);

/* The longest answer: metrics. */
#define CONTROL_ANSWER_BYTES_MAX (1u << 20)

/* Answers a request with `out`, or is no RESULT_OK and has explained why not. Called by the thread
 * that listens, or by those that may wait (control_waits). */
typedef enum result control_answer(void *owner, const struct control_request *request,
                                   const struct administrator *administrator, struct buffer *out,
                                   struct explanation *explanation);

/* Clients whose request is not there yet; one more takes the place of the first. */
#define CONTROL_CLIENTS_MAX 8

/* Threads that may wait: a check takes up to a minute, and nobody waits for it who makes an
 * organizer. */
#define CONTROL_WAITERS 2

/* Requests that may wait for those that are being done: administrators are few. */
#define CONTROL_LINE_MAX 8

struct control_client {
    int connection; /* -1: none */
    uid_t user;
    uint64_t number; /* grows from client to client */
    size_t length;
    char bytes[CONTROL_REQUEST_BYTES_MAX];
};

struct control_socket {
    control_answer *answer;
    void *owner;
    int directory, listener, wake;
    pthread_t thread;
    bool started;
    struct workers workers;

    /* The thread's own. */
    uint64_t client_count;
    struct control_client clients[CONTROL_CLIENTS_MAX];
};

/* Listens in the directory, whose lock the caller has: a socket that is there was left by a server
 * that was killed, and makes room. A failure is explained, and nothing is owed then. */
MUST_USE enum result control_socket_start(struct control_socket *control, const char *directory,
                                          control_answer *answer, void *owner,
                                          struct explanation *explanation);

/* Finishes what is being done, answers nobody else, and takes the socket away. Fine for one that
 * did not start. */
void control_socket_stop(struct control_socket *control);

/* The socket's address, by way of the open directory: a socket's name has 108 bytes, a directory's
 * 4096. */
struct sockaddr_un control_address(int directory);
MUST_USE int control_open_directory(const char *path); /* or -1 */

/* After so long a send or a receive fails. */
MUST_USE bool control_set_patience(int connection, time_t seconds);

#define CONTROL_FILE "usher.sock"

#endif
