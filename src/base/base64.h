/* Base64 without padding (RFC 4648). */
#ifndef USHER_BASE_BASE64_H
#define USHER_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum base64_alphabet {
    BASE64_STANDARD, /* section 4 */
    BASE64_URL,      /* section 5 */
};

/* Four characters for three bytes. */
#define BASE64_CHARACTERS(bytes) (((bytes)*8 + 5) / 6)

/* Writes no NUL; returns the characters. */
size_t base64_encode(enum base64_alphabet alphabet, const uint8_t *bytes, size_t length,
                     char *text);

/* False unless the text is the one encoding of exactly `length` bytes. Reads no further than the
 * first character that is none of the alphabet's. */
bool base64_decode(enum base64_alphabet alphabet, const char *text, size_t text_length,
                   uint8_t *bytes, size_t length);

#endif
