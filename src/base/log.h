/* The log: one line an event on standard error, "2026-11-22T10:00:00.000Z level event key=value
 * ...". Where standard error is the system's journal, syslog's level goes before it, as "<4>",
 * which the journal takes off (sd-daemon(3)). The caller hands in the time, so that nothing below
 * the engine reads a clock. */
#ifndef USHER_BASE_LOG_H
#define USHER_BASE_LOG_H

#include "base/timestamp.h"

#include <stddef.h>

enum log_level {
    LOG_ERROR,
    LOG_WARNING,
    LOG_INFO,
};

/* The longest line; the rest is cut. Below PIPE_BUF, so lines of several threads do not mix. */
#define LOG_LINE_MAX 2048

/* Writes a text from outside so that it stands between quotes in a line and ends nothing: printable
 * ASCII as it is, other bytes, quotes and backslashes as \xHH. A text that does not fit is cut, and
 * ends in "...". `bytes` is at least 8. */
void log_escape(const char *text, char *escaped, size_t bytes);

void log_event(enum log_level level, timestamp_ms now, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same as an object of JSON; the format makes the members behind its time and level. What is
 * put in between quotes has passed log_escape and log_quote. */
void log_object(enum log_level level, timestamp_ms now, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Makes an escaped text one that stands in JSON's quotes and is read as what was escaped: each
 * backslash becomes two. `quoted` has room for twice the text. */
void log_quote(const char *escaped, char *quoted);

#endif
