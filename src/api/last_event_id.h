/* The Last-Event-ID that a client of GET /v1/events comes back with (WHATWG HTML, 9.2.4). */
#ifndef USHER_API_LAST_EVENT_ID_H
#define USHER_API_LAST_EVENT_ID_H

#include <stdint.h>

/* The commit that it names; 0: none of ours does. */
uint64_t last_event_id_parse(const char *text);

#endif
