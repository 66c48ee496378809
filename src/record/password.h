/* The form in which passwords are hashed, and the passwords that nobody may choose. The engine
 * hashes them (engine/passwords.h). */
#ifndef USHER_RECORD_PASSWORD_H
#define USHER_RECORD_PASSWORD_H

#include "base/result.h"
#include "record/limit.h"
#include "record/rule.h"

#include <stddef.h>

/* The most bytes in which a password of the greatest length can be sent: each of its characters may
 * come as four, as an accented letter or a syllable does that is sent in pieces. */
#define PASSWORD_GIVEN_BYTES_MAX (PASSWORD_CHARACTERS_MAX * 4 * UTF8_BYTES_MAX)

/* Room for the normal form of a password. */
#define PASSWORD_FORM_BYTES (PASSWORD_CHARACTERS_MAX * UTF8_BYTES_MAX + 1)

/* The profile OpaqueString of RFC 8265, 4.2: every space is U+0020, then NFC, so that a password is
 * the same from any keyboard. Unlike there, controls are let pass: they were before. RESULT_FULL:
 * no password is as long; RESULT_MALFORMED: not UTF-8; RESULT_NO_MEMORY. */
MUST_USE enum result password_form(const char *given, char form[static PASSWORD_FORM_BYTES]);

/* Whether somebody with this e-mail (a mailbox, record/email.h) and name may choose the password,
 * given in its normal form. NULL: one that is not known yet. RESULT_OK, then `*broken` is RULE_NONE
 * or the rule that it breaks; RESULT_NO_MEMORY. */
MUST_USE enum result password_judge(const char *form, const char *mailbox, const char *name,
                                    enum rule *broken);

#endif
