/* Numbers that jansson does not read as they are meant. Of those that are more than a double holds
 * it stops at the first, before it has seen whether the rest is JSON and whose value the number is
 * (RFC 8259, 6, lets each program set its range). And those that are written with a point or an
 * exponent it reads as doubles, though 7.0 and 7e0 are the integer 7 (JSON Schema, 6.1.1): a double
 * does not tell them from 7.0000000000000000001. Knows nothing else of JSON. */
#ifndef USHER_JSON_NUMBER_H
#define USHER_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Writes 1e308, with the number's sign and blanks behind it, over each of them that stands outside
 * of strings. `text` is of any form, without NUL but for the one at `text[length]`; all else stays
 * as it is, in its place. */
void json_numbers_limit(char *text, size_t length);

/* Whether a number outside of strings is an integer of up to 18 digits, and is not written as one.
 * `text` is of any form. */
bool json_integers_hide(const char *text, size_t length);

/* The text with those numbers written as integers, exactly, and all else as it is; malloc'd, at
 * most seven times as long. NULL: no memory. */
char *json_integers_spell(const char *text, size_t length, size_t *spelled_length);

#endif
