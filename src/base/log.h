/* The log: one line an event on standard error, "2026-11-22T10:00:00.000Z level event key=value
 * ...". The caller hands in the time, so that nothing below the engine reads a clock. */
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

#endif
