/* Scopes, and sets of them: as bits, and as the text that rows keep. */
#ifndef USHER_RECORD_SCOPE_H
#define USHER_RECORD_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

enum scope {
#define SCOPE(name, text, meaning) SCOPE_##name,
#include "record/scope.def"
    SCOPE_COUNT,
    SCOPE_NONE = SCOPE_COUNT,
};

extern const char *const scope_texts[SCOPE_COUNT];

#define SCOPE_BIT(scope) (UINT32_C(1) << (scope))
#define EVERY_SCOPE (SCOPE_BIT(SCOPE_COUNT) - 1)

/* The text of a set: the scopes' own, in their order, with a blank between two. Room for it. */
enum {
    SCOPES_TEXT_BYTES = 1
#define SCOPE(name, text, meaning) +(int)sizeof text
#include "record/scope.def"
};

void scopes_format(uint32_t scopes, char text[static SCOPES_TEXT_BYTES]);

/* False: no text that scopes_format writes. */
bool scopes_parse(const char *text, uint32_t *scopes);

#endif
