/* Requests as libmicrohttpd hands them over, and answers as it takes them. */
#ifndef USHER_HTTP_CONNECTION_H
#define USHER_HTTP_CONNECTION_H

#include "http/exchange.h"

#include <microhttpd.h>

/* libmicrohttpd's access handler; `owner` is the loop. */
enum MHD_Result connection_access(void *owner, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_data_size, void **context);

/* libmicrohttpd's notice that a request is over, however it ended. */
void connection_completed(void *owner, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode reason);

/* Goes on with an exchange that was suspended. */
void connection_resume(struct connection *connection);

#endif
