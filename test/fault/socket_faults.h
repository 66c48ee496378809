/* Sockets that fail under a seed, for a server in the same process: the linker brings its recv,
 * sendmsg, accept4, epoll_ctl, malloc, calloc and realloc here. What a kernel may do at any time is
 * done often: less is moved than was asked for, nothing yet, a signal comes between, the other end
 * is gone, there is no memory. The kernel itself goes on working, and nothing that it promises is
 * broken. */
#ifndef USHER_TEST_FAULT_SOCKET_FAULTS_H
#define USHER_TEST_FAULT_SOCKET_FAULTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* From now on calls fail as the seed has it; no other thread is at work on sockets. `memory`: the
 * server's I/O thread is now and then refused memory too. */
void socket_faults_begin(uint64_t seed, bool memory);

/* From now on none fails. */
void socket_faults_end(void);

/* What was done to one socket of the server. */
struct socket_fate {
    atomic_bool reset;   /* or refused by epoll */
    atomic_bool held_up; /* its writing was cut short or put off */
};

/* From now on what is done to this socket, until it is closed, stands there; `fate` lives as long
 * as the server. Sockets that the server accepted have none that anybody sees. */
void socket_faults_follow(int socket, struct socket_fate *fate);

/* Faults in all since socket_faults_begin, and those that refused memory. */
uint64_t socket_faults_count(void);
uint64_t socket_faults_memory_count(void);

#endif
