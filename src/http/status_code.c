/* See status_code.h. */
#include "http/status_code.h"

#include "base/check.h"

#include <stdint.h>

#define STATUSES_END 600 /* codes have three digits and five classes */

static const char *const lines[STATUSES_END] = {
#define STATUS(code, name, reason) [code] = "HTTP/1.1 " #code " " reason "\r\n",
#include "http/status_code.def"
};

static const uint8_t places[STATUSES_END] = {
#define STATUS(code, name, reason) [code] = STATUS_PLACE_##name,
#include "http/status_code.def"
};

static const uint16_t codes[STATUS_COUNT] = {
#define STATUS(code, name, reason) [STATUS_PLACE_##name] = (code),
#include "http/status_code.def"
};

size_t status_place(int status)
{
    CHECK(status >= 0 && status < STATUSES_END && lines[status] != NULL);
    return places[status];
}

int status_at(size_t place)
{
    CHECK(place < STATUS_COUNT);
    return codes[place];
}

const char *status_line(int status)
{
    CHECK(status >= 0 && status < STATUSES_END && lines[status] != NULL);
    return lines[status];
}
