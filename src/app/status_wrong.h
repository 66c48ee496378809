/* What is wrong with a running server, as sentences that say what to do about it. */
#ifndef USHER_APP_STATUS_WRONG_H
#define USHER_APP_STATUS_WRONG_H

#include "app/status_report.h"

/* As many as there are below. */
#define STATUS_WRONG_MAX 12
#define STATUS_WRONG_BYTES 160

struct status_wrong {
    size_t count;
    char sentences[STATUS_WRONG_MAX][STATUS_WRONG_BYTES];
};

/* Of a server whose engine is loaded; `now` by the wall. */
void status_find_wrong(const struct status_subject *subject, struct status_wrong *wrong);

#endif
