/* How a request comes in on a connection: its head, its body, and what is thrown away of one that
 * was refused; all in their time. */
#ifndef USHER_HTTP_RECEIVE_H
#define USHER_HTTP_RECEIVE_H

#include "http/connection_step.h"

/* A refused body's rest up to this long is read and thrown away, so that the client can use the
 * connection again. */
#define DISCARD_BYTES_MAX ((uint64_t)1 << 20)

/* The steps of the states CONNECTION_HEAD, _FRAMING, _BODY and _DISCARDING. */
enum step receive_head(struct connection *connection);
enum step receive_framing(struct connection *connection);
enum step receive_body(struct connection *connection);
enum step receive_discarding(struct connection *connection);

/* The next request may come, or be there. */
void receive_next(struct connection *connection);

/* A body, or what is thrown away of it, is to come from now on, at its rate. */
void receive_expect_body(struct connection *connection);

/* Whether bytes came that were not read yet. */
bool receive_has_bytes(const struct connection *connection);

/* Gives back the room in which requests are received. */
void receive_release(struct connection *connection);

/* Whether part of a request is there, and nothing was answered yet. */
bool receive_is_half(const struct connection *connection);

/* A deadline passed: that of WAITS_FOR_HEAD, of WAITS_FOR_BODY. */
enum step receive_head_due(struct connection *connection);
enum step receive_body_due(struct connection *connection);

/* Whether the client keeps the body's rate, on the whole and by now. */
bool receive_keeps_rate(const struct connection *connection);

#endif
