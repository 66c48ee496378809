/* See seat_name.h. */
#include "api/seat_name.h"

#include "api/shown_plan.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define COUNTED_BYTES 24

/* What stands in the place of the next seat's number, or the number. */
static const char *number_or_count(struct seat_naming *naming, const char *section, const char *row,
                                   const char *number, char counted[static COUNTED_BYTES])
{
    if (!same_plan_text(naming->section, section) || !same_plan_text(naming->row, row))
        naming->numberless = 0;
    naming->section = section;
    naming->row = row;
    if (number != NULL)
        return number;
    (void)snprintf(counted, COUNTED_BYTES, "%lld", (long long)++naming->numberless);
    return counted;
}

bool seat_name_is_next(struct seat_naming *naming, const char *section, const char *row,
                       const char *number, const char *name)
{
    char counted[COUNTED_BYTES];
    const char *const parts[] = {section, row,
                                 number_or_count(naming, section, row, number, counted)};
    const char *at = name;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i] == NULL)
            continue;
        if (at > name && *at++ != '-')
            return false;
        const size_t length = strlen(parts[i]);
        if (strncmp(at, parts[i], length) != 0)
            return false;
        at += length;
    }
    return *at == '\0';
}

bool seat_name_next(struct seat_naming *naming, const char *section, const char *row,
                    const char *number, char name[static SEAT_NAME_BYTES])
{
    char counted[COUNTED_BYTES];
    const char *const parts[] = {section, row,
                                 number_or_count(naming, section, row, number, counted)};
    size_t length = 0, characters;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL)
            length += (size_t)snprintf(name + length, SEAT_NAME_BYTES - length, "%s%s",
                                       length == 0 ? "" : "-", parts[i]);
    return utf8_count(name, length, &characters) && characters <= SEAT_TEXT_CHARACTERS_MAX;
}
