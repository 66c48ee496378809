/* How far a rehearsal is, for those who wait for it. */
#ifndef USHER_APP_REHEARSE_WATCH_H
#define USHER_APP_REHEARSE_WATCH_H

#include <stdint.h>

struct rehearsal_watch {
    void *owner;
    /* Of 100; it never falls. Called often. */
    void (*tell)(void *owner, unsigned percent);
};

#endif
