/* See number.h. */
#include "json/number.h"

#include "base/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* Below the greatest double, far above what any field takes, and no longer than the shortest number
 * that is too great: 1e309. */
static const char limit[] = "1e308";

/* The length of the number (RFC 8259, 6) that a text begins with; 0: none. */
static size_t number_length(const char *text)
{
    const char *at = text + (*text == '-' ? 1 : 0);
    const size_t whole = strspn(at, DIGITS);
    if (whole == 0 || (*at == '0' && whole > 1))
        return 0;
    at += whole;
    if (*at == '.') {
        const size_t fraction = strspn(at + 1, DIGITS);
        if (fraction == 0)
            return 0;
        at += 1 + fraction;
    }
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1 + (at[1] == '+' || at[1] == '-' ? 1 : 0);
        const size_t digits = strspn(exponent, DIGITS);
        if (digits == 0)
            return 0;
        at = exponent + digits;
    }
    return (size_t)(at - text);
}

static void limit_number(char *number, size_t length)
{
    if (!isinf(strtod(number, NULL)))
        return;
    const size_t sign = *number == '-' ? 1 : 0, digits = sizeof limit - 1;
    CHECK(length >= sign + digits);
    memcpy(number + sign, limit, digits);
    memset(number + sign + digits, ' ', length - sign - digits);
}

/* The length of a string with its quotes, or of what there is of it. */
static size_t string_length(const char *text, size_t length)
{
    size_t at = 1;
    while (at < length && text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at < length ? at + 1 : length;
}

void json_numbers_limit(char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        if (text[at] == '"') {
            at += string_length(text + at, length - at);
            continue;
        }
        /* All that a number is made of, so that the inside of something else is not taken for one.
         */
        const size_t run = strspn(text + at, "+-.eE" DIGITS);
        if (run > 0 && number_length(text + at) == run)
            limit_number(text + at, run);
        at += run > 0 ? run : 1;
    }
}
