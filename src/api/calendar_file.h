/* An event of a calendar, as the programs that keep one read it (RFC 5545, iCalendar). */
#ifndef USHER_API_CALENDAR_FILE_H
#define USHER_API_CALENDAR_FILE_H

#include "base/buffer.h"
#include "base/timestamp.h"

#include <stdbool.h>

/* Texts are of one line, without control characters. */
struct calendar_event {
    const char *uid; /* by which a program knows the event again */
    const char *title;
    const char *place; /* or NULL */
    const char *about; /* or "" */
    int64_t sequence;  /* how often it was moved */
    timestamp_ms changed_at;
    timestamp_ms starts_at, ends_at; /* ends_at: or 0 */
    bool cancelled;
};

/* Appends a calendar with that event alone: times in UTC, lines folded at 75 octets. False: no
 * memory. */
bool calendar_file_write(const struct calendar_event *event, struct buffer *out);

#endif
