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

void history_release(struct history *history)
{
    free(history->record);
    free(history->view);
    *history = (struct history){0};
}
