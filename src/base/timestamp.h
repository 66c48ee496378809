/* Points in time as usher keeps them, and their RFC 3339 form. No clock is read here. */
#ifndef USHER_BASE_TIMESTAMP_H
#define USHER_BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z, without leap seconds. 0 means "not set" wherever a time
 * may be absent; no event of a box office happened in 1970. */
typedef int64_t timestamp_ms;

/* Input is accepted from 2000-01-01 to before 2200-01-01 (UTC). */
#define TIMESTAMP_MIN_MS INT64_C(946684800000)
#define TIMESTAMP_END_MS INT64_C(7258118400000)

#define TIMESTAMP_TEXT_BYTES 25 /* "2026-11-22T10:00:00.000Z" and its NUL */

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* Writes "YYYY-MM-DDTHH:MM:SS.mmmZ". `time` must be in [0, year 10000). */
void timestamp_format(timestamp_ms time, char text[static TIMESTAMP_TEXT_BYTES]);

/* Reads an RFC 3339 date-time (section 5.6) with any offset; fractions finer than a millisecond are
 * cut; a leap second (60) is read as the next second's start. False: not of that form, or outside
 * the accepted years; `time` is then untouched. */
bool timestamp_parse(const char *text, size_t length, timestamp_ms *time);

#endif
