/* See unicode.h. */
#include "base/unicode.h"

#include <errno.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* ---- Forms ---- */

/* libunistring answers with the room it was given, or with memory of its own when that is short. */
static enum result keep_form(uint8_t *made, char *form, size_t length)
{
    if (made == NULL)
        return errno == ENOMEM ? RESULT_NO_MEMORY : RESULT_MALFORMED;
    if (made != (uint8_t *)form) {
        free(made);
        return RESULT_FULL;
    }
    form[length] = '\0';
    return RESULT_OK;
}

enum result unicode_compose(const char *text, char *form, size_t room)
{
    size_t length = room - 1;
    uint8_t *made =
        u8_normalize(UNINORM_NFC, (const uint8_t *)text, strlen(text), (uint8_t *)form, &length);
    return keep_form(made, form, length);
}

/* Turkish and Lithuanian have rules of their own, and a mailbox has no language. */
#define NO_LANGUAGE NULL

typedef uint8_t *case_function(const uint8_t *text, size_t length, const char *language,
                               uninorm_t form, uint8_t *made, size_t *made_length);

/* Canonical equivalents are taken apart first: some letters have their case only then. */
static enum result change_case(case_function *change, const char *text, char *form, size_t room)
{
    size_t apart_length = 0, length = room - 1;
    uint8_t *apart =
        u8_normalize(UNINORM_NFD, (const uint8_t *)text, strlen(text), NULL, &apart_length);
    if (apart == NULL)
        return errno == ENOMEM ? RESULT_NO_MEMORY : RESULT_MALFORMED;
    uint8_t *made = change(apart, apart_length, NO_LANGUAGE, UNINORM_NFC, (uint8_t *)form, &length);
    const enum result result = keep_form(made, form, length);
    free(apart);
    return result;
}

enum result unicode_fold(const char *text, char *form, size_t room)
{
    return change_case(u8_casefold, text, form, room);
}

enum result unicode_lower(const char *text, char *form, size_t room)
{
    return change_case(u8_tolower, text, form, room);
}

/* ---- Domains ---- */

#define LABEL_BYTES_MAX 63   /* RFC 1035, 2.3.4 */
#define DOMAIN_BYTES_MAX 253 /* RFC 1035's 255 octets, as text */

