/* A bar on standard error, for people who wait at a terminal. */
#ifndef USHER_APP_REHEARSE_PROGRESS_H
#define USHER_APP_REHEARSE_PROGRESS_H

#include <stdbool.h>

struct progress {
    bool shown;  /* standard error is a terminal */
    int percent; /* drawn last; -1: nothing yet */
};

void progress_begin(struct progress *progress);

/* Draws it when it is another one: a hundred times at the most. `owner` is the progress. True:
 * whoever has enough ends the process. */
bool progress_tell(void *owner, unsigned percent);

/* Wipes the bar away. */
void progress_end(struct progress *progress);

#endif
