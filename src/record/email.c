/* See email.h. */
#include "record/email.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "record/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A longer text does not fit when it is folded: a character comes apart into four at the most. */
#define GIVEN_BYTES_MAX (EMAIL_BYTES_MAX * 4)

/* ---- A new address ---- */

static bool local_part_good(const char *local)
{
    bool first = true;
    for (uint32_t point; (point = unicode_next(&local)) != 0; first = false) {
        const enum unicode_kind kind = unicode_kind(point);
        if (kind != UNICODE_VISIBLE && (kind != UNICODE_MARK || first))
            return false;
        if (!unicode_is_assigned(point))
            return false;
    }
    return !first;
}

/* A character that IDNA would drop without a word is refused: people would not see it there. */
static bool nothing_hidden(const char *domain)
{
    for (uint32_t point; (point = unicode_next(&domain)) != 0;) {
        const enum unicode_kind kind = unicode_kind(point);
        if (kind != UNICODE_VISIBLE && kind != UNICODE_MARK && kind != UNICODE_JOINER)
            return false;
    }
    return true;
}

static bool is_number(const char *label)
{
    return label[strspn(label, "0123456789")] == '\0';
}

/* Whether a name of U-labels may stand in an address. */
static bool domain_good(const char *domain)
{
    const char *last = strrchr(domain, '.');
    return last == NULL ? strcmp(domain, "localhost") == 0 : !is_number(last + 1);
}

/* Puts '@' and the domain behind a local part. False: no room. */
static bool append_domain(char text[static EMAIL_BYTES_MAX + 1], const char *domain)
{
    const size_t local = strlen(text), length = strlen(domain);
    if (local + 1 + length > EMAIL_BYTES_MAX)
        return false;
    text[local] = '@';
    memcpy(text + local + 1, domain, length + 1);
    return true;
}

static enum result read_parts(const char *local, const char *given_domain, struct email *email)
{
    char domain[EMAIL_BYTES_MAX + 1];
    size_t ascii_length = 0;
    if (!local_part_good(local) || !nothing_hidden(given_domain))
        return RESULT_MALFORMED;
    enum result result = unicode_domain(given_domain, domain, sizeof domain, &ascii_length);
    if (result == RESULT_OK)
        result = unicode_lower(local, email->address, sizeof email->address);
    if (result == RESULT_OK)
        result = unicode_fold(local, email->mailbox, sizeof email->mailbox);
    if (result != RESULT_OK)
        return result == RESULT_FULL ? RESULT_MALFORMED : result;
    const bool good =
        domain_good(domain) && strlen(email->address) + 1 + ascii_length <= EMAIL_BYTES_MAX &&
        append_domain(email->address, domain) && append_domain(email->mailbox, domain);
    return good ? RESULT_OK : RESULT_MALFORMED;
}

static enum result read_new(char *given, struct email *email)
{
    char *at = strchr(given, '@');
    if (at == NULL || strchr(at + 1, '@') != NULL)
        return RESULT_MALFORMED;
    *at = '\0';
    return read_parts(given, at + 1, email);
}

/* ---- An address of the old rule ---- */

/* Copies it with small ASCII letters. False: that schema did not take it. */
static bool spell(const char *given, char spelled[static EMAIL_BYTES_MAX + 1])
{
    const size_t length = strlen(given);
    const char *at = strchr(given, '@');
    spelled[0] = '\0';
    if (at == NULL || at == given || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        length > EMAIL_BYTES_MAX)
        return false;
    for (size_t i = 0; i <= length; i++) {
        const char byte = given[i];
        if (i < length && ((unsigned char)byte <= ' ' || byte == 0x7f)) {
            spelled[0] = '\0';
            return false;
        }
        spelled[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    return true;
}

/* That schema kept blanks of other scripts, so only ASCII's are taken off around it. */
static void trim_ascii(const char **text, size_t *length)
{
    static const char blanks[] = " \t\n\v\f\r";
    *text += strspn(*text, blanks);
    *length = strlen(*text);
    while (*length > 0 && strchr(blanks, (*text)[*length - 1]) != NULL)
        (*length)--;
}

/* ---- Both ---- */

enum result email_read(const char *text, enum email_rule rule, struct email *email)
{
    char given[GIVEN_BYTES_MAX + 1];
    size_t length, points;
    trim_ascii(&text, &length);
    if (length > GIVEN_BYTES_MAX || !utf8_count(text, length, &points))
        return RESULT_MALFORMED;
    memcpy(given, text, length);
    given[length] = '\0';
    const bool known = spell(given, email->spelled);
    size_t trimmed;
    char *const first = given + (text_trim(given, &trimmed) - given);
    first[trimmed] = '\0';
    const enum result result = read_new(first, email);
    if (result == RESULT_OK && !known)
        memcpy(email->spelled, email->address, sizeof email->spelled);
    if (result != RESULT_MALFORMED || rule == EMAIL_NEW || !known)
        return result;
    memcpy(email->address, email->spelled, sizeof email->address);
    memcpy(email->mailbox, email->spelled, sizeof email->mailbox);
    return RESULT_OK;
}

/* Small ASCII letters without an A-label are either in their mailbox's form or malformed. */
static bool needs_no_folding(const char *kept)
{
    for (const char *at = kept; *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80 || (*at >= 'A' && *at <= 'Z'))
            return false;
    return strstr(kept, "xn--") == NULL;
}

enum result email_mailbox(const char *kept, char room[static EMAIL_BYTES_MAX + 1],
                          const char **mailbox)
{
    struct email email;
    *mailbox = kept;
    if (needs_no_folding(kept))
        return RESULT_OK;
    const enum result result = email_read(kept, EMAIL_NEW, &email);
    if (result == RESULT_OK && strcmp(email.mailbox, kept) != 0) {
        memcpy(room, email.mailbox, sizeof email.mailbox);
        *mailbox = room;
    }
    return result == RESULT_NO_MEMORY ? result : RESULT_OK;
}
