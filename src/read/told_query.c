/* See told_query.h. */
#include "read/told_query.h"

#include "base/check.h"

#include <string.h>

#define CUT "..."

/* A line that is being written; what does not fit is cut off. */
struct line {
    char *text;
    size_t length;
    bool full;
};

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static void line_add(struct line *line, const char *text)
{
    const size_t room = TOLD_QUERY_BYTES_MAX - (sizeof CUT - 1) - line->length;
    size_t length = strlen(text);
    if (line->full)
        return;
    line->full = length > room;
    if (line->full)
        for (length = room; length > 0 && !begins_character(text[length]); length--)
            ;
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void line_add_id(struct line *line, enum record_kind kind, const void *id)
{
    char text[ID_TEXT_BYTES];
    (void)id_format(record_schema(kind)->prefix, *(const struct id *)id, text);
    line_add(line, text);
}

static void line_add_time(struct line *line, timestamp_ms time)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time, text);
    line_add(line, text);
}

static void line_add_value(struct line *line, const struct list_filter *row, const void *wanted)
{
    switch (row->filter->type) {
    case FILTER_ID:
    case FILTER_ROUND:
    case FILTER_CONCERT:
        line_add_id(line, row->filter->id_of, wanted);
        return;
    case FILTER_ENUM:
        line_add(line, row->column->texts[((const struct wanted_value *)wanted)->value]);
        return;
    case FILTER_TEXT:
    case FILTER_EMAIL:
    case FILTER_SEARCH:
        line_add(line, field_text(wanted));
        return;
    case FILTER_FROM:
    case FILTER_TO:
        line_add_time(line, field_integer(wanted));
        return;
    case FILTER_AMONG:
        break; /* of the staff's list, which is not told */
    }
    UNREACHABLE("a filter's type");
}

void query_tell(const struct record_query *query, char text[static TOLD_QUERY_BYTES_MAX + 1])
{
    const struct list_schema *list = list_schema(query->kind);
    struct line line = {.text = text};
    char mark[] = "?";
    line_add(&line, record_schema(query->kind)->prefix);
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct list_filter *row = &list->filters[i];
        if (!filter_is_set(row->filter, query))
            continue;
        line_add(&line, mark);
        line_add(&line, row->filter->parameter);
        line_add(&line, "=");
        line_add_value(&line, row, filter_wanted(row->filter, query));
        mark[0] = '&';
    }
    if (line.full) {
        memcpy(text + line.length, CUT, sizeof CUT - 1);
        line.length += sizeof CUT - 1;
    }
    text[line.length] = '\0';
}
