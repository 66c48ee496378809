/* See scope.h. */
#include "record/scope.h"

#include <string.h>

const char *const scope_texts[SCOPE_COUNT] = {
#define SCOPE(name, text, meaning) [SCOPE_##name] = text,
#include "record/scope.def"
};

/* Every row says what it means. */
#define SCOPE(name, text, meaning) _Static_assert(sizeof meaning > 1, "a scope has a meaning");
#include "record/scope.def"

_Static_assert(SCOPE_COUNT < 32, "a bit a scope");

void scopes_format(uint32_t scopes, char text[static SCOPES_TEXT_BYTES])
{
    char *at = text;
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        if ((scopes & SCOPE_BIT(scope)) == 0)
            continue;
        if (at != text)
            *at++ = ' ';
        const size_t length = strlen(scope_texts[scope]);
        memcpy(at, scope_texts[scope], length);
        at += length;
    }
    *at = '\0';
}

bool scopes_parse(const char *text, uint32_t *scopes)
{
    char written[SCOPES_TEXT_BYTES];
    *scopes = 0;
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        const size_t length = strlen(scope_texts[scope]);
        for (const char *at = text; *at != '\0'; at += strcspn(at, " "), at += *at == ' ')
            if (strcspn(at, " ") == length && memcmp(at, scope_texts[scope], length) == 0)
                *scopes |= SCOPE_BIT(scope);
    }
    scopes_format(*scopes, written);
    return strcmp(written, text) == 0;
}
