/* See log.h. One write(2) a line. */
#include "base/log.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void log_escape(const char *text, char *escaped, size_t bytes)
{
    static const char digits[] = "0123456789abcdef", cut[] = "...";
    const size_t longest = 4; /* \xHH */
    size_t length = 0;
    CHECK(bytes >= longest + sizeof cut);
    for (; *text != '\0' && length + longest + sizeof cut <= bytes; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
            escaped[length++] = *text;
            continue;
        }
        escaped[length++] = '\\';
        escaped[length++] = 'x';
        escaped[length++] = digits[byte >> 4];
        escaped[length++] = digits[byte & 15];
    }
    memcpy(escaped + length, *text == '\0' ? "" : cut, *text == '\0' ? 1 : sizeof cut);
}

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
