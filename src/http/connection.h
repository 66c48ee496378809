/* One client's connection: receives requests, one after the other, has an exchange answer each, and
 * sends the answers. Its loop's thread alone touches it. It knows bytes, HTTP and time; what a
 * request means is the exchange's business. */
#ifndef USHER_HTTP_CONNECTION_H
#define USHER_HTTP_CONNECTION_H

#include "http/deadline.h"
#include "http/exchange.h"
#include "http/transport.h"

#include <netinet/in.h>

/* Moves of one connection until others have their turn. */
#define CONNECTION_STEPS_MAX 64

enum connection_state {
    CONNECTION_HEAD,       /* a request's head is to come */
    CONNECTION_FRAMING,    /* the head is there; whether its chunked body is empty is to be seen */
    CONNECTION_BODY,       /* a request's body is to come */
    CONNECTION_SUSPENDED,  /* another thread has its exchange */
    CONNECTION_ANSWERING,  /* an answer is being sent */
    CONNECTION_STREAMING,  /* a stream is being sent, or has nothing to send */
    CONNECTION_DISCARDING, /* a refused body is thrown away */
    CONNECTION_ENDING,     /* the last answer is sent; the client is to close */
    CONNECTION_CLOSED,     /* to be freed at the end of the loop's turn */
};

union socket_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

struct connection {
    struct deadline deadline;                /* first: the deadline's owner is the connection */
    struct connection *previous, *following; /* the loop's ring */
    struct connection *next;                 /* in one of the loop's lists */
    struct io_loop *loop;
    struct transport transport;
    struct input *input;       /* NULL: nothing of a request is there */
    struct exchange *exchange; /* NULL: no request is there */
    struct stream *stream;     /* a reference, from when its head is ready; NULL: there is none */
    size_t sent;               /* of the answer, a stream's bytes too */
    uint64_t moved;            /* bytes of the body, or discarded */
    int64_t body_since_us;     /* since when the body's rate counts */
    uint64_t taken;            /* bytes of the answer that the client had at the last look */
    uint64_t address_key;      /* in the table of connections by address; 0: not counted there */
    enum connection_state state;
    bool readable, writable; /* as far as the loop was told */
    bool hung_up;            /* the client's end is there, though bytes may stand before it */
    bool watches_writing;    /* the loop is told when the socket takes bytes again */
    bool waits_turn;         /* stands in the loop's list of those that go on */
    bool last;               /* ends with its stream */
    bool operations_only;    /* came to the address for metrics */
    union socket_address peer;
};

/* Takes over the socket, which does not block. NULL: no memory, and the socket is closed. Any
 * thread. */
struct connection *connection_new(int socket, const union socket_address *peer);

/* Its loop adopted it. */
void connection_start(struct connection *connection, struct io_loop *loop);

/* epoll's events for its socket. */
void connection_ready(struct connection *connection, uint32_t events);

/* Goes on where it had its share of a turn. */
void connection_go_on(struct connection *connection);

/* Its exchange was given back. */
void connection_resume(struct connection *connection);

/* The server stops: its stream, if it has one, comes to its end, and then the connection. Moves
 * nothing yet. */
void connection_end_stream(struct connection *connection);

/* The server is gone: tells a client whose request is not whole so, and closes. Nobody has its
 * exchange. */
void connection_stop(struct connection *connection);

/* Its deadline passed. */
void connection_due(struct connection *connection);

/* Frees one that no loop adopted. */
void connection_drop(struct connection *connection);

/* Closes it at once. Nobody has its exchange. */
void connection_close(struct connection *connection);

#endif
