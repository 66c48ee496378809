/* See look_up.h. */
#include "read/look_up.h"

#include <stdlib.h>

void look_up_release(struct look_up *look_up)
{
    free(look_up->record);
    if (look_up->view != NULL)
        reservation_view_release(look_up->view);
    free(look_up->view);
    *look_up = (struct look_up){0};
}
