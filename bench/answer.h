/* An answer, and the few things that a load reads out of its JSON. usher writes objects without
 * blanks, so a member is found as text. */
#ifndef USHER_BENCH_ANSWER_H
#define USHER_BENCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#define ID_BYTES_MAX 40 /* "reservation_", 26 of the id, NUL */

/* Lies in its connection until the next request. */
struct answer {
    int status;
    const char *body; /* a NUL follows it */
    size_t length;
};

/* What follows the first `before` in the text, or NULL. */
const char *text_after(const char *text, const char *before);

/* Copies the string that begins at `text` and ends before a quote; false when it is no id. */
bool id_copy(char id[static ID_BYTES_MAX], const char *text);

/* The object's own id, which stands first. */
bool answer_id(const struct answer *answer, char id[static ID_BYTES_MAX]);

/* Whether it is a token that was let in. */
bool answer_is_active(const struct answer *answer);

#endif
