/* See page.h. */
#include "read/page.h"

#include <stdlib.h>

void record_page_release(struct record_page *page)
{
    for (size_t i = 0; page->records != NULL && i < page->count; i++)
        free(page->records[i]);
    free(page->records);
    free(page->reservations);
    *page = (struct record_page){0};
}
