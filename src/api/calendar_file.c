/* See calendar_file.h. */
#include "api/calendar_file.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

#define LINE_OCTETS_MAX 75 /* RFC 5545, 3.1 */

/* A line that is being written. Once the buffer refuses more, the rest is dropped. */
struct folded_line {
    struct buffer *out;
    size_t column;
    bool failed;
};

static void put_octets(struct folded_line *line, const char *octets, size_t length)
{
    if (line->failed || buffer_reserve(line->out, length) != RESULT_OK)
        line->failed = true;
    else
        buffer_append(line->out, octets, length);
    line->column += length;
}

/* What must stay together: a character, with the backslash before it. */
static void put_unit(struct folded_line *line, const char *octets, size_t length)
{
    if (line->column + length > LINE_OCTETS_MAX) {
        put_octets(line, "\r\n ", 3);
        line->column = 1;
    }
    put_octets(line, octets, length);
}

static void end_line(struct folded_line *line)
{
    put_octets(line, "\r\n", 2);
    line->column = 0;
}

/* A name and a value that needs no escapes. */
static void put_plain_line(struct folded_line *line, const char *name, const char *value)
{
    for (; *name != '\0'; name++)
        put_unit(line, name, 1);
    put_unit(line, ":", 1);
    for (; *value != '\0'; value++)
        put_unit(line, value, 1);
    end_line(line);
}

/* How many bytes the character of UTF-8 has that the text begins with. */
static size_t first_character(const char *text)
{
    size_t length = 1;
    while (((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    return length;
}

/* A text of one line. */
static void put_escaped_line(struct folded_line *line, const char *name, const char *text)
{
    for (; *name != '\0'; name++)
        put_unit(line, name, 1);
    put_unit(line, ":", 1);
    while (*text != '\0') {
        const size_t length = first_character(text);
        const char escaped[2] = {'\\', *text};
        if (strchr("\\;,", *text) != NULL)
            put_unit(line, escaped, sizeof escaped);
        else
            put_unit(line, text, length);
        text += length;
    }
    end_line(line);
}

/* "20261122T100000Z": a time of ours without what separates its parts, and without its fraction. */
static void put_utc_line(struct folded_line *line, const char *name, timestamp_ms time)
{
    char text[TIMESTAMP_TEXT_BYTES], value[TIMESTAMP_TEXT_BYTES];
    size_t length = 0;
    timestamp_format(time, text);
    for (const char *at = text; *at != '.'; at++)
        if (*at != '-' && *at != ':')
            value[length++] = *at;
    value[length++] = 'Z';
    value[length] = '\0';
    put_plain_line(line, name, value);
}

bool calendar_file_write(const struct calendar_event *event, struct buffer *out)
{
    struct folded_line line = {.out = out};
    char sequence[24];
    (void)snprintf(sequence, sizeof sequence, "%lld", (long long)event->sequence);
    put_plain_line(&line, "BEGIN", "VCALENDAR");
    put_plain_line(&line, "VERSION", "2.0");
    put_plain_line(&line, "PRODID", "-//usher//tickets//EN");
    put_plain_line(&line, "BEGIN", "VEVENT");
    put_plain_line(&line, "UID", event->uid);
    put_utc_line(&line, "DTSTAMP", event->changed_at);
    put_plain_line(&line, "SEQUENCE", sequence);
    put_plain_line(&line, "STATUS", event->cancelled ? "CANCELLED" : "CONFIRMED");
    put_utc_line(&line, "DTSTART", event->starts_at);
    if (event->ends_at != 0)
        put_utc_line(&line, "DTEND", event->ends_at);
    put_escaped_line(&line, "SUMMARY", event->title);
    if (event->place != NULL)
        put_escaped_line(&line, "LOCATION", event->place);
    if (event->about[0] != '\0')
        put_escaped_line(&line, "DESCRIPTION", event->about);
    put_plain_line(&line, "END", "VEVENT");
    put_plain_line(&line, "END", "VCALENDAR");
    return !line.failed;
}
