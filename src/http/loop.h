/* The I/O threads. Each waits for its connections' sockets and deadlines and for what others finish
 * for it, takes all that is there at once, and works on it in turns: a batch of the engine's costs
 * one wake-up, and a request that waits for the engine costs no system call. */
#ifndef USHER_HTTP_LOOP_H
#define USHER_HTTP_LOOP_H

#include "base/result.h"
#include "http/date.h"
#include "http/deadline.h"
#include "http/input.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct http_server;
struct exchange;
struct connection;
struct stream;

/* Counts of connections; written by the loop's thread. */
struct io_counts {
    atomic_uint_fast64_t accepted, idle_turns, slow_heads, slow_bodies, slow_readers, made_room;
};

struct io_loop {
    struct http_server *server;
    pthread_t thread;
    bool started;
    int wake;  /* an eventfd */
    int epoll; /* of `wake`, of the sockets, and of the first loop's listeners */
    _Atomic(struct exchange *) finished;  /* the latest first */
    _Atomic(struct connection *) arrived; /* accepted for this loop; the latest first */
    _Atomic(struct stream *) told;        /* that have something to send; a reference each */
    atomic_int sleep;                     /* enum io_loop_sleep */
    atomic_bool quiesce, stop;
    atomic_uint open; /* connections, and those that are about to arrive */
    struct io_counts counts;

    /* Its own thread's. */
    int64_t now_us; /* as the turn began */
    struct http_date date;
    struct deadlines deadlines;
    struct connection *connections; /* a ring, or NULL */
    struct connection *next_turn;   /* those that go on in the next turn; the latest first */
    struct connection *closed;      /* to be freed at the end of the turn */
    struct exchange *spare;
    size_t spare_count;
    struct input_spares inputs;
    bool moved; /* something came of the turn */
};

/* Starts answering. The first loop of the server also accepts. */
MUST_USE enum result io_loop_start(struct io_loop *loop, struct http_server *server,
                                   struct explanation *explanation);

/* Accepts no more, and ends the streams, from some moment soon. */
void io_loop_quiesce(struct io_loop *loop);

/* Nothing of it is suspended. Ends the thread and every connection; a loop that never started is
 * none. */
void io_loop_stop(struct io_loop *loop);

/* ---- Any thread ---- */

/* Gives a suspended exchange back to its loop. */
void io_loop_finish(struct io_loop *loop, struct exchange *exchange);

/* Gives it a connection, which is counted in `open`. */
void io_loop_hand(struct io_loop *loop, struct connection *connection);

/* A stream has something to send, or is to end. Takes over a reference; the stream stands in no
 * loop's list. */
void io_loop_tell(struct io_loop *loop, struct stream *stream);

/* Has it look at what it was told. */
void io_loop_wake(struct io_loop *loop);

/* ---- Its own thread ---- */

/* The connection goes on in the next turn. */
void io_loop_go_on(struct io_loop *loop, struct connection *connection);

/* From now on it is told when the socket takes bytes. False: the system has no memory for that. */
bool io_loop_watch_writing(struct io_loop *loop, struct connection *connection);

/* A connection was closed, and is freed when the turn ends. */
void io_loop_forget(struct io_loop *loop, struct connection *connection);

#endif
