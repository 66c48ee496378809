/* Checks a request before its body comes: path, method, type, size, caller and pace. */
#ifndef USHER_API_HEAD_CHECK_H
#define USHER_API_HEAD_CHECK_H

#include "api/enquiry.h"

/* Fills in the enquiry's route, headers and caller, and refuses in the documented order: 404, 405,
 * 415, 413, 429, 401, 403 for another site's page; before all of them 400 for a request whose end
 * is not clear. Afterwards the enquiry is answered, suspended, or waits for its body. */
void head_check(struct enquiry *enquiry);

/* The queue token's pace: whether the caller may look again, and how fast from now on. */
bool head_check_poll(struct enquiry *enquiry);
void head_check_poll_pace(struct enquiry *enquiry, int64_t poll_after_ms);

/* Whether a Content-Type header's value means JSON. */
bool content_type_is_json(const char *value);
/* The same of CSV in UTF-8, which it is without a charset. */
bool content_type_is_csv(const char *value);

#endif
