/* See calendar.h. */
#include "engine/calendar.h"

#include "base/check.h"

#include <time.h>

#define HOUR_SECONDS 3600

static time_t floor_seconds(timestamp_ms at)
{
    return (time_t)(at >= 0 ? at / SECOND_MS : (at - (SECOND_MS - 1)) / SECOND_MS);
}

static struct tm local(time_t seconds)
{
    struct tm fields;
    CHECK(localtime_r(&seconds, &fields) != NULL);
    return fields;
}

static time_t hour_start(time_t seconds)
{
    const long past = (seconds + local(seconds).tm_gmtoff) % HOUR_SECONDS;
    return seconds - (past < 0 ? past + HOUR_SECONDS : past);
}

static time_t day_start(time_t seconds)
{
    const struct tm day = local(seconds);
    struct tm midnight = {
        .tm_year = day.tm_year, .tm_mon = day.tm_mon, .tm_mday = day.tm_mday, .tm_isdst = -1};
    const time_t start = mktime(&midnight);
    /* mktime may answer with the evening before a midnight that is left out. */
    return local(start).tm_mday == day.tm_mday ? start : start + HOUR_SECONDS;
}

timestamp_ms calendar_start(enum calendar_unit unit, timestamp_ms at)
{
    const time_t seconds = floor_seconds(at);
    switch (unit) {
    case CALENDAR_HOUR:
        return (timestamp_ms)hour_start(seconds) * SECOND_MS;
    case CALENDAR_DAY:
        return (timestamp_ms)day_start(seconds) * SECOND_MS;
    }
    UNREACHABLE("a unit of the calendar");
}
