/* The kinds of characters that HTTP's grammar knows (RFC 9110, 5.5 and 5.6.2; RFC 3986, 2). */
#ifndef USHER_HTTP_CHARACTER_H
#define USHER_HTTP_CHARACTER_H

#include <stdbool.h>

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The value of a hexadecimal digit, or -1. */
static inline int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum character_kind {
    CHARACTER_TOKEN = 1,
    CHARACTER_VALUE = 2,
    CHARACTER_TARGET = 4,
};

extern const unsigned char character_kinds[256]; /* sets of them */

static inline bool is_of_kind(char c, enum character_kind kind)
{
    return (character_kinds[(unsigned char)c] & kind) != 0;
}

/* tchar: the characters of names of methods and headers. */
static inline bool is_token_character(char c)
{
    return is_of_kind(c, CHARACTER_TOKEN);
}

/* The characters of a header's value: visible ones, blanks and tabs, and bytes past ASCII. */
static inline bool is_value_character(char c)
{
    return is_of_kind(c, CHARACTER_VALUE);
}

/* The characters of a request target. '#' is none: it begins a fragment, which is never sent. */
static inline bool is_target_character(char c)
{
    return is_of_kind(c, CHARACTER_TARGET);
}

#endif
