/* Who somebody is: e-mail addresses, passwords and names in any bytes. What was folded stays as it
 * is, all normal forms of one text are one, nothing is longer than its bound, and whatever a later
 * rule refuses can still be looked for as it was kept. */
#include "fuzz.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "record/email.h"
#include "record/password.h"
#include "record/text.h"

#include <uninorm.h>

#define TEXT_BYTES_MAX 512
/* A character comes apart into four at the most, and a folded one again. */
#define FORM_BYTES_MAX (TEXT_BYTES_MAX * 16)

static bool same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void normalise(uninorm_t form, const char *text, char made[static FORM_BYTES_MAX])
{
    size_t length = FORM_BYTES_MAX - 1;
    const uint8_t *there =
        u8_normalize(form, (const uint8_t *)text, strlen(text), (uint8_t *)made, &length);
    CHECK(there == (uint8_t *)made);
    made[length] = '\0';
}

static void fold(const char *text, char folded[static FORM_BYTES_MAX])
{
    CHECK(unicode_fold(text, folded, FORM_BYTES_MAX) == RESULT_OK);
}

/* ---- Texts ---- */

static void check_forms(const char *text)
{
    static char apart[FORM_BYTES_MAX], together[FORM_BYTES_MAX], folded[FORM_BYTES_MAX],
        again[FORM_BYTES_MAX];
    normalise(UNINORM_NFD, text, apart);
    normalise(UNINORM_NFC, text, together);
    fold(text, folded);
    fold(folded, again);
    CHECK(same_text(folded, again));
    fold(apart, again);
    CHECK(same_text(folded, again));
    fold(together, again);
    CHECK(same_text(folded, again));
    CHECK(unicode_lower(text, again, sizeof again) == RESULT_OK);
    fold(again, apart);
    CHECK(same_text(folded, apart));
    CHECK(unicode_compose(text, again, sizeof again) == RESULT_OK && same_text(again, together));
}

static void check_trim(const char *text)
{
    struct text_problem problem;
    char copy[TEXT_BYTES_MAX];
    size_t length, again;
    const char *first = text_trim(text, &length);
    CHECK(first >= text && first + length <= text + strlen(text));
    memcpy(copy, first, length);
    copy[length] = '\0';
    CHECK(text_trim(copy, &again) == copy && again == length);
    const bool line = text_is_line(copy, &problem);
    CHECK(line || (strlen(problem.words) > 0 && problem.rule != RULE_NONE));
    CHECK(!line || (text_is_visible(copy) && text_is_prose(copy, &problem)));
}

/* ---- Passwords ---- */

static void check_password(const char *text)
{
    char form[PASSWORD_FORM_BYTES], again[PASSWORD_FORM_BYTES];
    static char apart[FORM_BYTES_MAX];
    enum rule problem = RULE_NONE;
    if (password_form(text, form) != RESULT_OK)
        return;
    CHECK(password_form(form, again) == RESULT_OK && same_text(form, again));
    normalise(UNINORM_NFD, text, apart);
    if (strlen(apart) <= PASSWORD_GIVEN_BYTES_MAX)
        CHECK(password_form(apart, again) == RESULT_OK && same_text(form, again));
    size_t length;
    const char *first = text_trim(form, &length);
    memcpy(again, first, length);
    again[length] = '\0';
    /* Nobody may have one's own name, nor what cannot be seen. */
    CHECK(password_judge(form, "ann@example.com", again, &problem) == RESULT_OK);
    CHECK(problem != RULE_NONE);
}

/* ---- Addresses ---- */

static void check_new(const struct email *email)
{
    struct email again;
    CHECK(email_read(email->address, EMAIL_NEW, &again) == RESULT_OK);
    CHECK(same_text(again.address, email->address) && same_text(again.mailbox, email->mailbox));
    /* What folds to the mailbox is one, too: it may be another's address. */
    CHECK(email_read(email->mailbox, EMAIL_NEW, &again) == RESULT_OK);
    CHECK(same_text(again.mailbox, email->mailbox));
    static char apart[FORM_BYTES_MAX];
    normalise(UNINORM_NFD, email->address, apart);
    CHECK(email_read(apart, EMAIL_NEW, &again) == RESULT_OK);
    CHECK(same_text(again.mailbox, email->mailbox));
    const char *at = strchr(email->mailbox, '@');
    CHECK(at != NULL && at > email->mailbox && at[1] != '\0' && strchr(at + 1, '@') == NULL);
    CHECK(at[1] != '.' && at[1] != '-' && strstr(at, "..") == NULL);
    CHECK(strncmp(at, "@xn--", 5) != 0 && strstr(at, ".xn--") == NULL);
    CHECK(strchr(at, '.') != NULL || same_text(at, "@localhost"));
}

/* Whether the old rule took it, in its own words. */
static bool was_taken(const char *text)
{
    const char *at = strchr(text, '@');
    if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL)
        return false;
    for (const char *byte = text; *byte != '\0'; byte++)
        if ((unsigned char)*byte <= ' ' || *byte == 0x7f)
            return false;
    return strlen(text) <= EMAIL_BYTES_MAX;
}

static void check_email(const char *text, bool utf8)
{
    struct email new, known;
    char room[EMAIL_BYTES_MAX + 1];
    const char *mailbox;
    const bool is_new = email_read(text, EMAIL_NEW, &new) == RESULT_OK;
    const bool is_known = email_read(text, EMAIL_KNOWN, &known) == RESULT_OK;
    CHECK(is_known || !is_new);
    CHECK(utf8 || !is_known);
    CHECK(is_known || !utf8 || !was_taken(text));
    if (is_new) {
        check_new(&new);
        CHECK(same_text(new.mailbox, known.mailbox));
    }
    if (!is_known || !was_taken(text))
        return;
    CHECK(strcasecmp(known.spelled, text) == 0);
    CHECK(email_mailbox(known.spelled, room, &mailbox) == RESULT_OK);
    CHECK(same_text(mailbox, known.mailbox));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_BYTES_MAX];
    size_t points;
    if (size >= sizeof text || memchr(data, '\0', size) != NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    const bool utf8 = utf8_count(text, size, &points);
    check_email(text, utf8);
    if (!utf8)
        return 0;
    check_forms(text);
    check_trim(text);
    check_password(text);
    return 0;
}
