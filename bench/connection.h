/* A keep-alive HTTP/1.1 connection with at most one request on its way, on a socket that does not
 * block. It reads of an answer what a client must: the status, the length, the body. */
#ifndef USHER_BENCH_CONNECTION_H
#define USHER_BENCH_CONNECTION_H

#include "answer.h"
#include "request.h"

#include <netinet/in.h>
#include <stdbool.h>

/* The availability of a round of 200,000 seats has a byte a seat; memory that no answer fills is
 * never touched. */
#define ANSWER_BYTES_MAX (256 * 1024)

struct errand;

struct connection {
    int socket;
    struct errand *errand;   /* whose request is on its way, or NULL */
    struct connection *next; /* on the list of those with none */
    size_t received;
    char *buffer;
};

enum receipt {
    RECEIPT_PARTIAL,
    RECEIPT_WHOLE,
    RECEIPT_BROKEN, /* closed, or not an answer of the form that is understood here */
};

/* A socket that blocks, from `from`, an address of this machine's. Ends the program when nobody
 * listens. */
int connection_dial(const struct sockaddr_in *address, struct in_addr from);

/* The same as a connection. */
void connection_open(struct connection *connection, const struct sockaddr_in *address,
                     struct in_addr from);
void connection_close(struct connection *connection);

/* False when the server is gone. */
bool connection_send(struct connection *connection, const struct request *request);

/* Takes what has arrived. */
enum receipt connection_receive(struct connection *connection, struct answer *answer);

#endif
