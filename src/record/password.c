/* See password.h. */
#include "record/password.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "record/email.h"
#include "record/text.h"

#include <stdbool.h>
#include <string.h>

static const char *const common[] = {
#define COMMON_PASSWORD(text) text,
#include "record/common_password.def"
};

/* ---- The normal form ---- */

/* Copies a text with U+0020 for every space: none is shorter than that. */
static void copy_spaces(const char *text, char *copy)
{
    for (const char *next = text; *text != '\0'; text = next) {
        if (unicode_is_space(unicode_next(&next))) {
            *copy++ = ' ';
            continue;
        }
        memcpy(copy, text, (size_t)(next - text));
        copy += next - text;
    }
    *copy = '\0';
}

enum result password_form(const char *given, char form[static PASSWORD_FORM_BYTES])
{
    char spaced[PASSWORD_GIVEN_BYTES_MAX + 1];
    size_t length = strlen(given), points;
    if (!utf8_count(given, length, &points))
        return RESULT_MALFORMED;
    if (length > PASSWORD_GIVEN_BYTES_MAX)
        return RESULT_FULL;
    copy_spaces(given, spaced);
    return unicode_compose(spaced, form, PASSWORD_FORM_BYTES);
}

/* ---- Passwords that nobody may choose ---- */

/* Of any text that is compared here: a folded character takes three times its bytes at the most. */
#define FOLDED_BYTES (PASSWORD_FORM_BYTES * 3)

static bool is_common(const char *folded)
{
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (strcmp(common[i], folded) == 0)
            return true;
    return false;
}

/* Whether the folded password is `text`, but for case and the blanks around it. */
static enum result is_same(const char *folded, const char *text, size_t length, bool *same)
{
    char copy[PASSWORD_FORM_BYTES], other[FOLDED_BYTES];
    if (*same || length >= sizeof copy)
        return RESULT_OK;
    memcpy(copy, text, length);
    copy[length] = '\0';
    const enum result result = unicode_fold(copy, other, sizeof other);
    *same = result == RESULT_OK && strcmp(folded, other) == 0;
    return result == RESULT_NO_MEMORY ? result : RESULT_OK;
}

/* Whether it is the address, however that is spelled, or what stands before its '@'. */
static enum result is_email(const char *folded, const char *mailbox, bool *same)
{
    struct email email;
    enum result result = email_read(folded, EMAIL_KNOWN, &email);
    if (result == RESULT_OK && strcmp(email.mailbox, mailbox) == 0)
        *same = true;
    if (result != RESULT_NO_MEMORY)
        result = is_same(folded, mailbox, strcspn(mailbox, "@"), same);
    return result == RESULT_OK ? is_same(folded, mailbox, strlen(mailbox), same) : result;
}

enum result password_judge(const char *form, const char *mailbox, const char *name,
                           enum rule *broken)
{
    char folded[FOLDED_BYTES];
    bool own_email = false, own_name = false;
    *broken = RULE_NONE;
    size_t length;
    const char *first = text_trim(form, &length);
    if (!text_is_visible(form)) {
        *broken = RULE_INVISIBLE;
        return RESULT_OK;
    }
    char trimmed[PASSWORD_FORM_BYTES];
    memcpy(trimmed, first, length);
    trimmed[length] = '\0';
    enum result result = unicode_fold(trimmed, folded, sizeof folded);
    if (result == RESULT_OK && mailbox != NULL)
        result = is_email(folded, mailbox, &own_email);
    if (result == RESULT_OK && name != NULL)
        result = is_same(folded, name, strlen(name), &own_name);
    if (result != RESULT_OK)
        return result == RESULT_NO_MEMORY ? result : RESULT_OK;
    if (is_common(folded))
        *broken = RULE_PASSWORD_COMMON;
    else if (own_email)
        *broken = RULE_PASSWORD_EMAIL;
    else if (own_name)
        *broken = RULE_PASSWORD_NAME;
    return RESULT_OK;
}
