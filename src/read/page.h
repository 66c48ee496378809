/* A page of a list: the answer to a query. */
#ifndef USHER_READ_PAGE_H
#define USHER_READ_PAGE_H

#include "read/view.h"

/* At most as many rows as the query's `limit`, and whether there are more. Reservations come as
 * views, all other kinds as copied records. */
struct record_page {
    size_t count;
    bool more;      /* of a search: there are more rows to look at */
    struct id last; /* `more`: the last row that was looked at, before which the next page begins */
    struct record **records;               /* each and the array malloc'd; or NULL */
    struct reservation_view *reservations; /* or NULL */
    /* Of each reservation, where the query expands them; malloc'd likewise, or NULL. */
    struct record **users;
    struct record **seats; /* SEATS_PER_RESERVATION_MAX places each */
};

void record_page_release(struct record_page *page);

#endif
