/* See told_line.h. */
#include "read/told_line.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

#define CUT "..."
#define CUT_BYTES (sizeof CUT - 1)

/* Of one value, so that a long description leaves room for what else changed. */
#define VALUE_BYTES_MAX 200

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

/* How much of the text fits in so many bytes. */
static size_t fitting(const char *text, size_t length, size_t room)
{
    if (length <= room)
        return length;
    for (length = room; length > 0 && !begins_character(text[length]); length--)
        ;
    return length;
}

void told_line_begin(struct told_line *line, char mark)
{
    line->length = 0;
    line->full = false;
    line->mark = mark;
    line->text[0] = '\0';
}

static void line_put(struct told_line *line, const char *text, size_t length)
{
    const size_t room = TOLD_LINE_BYTES_MAX - CUT_BYTES - line->length;
    if (line->full)
        return;
    const size_t fits = fitting(text, length, room);
    memcpy(line->text + line->length, text, fits);
    line->length += fits;
    line->full = fits < length;
}

void told_line_add(struct told_line *line, const char *text)
{
    line_put(line, text, strlen(text));
}

void told_line_name(struct told_line *line, const char *name)
{
    if (line->mark != '\0')
        line_put(line, &line->mark, 1);
    line->mark = '&';
    told_line_add(line, name);
    told_line_add(line, "=");
}

static void line_put_text(struct told_line *line, const char *text)
{
    const size_t length = text == NULL ? 0 : strlen(text);
    if (length == 0)
        return;
    const size_t fits = fitting(text, length, VALUE_BYTES_MAX);
    line_put(line, text, fits);
    if (fits < length)
        told_line_add(line, CUT);
}

static void line_put_time(struct told_line *line, timestamp_ms time)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (time == 0)
        return;
    timestamp_format(time, text);
    told_line_add(line, text);
}

static void line_put_integer(struct told_line *line, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    told_line_add(line, text);
}

void told_line_value(struct told_line *line, const struct field_schema *field, const void *value)
{
    char id[ID_TEXT_BYTES];
    switch (field->type) {
    case FIELD_ID:
        (void)id_format(record_schema(field->id_of)->prefix, *(const struct id *)value, id);
        told_line_add(line, id);
        return;
    case FIELD_TEXT:
        line_put_text(line, field_text(value));
        return;
    case FIELD_INT:
        line_put_integer(line, field_integer(value));
        return;
    case FIELD_TIME:
        line_put_time(line, field_integer(value));
        return;
    case FIELD_ENUM:
        line_put_text(line, field->texts[field_number(value)]);
        return;
    case FIELD_BOOL:
        told_line_add(line, *(const bool *)value ? "true" : "false");
        return;
    case FIELD_REAL:
    case FIELD_SECRET:
        break; /* never told */
    }
    UNREACHABLE("a field that is told");
}

const char *told_line_end(struct told_line *line)
{
    if (line->full && (line->length < CUT_BYTES ||
                       memcmp(line->text + line->length - CUT_BYTES, CUT, CUT_BYTES) != 0)) {
        memcpy(line->text + line->length, CUT, CUT_BYTES);
        line->length += CUT_BYTES;
    }
    line->text[line->length] = '\0';
    return line->text;
}
