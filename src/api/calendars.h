/* The calendar file of a reservation: where it is, and the file. */
#ifndef USHER_API_CALENDARS_H
#define USHER_API_CALENDARS_H

#include "api/credentials.h"
#include "read/view.h"

#define CALENDAR_ADDRESS_BYTES                                                                     \
    (sizeof "/v1/reservations//calendar.ics?key=" + ID_TEXT_BYTES + CALENDAR_KEY_CHARACTERS)

/* Makes the view tell the path of its calendar file, once it was paid for; the text is the
 * caller's, and must outlive what is shown. */
void calendar_tell(struct reservation_view *view, const struct secret *key,
                   char text[static CALENDAR_ADDRESS_BYTES]);

#endif
