/* Errors of a body's fields, each with a JSON pointer (RFC 6901), collected for one answer. */
#ifndef USHER_JSON_BODY_ERROR_H
#define USHER_JSON_BODY_ERROR_H

#include "record/rule.h"
#include "json/body_json.h"

#define BODY_ERRORS_MAX 100 /* told in one answer: as many as somebody reads; all are counted */

#define POINTER_BYTES_MAX 512

/* Room for BODY_ERRORS_MAX errors with the longest pointers, of which JSON makes six bytes each at
 * the most, twice where one names another, and the longest messages. */
#define BODY_ERROR_BYTES_MAX (BODY_ERRORS_MAX * (6 * 2 * POINTER_BYTES_MAX + 512))

/* Where a value stands, from the inside out; the JSON pointer (RFC 6901) is made when needed. Or,
 * where `line` is not 0, the place of a cell in a text of lines; lines and columns count from 1. */
struct body_path {
    const struct body_path *parent; /* NULL: the root */
    const char *key;                /* NULL: `index` of an array; of a cell: its column's name */
    size_t index;
    size_t line, column; /* column 0: the whole line */
};

/* Adds an error at a path (NULL: the root): a rule, one with words of its own, one with bounds
 * (RANGE, LENGTH or ELEMENTS), or all that there is to tell. */
void body_error_at(struct body *body, const struct body_path *path, enum rule rule);
void body_error_in_words(struct body *body, const struct body_path *path, enum rule rule,
                         const char *words);
void body_error_between(struct body *body, const struct body_path *path, enum rule rule,
                        int64_t least, int64_t most);
void body_breach_at(struct body *body, const struct body_path *path, const struct breach *breach);

/* One element of an answer's `errors`: a pointer of `length` bytes, or a parameter's name, and what
 * is wrong with it. */
void breach_write(struct json_writer *writer, const char *field, size_t length,
                  const struct breach *breach);

#endif
