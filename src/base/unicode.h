/* Unicode's normal forms, case folding and kinds of characters (libunistring), and the one form of
 * a domain name (libidn2). Tables and arithmetic alone: no locale, no files. The rules for texts
 * stand in record/text.h, record/email.h and record/password.h.
 *
 * Texts are NUL-terminated. A function that writes one answers RESULT_FULL when it has no room with
 * its NUL in `room` bytes, RESULT_MALFORMED for what is not UTF-8, RESULT_NO_MEMORY; then what
 * stands in `form` tells nothing. */
#ifndef USHER_BASE_UNICODE_H
#define USHER_BASE_UNICODE_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Normalization Form C (Unicode Standard Annex 15). */
MUST_USE enum result unicode_compose(const char *text, char *form, size_t room);

/* Full case folding under canonical equivalence (The Unicode Standard, 3.13, D145), composed: equal
 * for texts that differ in case or normal form alone, and itself for what was folded. */
MUST_USE enum result unicode_fold(const char *text, char *form, size_t room);

/* Small letters (The Unicode Standard, 3.13, R2), composed: as people write what does not depend on
 * case. It keeps what folding takes apart, as the German sharp s, and folds to the same. */
MUST_USE enum result unicode_lower(const char *text, char *form, size_t room);

/* A domain name in U-labels, small letters and dots (IDNA 2008, RFC 5891, after the mapping of UTS
 * 46), for a name in U-labels or A-labels. RESULT_MALFORMED: IDNA has no such name, or one of its
 * labels in A-form is not 1 to 63 letters, digits and inner hyphens, or all have more than 253
 * bytes. `*ascii_length` is the length in A-labels, as the name stands in DNS. */
MUST_USE enum result unicode_domain(const char *domain, char *form, size_t room,
                                    size_t *ascii_length);

/* The code point at `*at`, which is passed; 0 at the end. The text is well-formed UTF-8. */
uint32_t unicode_next(const char **at);

/* The kinds of characters, by what each shows in a text. */
enum unicode_kind {
    UNICODE_VISIBLE,      /* also what is not assigned yet, and private use: fonts show a box */
    UNICODE_MARK,         /* stands on the character before it */
    UNICODE_BLANK,        /* takes room and shows nothing */
    UNICODE_SELECTOR,     /* chooses a variant of the character before it */
    UNICODE_JOINER,       /* shapes or orders its neighbours: ZWJ, ZWNJ, LRM and the like */
    UNICODE_DIRECTION,    /* embeds, overrides or isolates a direction up to another such one */
    UNICODE_HIDDEN,       /* shows nothing and shapes nothing: zero-width blanks, fillers, tags */
    UNICODE_BREAK,        /* ends a line or a paragraph */
    UNICODE_CONTROL,      /* the C0 and C1 controls */
    UNICODE_NO_CHARACTER, /* U+FFFE and the other 65 that never are one */
};

enum unicode_kind unicode_kind(uint32_t point);

/* Unicode's property White_Space: trimmed around a text. */
bool unicode_is_blank(uint32_t point);

/* General category Zs: the spaces of all scripts. */
bool unicode_is_space(uint32_t point);

/* Whether this version of Unicode has the character: then its folding will not change any more. */
bool unicode_is_assigned(uint32_t point);

#endif
