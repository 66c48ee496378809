/* The server's log, which a simulator of thousands of failures wants to hear only when asked.
 * Defines what src/base/log.c does, so that file is not linked. */
#include "base/log.h"

#include "server/server.h"

#include <stdarg.h>
#include <stdio.h>

/* log_event has no argument to keep it in. */
static bool shown;

void server_show_log(bool show)
{
    shown = show;
}

void log_event(enum log_level level, timestamp_ms now, const char *format, ...)
{
    static const char *const names[] = {"error", "warning", "info"};
    char time[TIMESTAMP_TEXT_BYTES];
    if (!shown)
        return;
    timestamp_format(now, time);
    (void)fprintf(stderr, "%s %s ", time, names[level]);
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}
