/* See drawn_plan.h. */
#include "read/drawn_plan.h"

#include <stdlib.h>

void drawn_plan_release(struct drawn_plan *plan)
{
    free(plan->record);
    plan->record = NULL;
    buffer_release(&plan->text);
}
