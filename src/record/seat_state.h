/* The character that shows a seat's status where a round's seats are one text: the first of the
 * status's name. */
#ifndef USHER_RECORD_SEAT_STATE_H
#define USHER_RECORD_SEAT_STATE_H

#include "record/record.h"

char seat_state(enum seat_status status);

/* `state` is one of those. */
enum seat_status seat_state_status(char state);

#endif
