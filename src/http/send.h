/* How an answer goes out on a connection, or a stream; and how the connection ends after the last
 * of them. */
#ifndef USHER_HTTP_SEND_H
#define USHER_HTTP_SEND_H

#include "http/connection_step.h"

/* After the last answer so much is thrown away: the longest body that any route takes. A client
 * that is still writing reads the answer only when it has written everything, and would lose it if
 * the connection were reset (RFC 9112, 9.6). */
#define ENDING_BYTES_MAX ((uint64_t)64 << 20)

/* The exchange answered. */
enum step send_begin(struct connection *connection);

/* The steps of the states CONNECTION_ANSWERING, _STREAMING and _ENDING. */
enum step send_answer(struct connection *connection);
enum step send_stream(struct connection *connection);
enum step send_ending(struct connection *connection);

/* The socket took nothing for WAITS_FOR_ROOM. */
enum step send_room_due(struct connection *connection);

/* Gives back the connection's stream. */
void send_leave_stream(struct connection *connection);

#endif
