/* The statuses of status_code.def as values, and the first lines of answers that have them. */
#ifndef USHER_HTTP_STATUS_CODE_H
#define USHER_HTTP_STATUS_CODE_H

enum http_status {
#define STATUS(code, name, reason) STATUS_##name = code,
#include "http/status_code.def"
};

/* "HTTP/1.1 200 OK\r\n"; the status is one of status_code.def. */
const char *status_line(int status);

#endif
