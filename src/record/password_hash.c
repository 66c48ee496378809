/* See password_hash.h. */
#include "record/password_hash.h"

#include "base/base64.h"

#include <stddef.h>
#include <string.h>

static const char *const labels[] = {"$argon2id$v=19$m=", ",t=", ",p="};

#define NUMBER_COUNT (sizeof labels / sizeof labels[0])
#define NUMBER_DIGITS_MAX 10 /* of 32 bits */

_Static_assert(17 + 3 + 3 + 2 + NUMBER_COUNT * NUMBER_DIGITS_MAX +
                       BASE64_CHARACTERS(PASSWORD_SALT_BYTES) +
                       BASE64_CHARACTERS(PASSWORD_KEY_BYTES) <=
                   PASSWORD_HASH_BYTES_MAX,
               "a text always fits");

/* Passes `expected`; false when something else stands there. */
static bool skip(const char **at, const char *expected)
{
    const size_t length = strlen(expected);
    if (strncmp(*at, expected, length) != 0)
        return false;
    *at += length;
    return true;
}

/* As put_number writes it, without zeros before it. */
static bool take_number(const char **at, uint32_t *number)
{
    uint64_t value = 0;
    const char *const start = *at;
    for (; **at >= '0' && **at <= '9' && *at - start < NUMBER_DIGITS_MAX; (*at)++)
        value = value * 10 + (uint64_t)(**at - '0');
    *number = (uint32_t)value;
    return *at != start && (*start != '0' || *at - start == 1) && value <= UINT32_MAX;
}

static bool take_base64(const char **at, uint8_t *bytes, size_t count)
{
    const size_t characters = BASE64_CHARACTERS(count);
    if (!base64_decode(BASE64_STANDARD, *at, characters, bytes, count))
        return false;
    *at += characters;
    return true;
}

static char *pack_text(char *at, const char *text)
{
    const size_t length = strlen(text);
    memcpy(at, text, length);
    return at + length;
}

static char *put_number(char *at, uint32_t number)
{
    char reversed[NUMBER_DIGITS_MAX];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *at++ = reversed[--count];
    return at;
}

static char *put_base64(char *at, const uint8_t *bytes, size_t count)
{
    return at + base64_encode(BASE64_STANDARD, bytes, count, at);
}

void password_hash_format(const struct password_hash *hash,
                          char text[static PASSWORD_HASH_BYTES_MAX + 1])
{
    const uint32_t numbers[NUMBER_COUNT] = {hash->kibibytes, hash->passes, hash->lanes};
    char *at = text;
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        at = put_number(pack_text(at, labels[i]), numbers[i]);
    at = put_base64(pack_text(at, "$"), hash->salt, PASSWORD_SALT_BYTES);
    at = put_base64(pack_text(at, "$"), hash->key, PASSWORD_KEY_BYTES);
    *at = '\0';
}

bool password_hash_parse(const char *text, struct password_hash *hash)
{
    const char *at = text;
    uint32_t numbers[NUMBER_COUNT];
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        if (!skip(&at, labels[i]) || !take_number(&at, &numbers[i]))
            return false;
    if (numbers[1] > UINT16_MAX || numbers[2] > UINT16_MAX)
        return false;
    hash->kibibytes = numbers[0];
    hash->passes = (uint16_t)numbers[1];
    hash->lanes = (uint16_t)numbers[2];
    return skip(&at, "$") && take_base64(&at, hash->salt, PASSWORD_SALT_BYTES) && skip(&at, "$") &&
           take_base64(&at, hash->key, PASSWORD_KEY_BYTES) && *at == '\0';
}
