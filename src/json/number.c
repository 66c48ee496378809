/* See number.h. */
#include "json/number.h"

#include "base/check.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Below the greatest double, far above what any field takes, and no longer than the shortest number
 * that is too great: 1e309. */
static const char limit[] = "1e308";

/* What an int64_t always has room for. No field takes more than 16 digits. */
#define INTEGER_DIGITS_MAX 18

/* Far more than a text has digits, and far from the end of an int64_t. */
#define EXPONENT_MAX INT64_C(1000000000000)

/* A number's parts, where they stand in the text. */
struct number {
    const char *text;       /* behind the sign */
    size_t sign, length;    /* the length is the whole number's, with its sign */
    size_t whole, fraction; /* digits before and behind the point */
    int64_t exponent;
    bool is_plain; /* neither point nor exponent */
};

static bool is_json_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t count_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && is_json_digit(text[count]))
        count++;
    return count;
}

/* The exponent's length, with its letter; 0: it has no digits. */
static size_t read_exponent(const char *text, size_t length, int64_t *exponent)
{
    size_t at = 1;
    const bool negative = length > 1 && text[1] == '-';
    if (length > 1 && (text[1] == '+' || text[1] == '-'))
        at++;
    const size_t digits = count_digits(text + at, length - at);
    *exponent = 0;
    for (size_t i = 0; i < digits && *exponent < EXPONENT_MAX; i++)
        *exponent = 10 * *exponent + (text[at + i] - '0');
    if (negative)
        *exponent = -*exponent;
    return digits == 0 ? 0 : at + digits;
}

/* Whether the text, to its end, is a number (RFC 8259, 6). */
static bool number_read(const char *text, size_t length, struct number *number)
{
    const size_t sign = length > 0 && text[0] == '-' ? 1 : 0;
    *number = (struct number){.text = text + sign, .sign = sign, .length = length};
    size_t at = sign;
    number->whole = count_digits(text + at, length - at);
    if (number->whole == 0 || (text[at] == '0' && number->whole > 1))
        return false;
    at += number->whole;
    number->is_plain = at == length;
    if (at < length && text[at] == '.') {
        number->fraction = count_digits(text + at + 1, length - at - 1);
        if (number->fraction == 0)
            return false;
        at += 1 + number->fraction;
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        const size_t took = read_exponent(text + at, length - at, &number->exponent);
        if (took == 0)
            return false;
        at += took;
    }
    return at == length;
}

/* One of all digits of the number, without the point; zeros follow them. */
static char digit_at(const struct number *number, size_t place)
{
    if (place >= number->whole + number->fraction)
        return '0';
    return number->text[place < number->whole ? place : place + 1];
}

/* The digits of its value, without zeros before them: 0 where they are more than an integer takes,
 * or the value is none. */
static size_t integer_digits(const struct number *number, char digits[static INTEGER_DIGITS_MAX])
{
    const size_t written = number->whole + number->fraction;
    const int64_t end = (int64_t)number->whole + number->exponent; /* where the point really is */
    size_t count = 0, first = 0;
    while (first < written && digit_at(number, first) == '0')
        first++;
    if (first == written) {
        digits[0] = '0';
        return 1;
    }
    for (size_t i = end < 0 ? 0 : (size_t)end; i < written; i++)
        if (digit_at(number, i) != '0')
            return 0;
    if (end - (int64_t)first > INTEGER_DIGITS_MAX)
        return 0;
    for (size_t i = first; (int64_t)i < end; i++)
        digits[count++] = digit_at(number, i);
    return count;
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

/* All that a number is made of, so that the inside of something else is not taken for one. */
static size_t number_run_length(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && (is_json_digit(text[at]) || text[at] == '+' || text[at] == '-' ||
                           text[at] == '.' || text[at] == 'e' || text[at] == 'E'))
        at++;
    return at;
}

/* The next piece of a text that is not empty: a string, a run of what numbers are made of, or a
 * byte of something else. */
static size_t piece_length(const char *text, size_t length)
{
    if (text[0] == '"')
        return string_length(text, length);
    const size_t run = number_run_length(text, length);
    return run > 0 ? run : 1;
}

void json_numbers_limit(char *text, size_t length)
{
    struct number number;
    for (size_t at = 0, piece; at < length; at += piece) {
        piece = piece_length(text + at, length - at);
        if (number_read(text + at, piece, &number))
            limit_number(text + at, piece);
    }
}

/* Writes the text with its integers spelled as such, where `spelled` is not NULL; how long that is.
 */
static size_t spell_integers(const char *text, size_t length, char *spelled)
{
    char digits[INTEGER_DIGITS_MAX];
    struct number number;
    size_t written = 0;
    for (size_t at = 0, piece; at < length; at += piece) {
        piece = piece_length(text + at, length - at);
        const bool differs = number_read(text + at, piece, &number) && !number.is_plain;
        const size_t count = differs ? integer_digits(&number, digits) : 0;
        const size_t kept = count == 0 ? piece : number.sign;
        if (spelled != NULL) {
            memcpy(spelled + written, text + at, kept);
            memcpy(spelled + written + kept, digits, count);
        }
        written += kept + count;
    }
    return written;
}

bool json_integers_hide(const char *text, size_t length)
{
    char digits[INTEGER_DIGITS_MAX];
    struct number number;
    for (size_t at = 0, piece; at < length; at += piece) {
        piece = piece_length(text + at, length - at);
        if (number_read(text + at, piece, &number) && !number.is_plain &&
            integer_digits(&number, digits) > 0)
            return true;
    }
    return false;
}

char *json_integers_spell(const char *text, size_t length, size_t *spelled_length)
{
    *spelled_length = spell_integers(text, length, NULL);
    char *spelled = malloc(*spelled_length);
    if (spelled != NULL)
        CHECK(spell_integers(text, length, spelled) == *spelled_length);
    return spelled;
}
