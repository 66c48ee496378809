/* See date.h. */
#include "http/date.h"

#include "base/check.h"

#include <stdio.h>
#include <time.h>

void http_date_set(struct http_date *date, timestamp_ms now)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t second = (time_t)(now / SECOND_MS);
    if (date->second == second && date->text[0] != '\0')
        return;
    struct tm utc;
    CHECK(gmtime_r(&second, &utc) != NULL);
    date->second = second;
    const int length = snprintf(
        date->text, sizeof date->text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday],
        utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    CHECK(length == sizeof date->text - 1);
}
