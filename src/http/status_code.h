/* The statuses of status_code.def as values, and the first lines of answers that have them. */
#ifndef USHER_HTTP_STATUS_CODE_H
#define USHER_HTTP_STATUS_CODE_H

#include <stddef.h>

enum http_status {
#define STATUS(code, name, reason) STATUS_##name = code,
#include "http/status_code.def"
};

/* How many there are; the place of one among them, in the order of status_code.def, and back. */
enum {
#define STATUS(code, name, reason) STATUS_PLACE_##name,
#include "http/status_code.def"
    STATUS_COUNT,
};
size_t status_place(int status);
int status_at(size_t place);

/* "HTTP/1.1 200 OK\r\n"; the status is one of status_code.def. */
const char *status_line(int status);

#endif
