/* What lists and exports share: the filters of a query, and the items of a page. */
#ifndef USHER_API_LIST_PAGE_H
#define USHER_API_LIST_PAGE_H

#include "api/enquiry.h"
#include "api/object.h"

/* Sets the query's filters from their parameters. False: the enquiry was answered. Texts live as
 * long as the enquiry. */
bool list_page_filters(struct enquiry *enquiry, struct record_query *query);

/* An item as objects.def takes it, and its id, where the next page begins. */
const void *list_page_item(const struct record_page *page, size_t index);
struct id list_page_id(const struct record_page *page, size_t index);

/* A reservation of a page whose query expands it. Its texts live as long as the page. */
void list_page_expanded(const struct record_page *page, size_t index,
                        struct expanded_reservation *expanded);

#endif
