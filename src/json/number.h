/* Numbers that are good JSON and more than a double holds (RFC 8259, 6, lets each program set its
 * range). jansson stops at the first of them, before it has seen whether the rest is JSON and
 * whose value the number is. Knows nothing else of JSON. */
#ifndef USHER_JSON_NUMBER_H
#define USHER_JSON_NUMBER_H

#include <stddef.h>

/* Writes 1e308, with the number's sign and blanks behind it, over each of them that stands outside
 * of strings. `text` is of any form, without NUL but for the one at `text[length]`; all else stays
 * as it is, in its place. */
void json_numbers_limit(char *text, size_t length);

#endif
