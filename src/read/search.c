/* See search.h. */
#include "read/search.h"

#include "base/unicode.h"

#include <string.h>

/* Most addresses and seat numbers are ASCII, whose folding needs no tables. */
static bool fold_ascii(const char *text, char folded[static SEARCH_BYTES])
{
    size_t i = 0;
    for (; text[i] != '\0' && i < SEARCH_BYTES - 1; i++) {
        if ((text[i] & 0x80) != 0)
            return false;
        folded[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i]);
    }
    folded[i] = '\0';
    return text[i] == '\0';
}

enum result search_fold(const char *text, char folded[static SEARCH_BYTES])
{
    return fold_ascii(text, folded) ? RESULT_OK : unicode_fold(text, folded, SEARCH_BYTES);
}

bool search_is_id(const char *folded, enum record_kind kind, struct id *id)
{
    return id_parse(record_schema(kind)->prefix, folded, strlen(folded), id);
}

enum result search_in(const char *folded, const char *text, bool *found)
{
    char looked_at[SEARCH_BYTES];
    *found = false;
    if (text == NULL)
        return RESULT_OK;
    const enum result result = search_fold(text, looked_at);
    if (result == RESULT_NO_MEMORY)
        return result;
    *found = result == RESULT_OK && strstr(looked_at, folded) != NULL;
    return RESULT_OK;
}
