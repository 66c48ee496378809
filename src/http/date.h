/* The Date of answers (RFC 9110, 5.6.7 and 6.6.1), made once a second. */
#ifndef USHER_HTTP_DATE_H
#define USHER_HTTP_DATE_H

#include "base/timestamp.h"

#define DATE_BYTES 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL */

struct http_date {
    int64_t second; /* that the text says, since 1970 */
    char text[DATE_BYTES];
};

/* `now` is a wall time from 1970 to 9999. */
void http_date_set(struct http_date *date, timestamp_ms now);

#endif
