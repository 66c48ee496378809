/* See told_query.h. */
#include "read/told_query.h"

#include "base/check.h"

static void add_id(struct told_line *line, enum record_kind kind, const void *id)
{
    char text[ID_TEXT_BYTES];
    (void)id_format(record_schema(kind)->prefix, *(const struct id *)id, text);
    told_line_add(line, text);
}

static void add_asked_time(struct told_line *line, timestamp_ms time)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time, text);
    told_line_add(line, text);
}

static void add_wanted(struct told_line *line, const struct list_filter *row, const void *wanted)
{
    switch (row->filter->type) {
    case FILTER_ID:
    case FILTER_ROUND:
    case FILTER_CONCERT:
        add_id(line, row->filter->id_of, wanted);
        return;
    case FILTER_ENUM:
        told_line_add(line, row->column->texts[((const struct wanted_value *)wanted)->value]);
        return;
    case FILTER_TEXT:
    case FILTER_EMAIL:
    case FILTER_SEARCH:
        told_line_add(line, field_text(wanted));
        return;
    case FILTER_FROM:
    case FILTER_TO:
        add_asked_time(line, field_integer(wanted));
        return;
    case FILTER_AMONG:
        break; /* of the staff's list, which is not told */
    }
    UNREACHABLE("a filter's type");
}

void query_tell(const struct record_query *query, struct told_line *line)
{
    const struct list_schema *list = list_schema(query->kind);
    told_line_begin(line, '?');
    told_line_add(line, record_schema(query->kind)->prefix);
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct list_filter *row = &list->filters[i];
        if (!filter_is_set(row->filter, query))
            continue;
        told_line_name(line, row->filter->parameter);
        add_wanted(line, row, filter_wanted(row->filter, query));
    }
    (void)told_line_end(line);
}
