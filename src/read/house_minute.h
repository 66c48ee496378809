/* What happened in the house in a minute, as it is kept. */
#ifndef USHER_READ_HOUSE_MINUTE_H
#define USHER_READ_HOUSE_MINUTE_H

#include <stdint.h>

enum series_name {
#define SERIES(name, column, json, together) SERIES_##name,
#include "read/house_minute.def"
    SERIES_COUNT,
};

/* Whoever compares with last month's sale finds it: thirty days. */
#define MINUTES_KEPT (30 * 24 * 60)

struct house_minute {
    int64_t minute; /* since 1970, by house time */
    int64_t values[SERIES_COUNT];
};

typedef void house_minute_visit(void *owner, const struct house_minute *minute);

#endif
