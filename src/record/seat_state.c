/* See seat_state.h. */
#include "record/seat_state.h"

#include "base/check.h"

char seat_state(enum seat_status status)
{
    return seat_status_texts[status][0];
}

enum seat_status seat_state_status(char state)
{
    for (enum seat_status status = SEAT_STATUS_AVAILABLE; status <= SEAT_STATUS_BLOCKED; status++)
        if (seat_state(status) == state)
            return status;
    UNREACHABLE("a seat's state");
}
