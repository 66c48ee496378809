/* What is looked at before a request's body: path, method, type, size, who asks and how often. */
#ifndef USHER_HTTP_HEAD_CHECK_H
#define USHER_HTTP_HEAD_CHECK_H

#include "http/exchange.h"

/* Fills in the exchange's route, headers and caller, and refuses in the documented order: 404, 405,
 * 415, 413, 429, 401, 403 for another site's page; before all of them 400 for a request whose end
 * is not clear. Afterwards the exchange is answered, suspended, or waits for its body. */
void head_check(struct exchange *exchange);

/* The queue token's pace: whether the caller may look again, and how fast from now on. */
bool head_check_poll(struct exchange *exchange);
void head_check_poll_pace(struct exchange *exchange, int64_t poll_after_ms);

/* Whether a text may be a request's id: 1..64 of A-Za-z0-9._- */
bool request_id_well_formed(const char *text);

/* Whether a Content-Type header's value means JSON. */
bool content_type_is_json(const char *value);

#endif
