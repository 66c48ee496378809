/* See told_texts.h. */
#include "read/told_texts.h"

#include "base/check.h"

#include <string.h>

static void set_text(char told[static TOLD_BYTES_MAX + 1], const char *text)
{
    const size_t length = strlen(text);
    CHECK(length <= TOLD_BYTES_MAX);
    memcpy(told, text, length + 1);
}

void told_texts_set(struct told_texts *told, const char *ko, const char *en)
{
    set_text(told->ko, ko);
    set_text(told->en, en);
}
