/* See page.h. */
#include "read/page.h"

#include <stdlib.h>

static void free_records(struct record **records, size_t count)
{
    for (size_t i = 0; records != NULL && i < count; i++)
        free(records[i]);
    free(records);
}

void record_page_release(struct record_page *page)
{
    free_records(page->records, page->count);
    free_records(page->users, page->count);
    free_records(page->seats, page->count * SEATS_PER_RESERVATION_MAX);
    for (size_t i = 0; page->reservations != NULL && i < page->count; i++)
        reservation_view_release(&page->reservations[i]);
    free(page->reservations);
    *page = (struct record_page){0};
}
