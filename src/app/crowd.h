/* Many buyers made at once: accounts, points, sessions, places in the queue. */
#ifndef USHER_APP_CROWD_H
#define USHER_APP_CROWD_H

#include "app/box_office.h"

#include <stdbool.h>

struct crowd_options {
    size_t count;
    const char *prefix; /* e-mail addresses are PREFIX-1@example.com and on, in small letters */
    const char *password_hash; /* everybody's */
    int64_t points;            /* charged to each account, at most CHARGE_MAX; 0: none */
    bool join;                 /* the queue */
    const char *tokens_file;   /* gets a line for each: session token, user id, e-mail */
};

/* Charging and registration must be open. Accounts made before a failure stay. */
MUST_USE enum result crowd_make(struct box_office *office, const struct crowd_options *options,
                                struct explanation *explanation);

#endif
