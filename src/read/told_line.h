/* Names with their values on one line, as actions keep them and people read them:
 * "status=confirmed&q=kim". What does not fit is cut between two characters and ends with "...". */
#ifndef USHER_READ_TOLD_LINE_H
#define USHER_READ_TOLD_LINE_H

#include "record/limit.h"
#include "record/record.h"

struct told_line {
    char text[TOLD_LINE_BYTES_MAX + 1];
    size_t length;
    bool full; /* something was cut */
    char mark; /* before the next name; NUL: it is the first */
};

/* An empty line; `mark` comes before the first name. */
void told_line_begin(struct told_line *line, char mark);

/* Appends a text as it is. */
void told_line_add(struct told_line *line, const char *text);

/* Appends the mark, the name and "=". */
void told_line_name(struct told_line *line, const char *name);

/* Appends a field's value: an absent one is nothing, a long text is cut. Never of a SECRET. */
void told_line_value(struct told_line *line, const struct field_schema *field, const void *value);

/* The line as it is to be kept, until it changes. */
const char *told_line_end(struct told_line *line);

#endif
