/* Errors of a body's fields, each with a JSON pointer (RFC 6901), collected for one answer. */
#ifndef USHER_JSON_BODY_ERROR_H
#define USHER_JSON_BODY_ERROR_H

#include "json/body_json.h"

#define BODY_ERRORS_MAX 100 /* told in one answer: as many as somebody reads; all are counted */

#define POINTER_BYTES_MAX 512

/* Room for BODY_ERRORS_MAX errors with the longest pointers, of which JSON makes six bytes each at
 * the most, and the longest messages. */
#define BODY_ERROR_BYTES_MAX (BODY_ERRORS_MAX * (6 * POINTER_BYTES_MAX + 256))

/* Where a value stands, from the inside out; the JSON pointer (RFC 6901) is made when needed. */
struct body_path {
    const struct body_path *parent; /* NULL: the root */
    const char *key;                /* NULL: `index` of an array */
    size_t index;
};

/* Adds an error at a path (NULL: the root). */
void body_error_at(struct body *body, const struct body_path *path, const char *message);

#endif
