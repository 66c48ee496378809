/* See base64.h. */
#include "base/base64.h"

#define COMMON_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char *const digits[] = {
    [BASE64_STANDARD] = COMMON_DIGITS "+/",
    [BASE64_URL] = COMMON_DIGITS "-_",
};

size_t base64_encode(enum base64_alphabet alphabet, const uint8_t *bytes, size_t length, char *text)
{
    size_t written = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | bytes[i];
        for (count += 8; count >= 6; count -= 6)
            text[written++] = digits[alphabet][bits >> (count - 6) & 63];
    }
    if (count > 0)
        text[written++] = digits[alphabet][bits << (6 - count) & 63];
    return written;
}

#define NO_DIGIT 64

/* A table, for comparisons of random characters are ones that the processor cannot foresee. */
static unsigned digit_value(enum base64_alphabet alphabet, char digit)
{
    static const uint8_t values['z' - '0' + 1] = {
        52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0,  1,
        2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
        21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64, 26, 27, 28, 29, 30, 31, 32, 33,
        34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51};
    const unsigned value = digit < '0' || digit > 'z' ? NO_DIGIT : values[digit - '0'];
    if (value != NO_DIGIT)
        return value;
    return digit == digits[alphabet][62] ? 62 : digit == digits[alphabet][63] ? 63 : NO_DIGIT;
}

bool base64_decode(enum base64_alphabet alphabet, const char *text, size_t text_length,
                   uint8_t *bytes, size_t length)
{
    if (text_length != BASE64_CHARACTERS(length))
        return false;
    uint32_t bits = 0;
    unsigned count = 0;
    size_t written = 0;
    for (size_t i = 0; i < text_length; i++) {
        const unsigned value = digit_value(alphabet, text[i]);
        if (value == NO_DIGIT)
            return false;
        bits = bits << 6 | value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[written++] = (uint8_t)(bits >> count);
        }
    }
    return (bits & ((UINT32_C(1) << count) - 1)) == 0; /* bits left over are zero */
}
