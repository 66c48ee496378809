/* The API's parts that enquiries share; api.h is what others see. */
#ifndef USHER_API_SERVICE_H
#define USHER_API_SERVICE_H

#include "api/api.h"
#include "api/event_streams.h"
#include "api/export.h"
#include "api/import.h"
#include "api/metrics.h"
#include "api/presence.h"
#include "api/rehearsals.h"
#include "api/series.h"
#include "api/sign_in_limit.h"
#include "api/ticket_code.h"
#include "api/web_answer.h"
#include "base/origin.h"
#include "http/answer_cache.h"
#include "http/rate_limit.h"
#include "record/record.h"

/* Requests of one caller that are being answered at the same time. A person's page asks for a
 * handful; an API key is a server with many people behind it, given by who runs the house. As many
 * as the pool of connections that such a server usually has, and one in 64 of a batch's calls, so
 * that no key can fill one. */
#define PERSON_IN_FLIGHT_MAX 4
#define KEY_IN_FLIGHT_MAX 64

/* Requests of one caller that wait for something to happen. They take no turn from others, so they
 * are counted by themselves: sixteen systems may follow the house with as many each. */
#define LONG_POLLS_MAX (CHANGE_WAITS_MAX / 16)

/* Far more than there can be callers that wait, so that no set of the table is full of them. */
#define LONG_POLL_ENTRIES 4096

/* Keys that each table of limits remembers: as many as ask within a few seconds. 8 MB each. */
#define LIMIT_ENTRIES 262144

/* Addresses that may have passwords in line: far more than the line is long. */
#define PASSWORD_LINE_ENTRIES 4096

/* Accounts that may have streams of events, far more than there are streams by default. */
#define STREAM_ENTRIES 65536

/* The limits on how often callers may ask. */
struct limits {
    struct limit_table accounts;  /* requests a second, and requests in flight; of keys too */
    struct limit_table addresses; /* requests a second of callers without a session */
    struct sign_in_limit sign_ins;
    struct limit_table password_lines; /* passwords of an address in line */
    struct limit_table streams;        /* of an account at once */
    struct limit_table long_polls;     /* of a caller at once */
    struct limit_table polls;          /* of one's own queue token, at the pace that it was told */
    struct limit_table heard;          /* how often a reader of public pages is reported as heard */
    atomic_uint account_per_second, key_per_second, address_per_second; /* requests */
};

/* The contents of bodies in the cache. */
enum cached_answer_kind {
    CACHED_QUEUE = 1,
    CACHED_CONCERTS,
    CACHED_SEATS,
    CACHED_MAP,
    CACHED_PLAN,
    CACHED_AVAILABILITY,
    CACHED_CHANGES,
};

struct api {
    struct engine *engine;
    struct http_server *server; /* NULL: it does not answer yet */
    struct office_settings settings;
    char *time_zone, *currency, *top_up_url;
    struct origin_list return_origins; /* that a handover may lead to */
    struct secret token_key;
    struct ticket_signer ticket_signer;
    struct limits limits;
    struct answer_cache answer_cache;
    struct cached_answer *openapi; /* what GET /openapi.json answers */
    struct cached_answer *docs, *docs_style;
    struct metrics metrics;
    struct series series;
    struct rehearsals rehearsals;
    struct presence presence;
    struct importer importer;
    struct exports exports, own_exports;
    const char *version;
    atomic_uint streams_max; /* may change (api_change), as what the limits count by */
    struct event_streams event_streams;
    struct web_answers web;
};

#endif
