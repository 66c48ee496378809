/* How far a rehearsal is, for those who wait for it, and who may break it off. */
#ifndef USHER_REHEARSE_WATCH_H
#define USHER_REHEARSE_WATCH_H

#include <stdbool.h>

struct rehearsal_watch {
    void *owner;
    /* Of 100; it never falls. Called often. False: nobody wants to know the rest. */
    bool (*tell)(void *owner, unsigned percent);
};

#endif
