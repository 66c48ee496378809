/* Letting go of what a look-up found. */
#include "record/view.h"

#include <stdlib.h>

void record_page_release(struct record_page *page)
{
    for (size_t i = 0; page->records != NULL && i < page->count; i++)
        free(page->records[i]);
    free(page->records);
    free(page->reservations);
    *page = (struct record_page){0};
}

void look_up_release(struct look_up *look_up)
{
    free(look_up->record);
    free(look_up->view);
    *look_up = (struct look_up){0};
}
