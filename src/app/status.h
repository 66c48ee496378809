/* What a server tells of itself to `usher status`: lines of `name: value`. */
#ifndef USHER_APP_STATUS_H
#define USHER_APP_STATUS_H

#include "api/api.h"
#include "app/status_socket.h"

struct status {
    struct status_socket socket;
    pthread_mutex_t lock;       /* of what follows, which the socket's thread reads */
    struct engine *engine;      /* NULL: it is being loaded */
    struct http_server *server; /* NULL: nobody listens yet, or any more */
    bool stopping;
    timestamp_ms started_at;
};

/* From here on whoever asks is told, also while the engine loads. The caller has the directory's
 * lock. Without a socket the server goes on, and the log says so: selling does not depend on it. */
void status_start(struct status *status, const char *directory, timestamp_ms now);

/* While the directory's lock is still held. */
void status_stop(struct status *status);

/* What can be asked from now on: the engine, which outlives status_stop, and the server until
 * status_show_stop. */
void status_show_engine(struct status *status, struct engine *engine);
void status_show_server(struct status *status, struct http_server *server);
void status_show_stop(struct status *status);

#endif
