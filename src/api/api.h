/* The HTTP API: the routes of routes.def over http/, answered by the engine. Knows routes, JSON and
 * sessions' wire form; no socket, no rules, no SQL. */
#ifndef USHER_API_API_H
#define USHER_API_API_H

#include "base/buffer.h"
#include "engine/engine.h"
#include "http/http.h"

struct api;

struct api_options {
    struct http_options http;
    const char *version;             /* of the program, told with each answer */
    const char *time_zone;           /* told by GET /v1/settings: an IANA name; */
    const char *currency;            /* a code of record/currency.h; */
    const char *top_up_url;          /* as app/config.def has it, or NULL */
    const char *return_origins;      /* that a handover may lead to, between commas; or NULL */
    struct office_settings settings; /* told by GET /v1/settings and /v1/queue */
    /* Requests a second, sustained; twice as many in a burst. */
    unsigned account_requests_per_second, key_requests_per_second, address_requests_per_second;
    unsigned streams_max; /* of GET /v1/events, at once */
    unsigned account_sign_ins_per_minute, address_sign_ins_per_minute;
};

/* Makes an API and takes its addresses, as http_open has it: there need not be an engine yet. */
MUST_USE enum result api_open(struct api **api, const struct api_options *options,
                              struct explanation *explanation);

/* Starts answering. The engine must outlive the API. After a failure, api_close is owed. */
MUST_USE enum result api_start(struct api *api, struct engine *engine,
                               struct explanation *explanation);

/* Frees an API that was not started. */
void api_close(struct api *api);

/* The server below it, to be asked where it listens, and told to read its certificate again or to
 * take no more connections. */
struct http_server *api_server(const struct api *api);

/* How an API that was started is; any thread. */
struct api_figures {
    int64_t joined, admitted, held, sold, requests, refusals; /* in the last minute, as are */
    int64_t answers, p50_us, p99_us; /* what was answered, and how long it took */
    int64_t appends, append_us;      /* to the journal, and how long they took together */
    unsigned streams;                /* of events, that are open */
    unsigned streams_max;
};
void api_figures(struct api *api, struct api_figures *figures);

/* What GET /metrics tells, at the end of `out`. RESULT_FULL, RESULT_NO_MEMORY: there is no room.
 * Any thread. */
MUST_USE enum result api_write_metrics(struct api *api, struct buffer *out);

/* Takes what may change while it answers as it is in the options: requests and sign-ins per time,
 * streams_max, and what http_change takes. Any thread. */
void api_change(struct api *api, const struct api_options *options);

/* Waits up to `wait_ms` until every request in flight is answered, then stops and frees everything.
 */
void api_stop(struct api *api, int64_t wait_ms);

#endif
