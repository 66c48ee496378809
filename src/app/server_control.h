/* What a running server does for the administrators of its machine: it tells how it is, and makes
 * organizers and gives them passwords. The thread of the status never waits for the engine or the
 * disk, so that it answers when these are what is wrong. */
#ifndef USHER_APP_SERVER_CONTROL_H
#define USHER_APP_SERVER_CONTROL_H

#include "app/config.h"
#include "app/control_socket.h"
#include "app/status_report.h"

struct server_control {
    struct control_socket socket;
    pthread_mutex_t lock; /* of what follows, which the socket's threads read */
    struct config config;
    struct status_subject subject;
};

/* The directory and the settings' texts live as long as the server. From here on every client of
 * the socket is answered, also while the engine loads. The caller has the directory's lock. Without
 * a socket the server goes on, and the log says so: selling does not depend on it. */
void server_control_start(struct server_control *control, const struct config *config,
                          const char *directory, timestamp_ms now);

/* The settings as they hold from now on. */
void server_control_show_settings(struct server_control *control, const struct config *config);

/* While the directory's lock is still held, and the engine is there. */
void server_control_stop(struct server_control *control);

/* How far the tables of an older version are. */
void server_control_show_upgrade(struct server_control *control,
                                 const struct store_upgrade *upgrade);

/* From now on there is the engine, which outlives server_control_stop, and the API until
 * server_control_show_stop. */
void server_control_show_engine(struct server_control *control, struct engine *engine);
void server_control_show_api(struct server_control *control, struct api *api);
void server_control_show_stop(struct server_control *control);

#endif
