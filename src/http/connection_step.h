/* How a connection moves, for its own files alone: connection.c, where a request meets its
 * exchange; receive.c; send.c. */
#ifndef USHER_HTTP_CONNECTION_STEP_H
#define USHER_HTTP_CONNECTION_STEP_H

#include "http/connection.h"

enum step {
    STEP_AGAIN, /* there may be more to do */
    STEP_WAITS, /* for its socket, its exchange or its deadline */
    STEP_OVER,  /* it can only be closed */
};

/* Waits for this from now on, and for nothing else. */
void connection_wait(struct connection *connection, enum waits_for kind);

/* A head is there, and whether there is a body is known: gives it to an exchange. */
enum step connection_begin(struct connection *connection);

/* After a step of the exchange: another thread has it, or it answered, or it waits for the body. */
enum step connection_stepped(struct connection *connection);

/* Refuses the request and ends the connection: the next request cannot be told from the rest of
 * this one. */
enum step connection_refuse(struct connection *connection, enum refusal refusal);

#endif
