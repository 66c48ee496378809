/* See coding.h. */
#include "http/coding.h"

#include "base/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *coding_name(enum coding coding)
{
    switch (coding) {
    case CODING_IDENTITY:
        return NULL;
    case CODING_GZIP:
        return "gzip";
    case CODING_BROTLI:
        return "br";
    case CODING_COUNT:
        break;
    }
    UNREACHABLE("content coding");
}

/* A weight in thousandths (RFC 9110, 12.4.2); -1: it is none. */
static int weight_parse(const char *text, size_t length)
{
    if (length == 0 || length > 5 || (text[0] != '0' && text[0] != '1') ||
        (length > 1 && text[1] != '.'))
        return -1;
    int weight = (text[0] - '0') * 1000, unit = 100;
    for (size_t i = 2; i < length; i++, unit /= 10) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        weight += (text[i] - '0') * unit;
    }
    return weight <= 1000 ? weight : -1;
}

static size_t without_blanks(const char **text, size_t length)
{
    while (length > 0 && (**text == ' ' || **text == '\t')) {
        (*text)++;
        length--;
    }
    while (length > 0 && ((*text)[length - 1] == ' ' || (*text)[length - 1] == '\t'))
        length--;
    return length;
}

static bool names(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(text, name, length) == 0;
}

/* An element's weight goes to the coding that it names; `*rest` is that of "*". */
static void element_read(const char *element, size_t length, int weights[static CODING_COUNT],
                         int *rest)
{
    const char *end = memchr(element, ';', length);
    const char *parameter = end == NULL ? element + length : end + 1;
    size_t parameter_length = length - (size_t)(parameter - element);
    size_t name_length = end == NULL ? length : (size_t)(end - element);
    int weight = 1000;
    name_length = without_blanks(&element, name_length);
    if (end != NULL) {
        parameter_length = without_blanks(&parameter, parameter_length);
        if (parameter_length < 2 || strncasecmp(parameter, "q=", 2) != 0)
            return;
        weight = weight_parse(parameter + 2, parameter_length - 2);
    }
    if (weight < 0)
        return;
    if (names(element, name_length, "*"))
        *rest = weight;
    if (names(element, name_length, "identity"))
        weights[CODING_IDENTITY] = weight;
    if (names(element, name_length, "gzip") || names(element, name_length, "x-gzip"))
        weights[CODING_GZIP] = weight;
    if (names(element, name_length, "br"))
        weights[CODING_BROTLI] = weight;
}

enum coding coding_choose(const char *accept, unsigned offered)
{
    int weights[CODING_COUNT] = {-1, -1, -1}, rest = -1;
    if (accept == NULL)
        return CODING_IDENTITY;
    for (size_t length; *accept != '\0'; accept += length + (accept[length] == ',')) {
        length = (size_t)(strchrnul(accept, ',') - accept);
        element_read(accept, length, weights, &rest);
    }
    enum coding best = CODING_IDENTITY;
    int best_weight = weights[CODING_IDENTITY] > 0 ? weights[CODING_IDENTITY] : 0;
    for (enum coding coding = CODING_IDENTITY + 1; coding < CODING_COUNT; coding++) {
        const int weight = weights[coding] >= 0 ? weights[coding] : rest;
        if ((offered >> coding & 1) != 0 && weight > 0 && weight >= best_weight) {
            best = coding;
            best_weight = weight;
        }
    }
    return best;
}
