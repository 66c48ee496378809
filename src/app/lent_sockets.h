/* Sockets that listened before this process was started, lent to it by the protocol of
 * sd_listen_fds(3): then connects wait, and are not refused, while a server is exchanged for
 * another. */
#ifndef USHER_APP_LENT_SOCKETS_H
#define USHER_APP_LENT_SOCKETS_H

#include "base/result.h"

/* Descriptors; 0: none. */
struct lent_sockets {
    int people;   /* where HTTP is answered */
    int machines; /* where metrics are: the one that is named "metrics" */
};

/* Takes them from the environment (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES); all zero where nobody
 * lends any. RESULT_MALFORMED: more than one of a kind. Before other threads start. */
MUST_USE enum result lent_sockets_find(struct lent_sockets *lent, struct explanation *explanation);

#endif
