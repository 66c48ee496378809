/* What a rehearsal takes from a data directory: how many seats a round has, and the queue's
 * settings as the organizer left them. */
#ifndef USHER_APP_REHEARSE_ROUND_SEATS_H
#define USHER_APP_REHEARSE_ROUND_SEATS_H

#include "record/record.h"

/* Reads a directory that nobody has open. `*seats` is how many seats of the round are not blocked;
 * `house->id` stays 0 where nothing was set yet. RESULT_NOT_FOUND: there is no such round, it is
 * cancelled or over, or all its seats are blocked. */
MUST_USE enum result round_seats_read(const char *directory, struct id round_id, int64_t *seats,
                                      struct house *house, struct explanation *explanation);

#endif
