/* See status_code.h. */
#include "http/status_code.h"

#include "base/check.h"

#include <stddef.h>

#define STATUSES_END 600 /* codes have three digits and five classes */

static const char *const lines[STATUSES_END] = {
#define STATUS(code, name, reason) [code] = "HTTP/1.1 " #code " " reason "\r\n",
#include "http/status_code.def"
};

const char *status_line(int status)
{
    CHECK(status >= 0 && status < STATUSES_END && lines[status] != NULL);
    return lines[status];
}
