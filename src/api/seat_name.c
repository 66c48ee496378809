/* See seat_name.h. */
#include "api/seat_name.h"

#include "api/shown_plan.h"
#include "base/utf8.h"

#include <stdio.h>

bool seat_name_next(struct seat_naming *naming, const char *section, const char *row,
                    const char *number, char name[static SEAT_NAME_BYTES])
{
    char counted[24];
    if (!same_plan_text(naming->section, section) || !same_plan_text(naming->row, row))
        naming->numberless = 0;
    naming->section = section;
    naming->row = row;
    (void)snprintf(counted, sizeof counted, "%lld", (long long)naming->numberless + 1);
    naming->numberless += number == NULL;
    const char *const parts[] = {section, row, number == NULL ? counted : number};
    size_t length = 0, characters;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL)
            length += (size_t)snprintf(name + length, SEAT_NAME_BYTES - length, "%s%s",
                                       length == 0 ? "" : "-", parts[i]);
    return utf8_count(name, length, &characters) && characters <= SEAT_TEXT_CHARACTERS_MAX;
}
