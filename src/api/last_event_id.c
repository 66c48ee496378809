/* See last_event_id.h. */
#include "api/last_event_id.h"

#include <string.h>

#define DIGITS_MAX 19 /* as many fit in 64 bits */

uint64_t last_event_id_parse(const char *text)
{
    const size_t digits = strspn(text, "0123456789");
    uint64_t commit = 0;
    if (digits == 0 || digits > DIGITS_MAX || text[digits] != '\0')
        return 0;
    for (size_t i = 0; i < digits; i++)
        commit = commit * 10 + (uint64_t)(text[i] - '0');
    return commit;
}
