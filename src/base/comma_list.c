/* See comma_list.h. */
#include "base/comma_list.h"

#include <string.h>

bool comma_list_next(struct comma_list *list)
{
    static const char blanks[] = " \t";
    if (list->rest == NULL)
        return false;
    list->item = list->rest + strspn(list->rest, blanks);
    list->length = strcspn(list->item, ", \t");
    const char *end = list->item + list->length;
    end += strspn(end, blanks);
    list->malformed = *end != ',' && *end != '\0';
    list->rest = *end == ',' ? end + 1 : NULL;
    return true;
}
