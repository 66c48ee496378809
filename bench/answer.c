/* See answer.h. */
#include "answer.h"

#include <string.h>

const char *text_after(const char *text, const char *before)
{
    const char *at = strstr(text, before);
    return at == NULL ? NULL : at + strlen(before);
}

bool id_copy(char id[static ID_BYTES_MAX], const char *text)
{
    const size_t length = strcspn(text, "\"");
    if (length == 0 || length >= ID_BYTES_MAX)
        return false;
    memcpy(id, text, length);
    id[length] = '\0';
    return true;
}

bool answer_id(const struct answer *answer, char id[static ID_BYTES_MAX])
{
    const char *text = text_after(answer->body, "\"id\":\"");
    return text != NULL && id_copy(id, text);
}

bool answer_is_active(const struct answer *answer)
{
    return strstr(answer->body, "\"status\":\"active\"") != NULL;
}
