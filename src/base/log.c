/* See log.h. One write(2) a line. */
#include "base/log.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

void log_quote(const char *escaped, char *quoted)
{
    for (; *escaped != '\0'; escaped++) {
        if (*escaped == '\\')
            *quoted++ = '\\';
        *quoted++ = *escaped;
    }
    *quoted = '\0';
}

static const char *const level_names[] = {"error", "warning", "info"};

/* Whether standard error is the system's journal: systemd then names its socket or pipe in the
 * environment (systemd.exec(5), JOURNAL_STREAM). */
static bool is_to_journal(void)
{
    struct stat standard_error;
    char named[48];
    const char *stream = getenv("JOURNAL_STREAM"); /* NOLINT: nobody sets it after the start */
    if (stream == NULL || fstat(STDERR_FILENO, &standard_error) != 0)
        return false;
    (void)snprintf(named, sizeof named, "%ju:%ju", (uintmax_t)standard_error.st_dev,
                   (uintmax_t)standard_error.st_ino);
    return strcmp(stream, named) == 0;
}

/* The level as the journal takes it (sd-daemon(3)): syslog's number of error, warning or info. */
static size_t write_level(char *line, enum log_level level)
{
    static const char *const levels[] = {"<3>", "<4>", "<6>"};
    if (!is_to_journal())
        return 0;
    memcpy(line, levels[level], strlen(levels[level]));
    return strlen(levels[level]);
}

/* Adds what is told, cut so that `end` fits behind it. */
static size_t add_told(char line[static LOG_LINE_MAX], size_t length, const char *end,
                       const char *format, va_list arguments)
{
    const size_t room = LOG_LINE_MAX - length - strlen(end);
    const int wanted = vsnprintf(line + length, room, format, arguments);
    if (wanted > 0)
        length += (size_t)wanted < room ? (size_t)wanted : room - 1;
    return length;
}

static void put_out(char line[static LOG_LINE_MAX], size_t length, const char *end)
{
    for (size_t i = 0; i < length; i++) /* a name from outside must not forge a line */
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    memcpy(line + length, end, strlen(end));
    /* A log that can't be written is no reason to stop selling. */
    const ssize_t written = write(STDERR_FILENO, line, length + strlen(end));
    (void)written;
}

void log_event(enum log_level level, timestamp_ms now, const char *format, ...)
{
    static const char end[] = "\n";
    char line[LOG_LINE_MAX];
    size_t length = write_level(line, level);
    timestamp_format(now, line + length);
    length += strlen(line + length);
    length += (size_t)snprintf(line + length, sizeof line - length, " %s ", level_names[level]);
    va_list arguments;
    va_start(arguments, format);
    length = add_told(line, length, end, format, arguments);
    va_end(arguments);
    put_out(line, length, end);
}

void log_object(enum log_level level, timestamp_ms now, const char *format, ...)
{
    static const char end[] = "}\n";
    char line[LOG_LINE_MAX], moment[TIMESTAMP_TEXT_BYTES];
    size_t length = write_level(line, level);
    timestamp_format(now, moment);
    length += (size_t)snprintf(line + length, sizeof line - length,
                               "{\"time\":\"%s\",\"level\":\"%s\",", moment, level_names[level]);
    va_list arguments;
    va_start(arguments, format);
    length = add_told(line, length, end, format, arguments);
    va_end(arguments);
    put_out(line, length, end);
}
