/* Tells `usher status` how a server is: lines of `name: value`. */
#ifndef USHER_APP_STATUS_REPORT_H
#define USHER_APP_STATUS_REPORT_H

#include "api/api.h"
#include "app/status_socket.h"

struct status_report {
    struct status_socket socket;
    pthread_mutex_t lock;         /* of the members below, which the socket's thread reads */
    struct store_upgrade upgrade; /* of the tables, before the engine is loaded; to 0: none */
    struct engine *engine;        /* NULL: it is being loaded */
    struct http_server *server;   /* NULL: nobody listens yet, or any more */
    bool stopping;
    timestamp_ms started_at;
};

/* From here on every client of the socket is answered, also while the engine loads. The caller has
 * the directory's lock. Without a socket the server goes on, and the log says so: selling does not
 * depend on it. */
void status_report_start(struct status_report *status, const char *directory, timestamp_ms now);

/* While the directory's lock is still held. */
void status_report_stop(struct status_report *status);

/* How far the tables of an older version are. */
void status_report_show_upgrade(struct status_report *status, const struct store_upgrade *upgrade);

/* From now on the status tells of the engine, which outlives status_report_stop, and of the server
 * until status_report_show_stop. */
void status_report_show_engine(struct status_report *status, struct engine *engine);
void status_report_show_server(struct status_report *status, struct http_server *server);
void status_report_show_stop(struct status_report *status);

#endif
