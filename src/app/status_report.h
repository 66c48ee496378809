/* What `usher status` tells of a running server: lines for people, or JSON. */
#ifndef USHER_APP_STATUS_REPORT_H
#define USHER_APP_STATUS_REPORT_H

#include "api/api.h"
#include "store/store.h"

/* Where the server is in its life. */
struct status_subject {
    struct store_upgrade upgrade; /* of the tables, before the engine is loaded; to 0: none */
    struct engine *engine;        /* NULL: it is being loaded */
    struct api *api;              /* NULL: nobody listens yet, or any more */
    bool stopping;
    timestamp_ms started_at;
};

/* Puts the page at the end of `out`. RESULT_NO_MEMORY: it has no room there. */
MUST_USE enum result status_report(const struct status_subject *subject, bool json,
                                   struct buffer *out);

#endif
