/* The I/O threads. Each runs a libmicrohttpd daemon from a loop of its own, so that what others
 * finish for it is taken all at once and costs one wake-up: with libmicrohttpd's own threads every
 * MHD_resume_connection would be a system call of the engine's. */
#ifndef USHER_HTTP_LOOP_H
#define USHER_HTTP_LOOP_H

#include "base/result.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct MHD_Daemon;
struct http_server;
struct exchange;

struct io_loop {
    struct http_server *server;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    bool started;
    int wake;                            /* an eventfd */
    int epoll;                           /* of `wake` and of the daemon's own epoll */
    _Atomic(struct exchange *) finished; /* the latest first */
    struct exchange *spare;              /* its own thread's */
    size_t spare_count;
    atomic_int sleep; /* enum io_loop_sleep */
    atomic_bool quiesce, stop;
};

/* Starts accepting from the server's socket. `connections_max` is of this loop alone. */
MUST_USE enum result io_loop_start(struct io_loop *loop, struct http_server *server,
                                   unsigned connections_max, struct explanation *explanation);

/* Accepts no more, from some moment soon. */
void io_loop_quiesce(struct io_loop *loop);

/* Nothing of it is suspended. Ends the thread and every connection; a loop that never started is
 * none. */
void io_loop_stop(struct io_loop *loop);

/* Any thread: gives a suspended exchange back to its loop. */
void io_loop_finish(struct io_loop *loop, struct exchange *exchange);

#endif
