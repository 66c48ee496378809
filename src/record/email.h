/* E-mail addresses: which may be given, and when two name one mailbox. */
#ifndef USHER_RECORD_EMAIL_H
#define USHER_RECORD_EMAIL_H

#include "base/result.h"
#include "record/limit.h"

/* An address somebody gave. */
struct email {
    /* As it is kept, shown and written to: composed, in small letters. */
    char address[EMAIL_BYTES_MAX + 1];
    /* The one form of its mailbox, in which accounts are compared: case folded. */
    char mailbox[EMAIL_BYTES_MAX + 1];
    /* As the old rule has it, which took any text with an '@' in it and made ASCII's letters small.
     * There are accounts that are kept so, under a spelling of their own. */
    char spelled[EMAIL_BYTES_MAX + 1];
};

enum email_rule {
    EMAIL_NEW,   /* of an account to be: by the rule below */
    EMAIL_KNOWN, /* of one that may be there: also by the old rule */
};

/* Reads an address. Blanks around it do not count. A new one is a local part, '@' and a domain.
 *
 * The local part is compared composed (NFC) and case folded: no provider of this century tells JOSÉ
 * from josé, whatever RFC 5321 allows. It has no blank, nothing hidden, no joiners, and no
 * character that is younger than the tables here, since what that folds to is not known. Its dots,
 * tags and length are the provider's business.
 *
 * The domain is one by IDNA 2008 and DNS (unicode.h) of at least two labels, the last not a number;
 * `localhost` (RFC 6761, 6.3) is the exception, for a house that tries usher out. It is
 * kept in U-labels, as people read it.
 *
 * The whole has at most EMAIL_BYTES_MAX bytes, in U-labels and in A-labels.
 *
 * EMAIL_KNOWN takes besides what the old rule took, one '@' with something on both sides and no
 * ASCII blank or control; such a one is its own address and mailbox.
 *
 * RESULT_MALFORMED, RESULT_NO_MEMORY. `text` is NUL-terminated, of any bytes. */
MUST_USE enum result email_read(const char *text, enum email_rule rule, struct email *email);

/* The mailbox of an address as a row of any schema has it. RESULT_NO_MEMORY. `*mailbox` is `kept`
 * itself where that is its form, as it nearly always is, or else `room`. */
MUST_USE enum result email_mailbox(const char *kept, char room[static EMAIL_BYTES_MAX + 1],
                                   const char **mailbox);

#endif