static bool is_letter_or_digit(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

/* Small letters, digits and hyphens (RFC 5890, 2.3.1). libidn2's own rule for ASCII is not used: it
 * drops what it does not like, so that "a_b" would be "ab". */
static bool labels_good(const char *ascii)
{
    size_t length = 0;
    for (const char *at = ascii;; at++) {
        if (*at == '.' || *at == '\0') {
            if (length < 1 || length > LABEL_BYTES_MAX || at[-1] == '-')
                return false;
            if (*at == '\0')
                return (size_t)(at - ascii) <= DOMAIN_BYTES_MAX;
            length = 0;
            continue;
        }
        if (!is_letter_or_digit(*at) && (*at != '-' || length == 0))
            return false;
        length++;
    }
}

static enum result domain_failure(int code)
{
    return code == IDN2_MALLOC ? RESULT_NO_MEMORY : RESULT_MALFORMED;
}

/* Names of plain letters, which nearly all are, need no tables, and may have hyphens where IDNA
 * wants them only in A-labels. */
static bool is_ascii_domain(const char *domain)
{
    for (const char *at = domain; *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80)
            return false;
    for (const char *label = domain; label != NULL; label = strchr(label, '.')) {
        label += *label == '.' ? 1 : 0;
        if (strncasecmp(label, "xn--", 4) == 0)
            return false;
    }
    return true;
}

static enum result fill_form(const char *made, char *form, size_t room)
{
    const size_t length = strlen(made);
    if (length >= room)
        return RESULT_FULL;
    memcpy(form, made, length + 1);
    return RESULT_OK;
}

static enum result plain_domain(const char *domain, char *form, size_t room, size_t *ascii_length)
{
    const enum result result = fill_form(domain, form, room);
    if (result != RESULT_OK)
        return result;
    for (char *at = form; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    *ascii_length = strlen(form);
    return labels_good(form) ? RESULT_OK : RESULT_MALFORMED;
}

enum result unicode_domain(const char *domain, char *form, size_t room, size_t *ascii_length)
{
    if (is_ascii_domain(domain))
        return plain_domain(domain, form, room, ascii_length);
    char *ascii = NULL, *made = NULL;
    int code = idn2_to_ascii_8z(domain, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    enum result result = code == IDN2_OK ? RESULT_OK : domain_failure(code);
    if (result == RESULT_OK && !labels_good(ascii))
        result = RESULT_MALFORMED;
    if (result == RESULT_OK) {
        *ascii_length = strlen(ascii);
        code = idn2_to_unicode_8z8z(ascii, &made, 0);
        result = code == IDN2_OK ? fill_form(made, form, room) : domain_failure(code);
    }
    idn2_free(ascii);
    idn2_free(made);
    return result;
}

/* ---- Characters ---- */

uint32_t unicode_next(const char **at)
{
    const uint8_t first = (uint8_t) * *at;
    if (first < 0x80) {
        *at += first == 0 ? 0 : 1;
        return first;
    }
    ucs4_t point = 0;
    *at = (const char *)u8_next(&point, (const uint8_t *)*at);
    return point;
}

/* Ranges that Unicode's properties do not tell, each with its reason. */
static const struct special {
    uint32_t first, last;
    enum unicode_kind kind;
} specials[] = {
    {0x061c, 0x061c, UNICODE_JOINER},     /* Arabic letter mark */
    {0x180b, 0x180d, UNICODE_SELECTOR},   /* Mongolian variants */
    {0x180e, 0x180e, UNICODE_JOINER},     /* Mongolian vowel separator */
    {0x180f, 0x180f, UNICODE_SELECTOR},   /* a Mongolian variant, too */
    {0x200c, 0x200f, UNICODE_JOINER},     /* ZWNJ: Persian; ZWJ: emoji, Indic; LRM, RLM */
    {0x2028, 0x2029, UNICODE_BREAK},      /* line and paragraph separator */
    {0x202a, 0x202e, UNICODE_DIRECTION},  /* embeddings and overrides */
    {0x2066, 0x2069, UNICODE_DIRECTION},  /* isolates */
    {0x2800, 0x2800, UNICODE_BLANK},      /* Braille's empty cell: by category a symbol */
    {0xfe00, 0xfe0f, UNICODE_SELECTOR},   /* variants: emoji or text */
    {0xfff9, 0xfffc, UNICODE_HIDDEN},     /* interlinear annotation, the place of an object */
    {0x1d159, 0x1d159, UNICODE_BLANK},    /* the musical symbol of no notehead */
    {0xe0100, 0xe01ef, UNICODE_SELECTOR}, /* variants of ideographs, as names have them */
};

enum unicode_kind unicode_kind(uint32_t point)
{
    if (point > ' ' && point < 0x7f)
        return UNICODE_VISIBLE;
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++)
        if (point >= specials[i].first && point <= specials[i].last)
            return specials[i].kind;
    if (uc_is_general_category(point, UC_CONTROL))
        return UNICODE_CONTROL;
    if (uc_is_property(point, UC_PROPERTY_NOT_A_CHARACTER))
        return UNICODE_NO_CHARACTER;
    if (uc_is_property(point, UC_PROPERTY_WHITE_SPACE))
        return UNICODE_BLANK;
    if (uc_is_property(point, UC_PROPERTY_DEFAULT_IGNORABLE_CODE_POINT))
        return UNICODE_HIDDEN;
    return uc_is_general_category(point, UC_MARK) ? UNICODE_MARK : UNICODE_VISIBLE;
}

bool unicode_is_blank(uint32_t point)
{
    return uc_is_property(point, UC_PROPERTY_WHITE_SPACE);
}

bool unicode_is_space(uint32_t point)
{
    return uc_is_general_category(point, UC_SPACE_SEPARATOR);
}

bool unicode_is_assigned(uint32_t point)
{
    return !uc_is_general_category(point, UC_UNASSIGNED);
}
