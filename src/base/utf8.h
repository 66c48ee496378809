/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF. */
#ifndef USHER_BASE_UTF8_H
#define USHER_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Counts the code points of `length` bytes; false when they are not well-formed UTF-8. */
bool utf8_count(const char *text, size_t length, size_t *count);

#endif
