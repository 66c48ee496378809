/* Lists between commas, with blanks around their items, as settings have them. */
#ifndef USHER_BASE_COMMA_LIST_H
#define USHER_BASE_COMMA_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct comma_list {
    const char *rest; /* NULL: there is no more */
    const char *item; /* not NUL-terminated */
    size_t length;
    bool malformed; /* more than blanks stands behind the item */
};

static inline struct comma_list comma_list_of(const char *text)
{
    return (struct comma_list){.rest = text};
}

/* Moves on to the next item, which may be empty; false: there is none. */
bool comma_list_next(struct comma_list *list);

#endif
