/* SIGHUP: what a running server reads anew. */
#ifndef USHER_APP_RELOAD_H
#define USHER_APP_RELOAD_H

#include "api/api.h"
#include "app/config.h"

/* Reads the settings as the start did, from the file, the environment and the arguments, and puts
 * those that are LIVE (config.def) into `running`. The log says what is different: which hold now,
 * and which wait for a start; or what is wrong, and then `running` is as it was. */
void reload_settings(struct config *running, timestamp_ms now);

/* Reads the certificate and its key; the log says what came of it. */
void reload_certificate(struct http_server *server, const struct config *config, timestamp_ms now);

#endif
