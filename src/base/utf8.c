/* See utf8.h; the ranges are those of the table in RFC 3629, section 4. */
#include "base/utf8.h"

#include <stdint.h>

/* The bytes of the sequence that starts at `at`, or 0. */
static size_t sequence_length(const uint8_t *at, size_t rest)
{
    const uint8_t first = at[0];
    if (first < 0x80)
        return 1;
    const size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                          : first >= 0xe0 && first <= 0xef ? 3
                          : first >= 0xf0 && first <= 0xf4 ? 4
                                                           : 0;
    if (length == 0 || length > rest)
        return 0;
    const uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (at[i] < 0x80 || at[i] > 0xbf)
            return 0;
    return length;
}

bool utf8_count(const char *text, size_t length, size_t *count)
{
    const uint8_t *at = (const uint8_t *)text;
    size_t points = 0;
    for (size_t i = 0; i < length; points++) {
        const size_t step = sequence_length(at + i, length - i);
        if (step == 0)
            return false;
        i += step;
    }
    *count = points;
    return true;
}
