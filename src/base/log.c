/* See log.h. One write(2) a line. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void log_event(enum log_level level, timestamp_ms now, const char *format, ...)
{
    static const char *const names[] = {"error", "warning", "info"};
    char line[LOG_LINE_MAX];
    timestamp_format(now, line);
    size_t length = strlen(line);
    length += (size_t)snprintf(line + length, sizeof line - length, " %s ", names[level]);

    va_list arguments;
    va_start(arguments, format);
    const int wanted = vsnprintf(line + length, sizeof line - length - 1, format, arguments);
    va_end(arguments);
    if (wanted > 0) {
        const size_t room = sizeof line - length - 2;
        length += (size_t)wanted < room ? (size_t)wanted : room;
    }
    for (size_t i = 0; i < length; i++) /* a name from outside must not forge a line */
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[length++] = '\n';
    /* A log that can't be written is no reason to stop selling. */
    const ssize_t written = write(STDERR_FILENO, line, length);
    (void)written;
}
