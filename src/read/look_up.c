/* See look_up.h. */
#include "read/look_up.h"

#include <stdlib.h>

void look_up_release(struct look_up *look_up)
{
    free(look_up->record);
    free(look_up->view);
    *look_up = (struct look_up){0};
}
