/* What stands on the ticket of a seat to which nobody gives a seatNumber: its section, row and
 * number with a - between them, as far as there are any. In the place of a number stands which one
 * it is of the seats without one that follow each other with its section and row. */
#ifndef USHER_API_SEAT_NAME_H
#define USHER_API_SEAT_NAME_H

#include "record/limit.h"

#include <stdbool.h>
#include <stdint.h>

/* Seats, one after the other; zeroed before the first. The texts are the last seat's. */
struct seat_naming {
    const char *section, *row;
    int64_t numberless; /* of its section and row */
};

#define SEAT_NAME_BYTES (3 * (SEAT_NUMBER_BYTES_MAX + 1) + 1)

/* Names the next seat; any of the three texts may be NULL. False: it has more than
 * SEAT_TEXT_CHARACTERS_MAX characters. */
bool seat_name_next(struct seat_naming *naming, const char *section, const char *row,
                    const char *number, char name[static SEAT_NAME_BYTES]);

/* The same of a seat that has a name: whether it is the one that it would be given. */
bool seat_name_is_next(struct seat_naming *naming, const char *section, const char *row,
                       const char *number, const char *name);

#endif
