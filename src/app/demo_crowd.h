/* The people of `usher demo --crowd`: they come, line up, choose, pay or give up in a server that
 * somebody looks at. They have accounts like everybody else, and ask the engine what the pages ask.
 * The last tenth of the seats is left to the others. */
#ifndef USHER_APP_DEMO_CROWD_H
#define USHER_APP_DEMO_CROWD_H

#include "app/box_office.h"

struct demo_crowd;

/* So many ask at the same time at the most, a fraction of what the engine's inbox takes. */
#define DEMO_CROWD_MAX 5000

struct demo_crowd_options {
    size_t people;             /* 1 to DEMO_CROWD_MAX: as many are on their way or rest */
    int64_t seats_each_max;    /* which the house lets somebody hold at once */
    const char *password_hash; /* everybody's; it lives as long as the crowd */
};

/* Sends them out, from a thread of their own. */
MUST_USE enum result demo_crowd_start(struct demo_crowd **crowd, struct box_office *office,
                                      const struct demo_crowd_options *options,
                                      struct explanation *explanation);

/* Sends them home, once each was answered. Before the engine stops; fine for NULL. */
void demo_crowd_stop(struct demo_crowd *crowd);

#endif
