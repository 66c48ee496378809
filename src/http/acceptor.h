/* Lets connections in: gives each to the loop that has the fewest, keeps an address from having
 * more than its share, and makes room where all places are taken. The first loop's thread accepts;
 * every loop's makes room among its own. */
#ifndef USHER_HTTP_ACCEPTOR_H
#define USHER_HTTP_ACCEPTOR_H

#include "base/result.h"
#include "http/connection.h"
#include "http/listener.h"

/* Watches the listeners with the first loop's epoll. */
MUST_USE enum result acceptor_start(struct http_server *server, struct explanation *explanation);

/* Accepts those that wait, and from then on no more. */
void acceptor_stop(struct http_server *server);

/* The listener that this is; NULL: none. */
const struct listener *acceptor_listener(const struct http_server *server, const void *owner);

/* A listener has connections waiting. */
void acceptor_accept(struct io_loop *loop, const struct listener *listener);

/* The end of a loop's turn: makes room where connections wait for a place, and goes on accepting
 * where there is some. */
void acceptor_turn(struct io_loop *loop);

/* When the loop should look again whether the system has descriptors; INT64_MAX: it need not. */
int64_t acceptor_retry_us(const struct io_loop *loop);

/* A connection of this loop was closed. */
void acceptor_left(struct io_loop *loop, const struct connection *connection);

/* Lets a connected socket in as if it had been accepted; takes it over. */
void acceptor_admit(struct http_server *server, int socket, const union socket_address *peer,
                    bool operations_only);

#endif
