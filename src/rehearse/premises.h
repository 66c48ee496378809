/* The office that is rehearsed on: the real one, opened with one round on sale, and with an
 * account, points and a session for every buyer, as a start opens it with the rows of the tables.
 */
#ifndef USHER_REHEARSE_PREMISES_H
#define USHER_REHEARSE_PREMISES_H

#include "rehearse/plan.h"
#include "rehearse/watch.h"

/* When the sale opens, by both of the office's clocks: any time will do. */
#define OPENING_MS (TIMESTAMP_MIN_MS + 10000 * DAY_MS)

/* Of a rehearsal's work, in percent: opening takes so much, as the watch is told. */
#define PREMISES_PERCENT 40

/* `*office` is freed with office_free, also after a failure; it may be NULL then. */
MUST_USE enum result premises_open(struct office **office, const struct rehearsal_plan *plan,
                                   const struct rehearsal_watch *watch,
                                   struct explanation *explanation);

struct id premises_round_id(void);
struct id premises_seat_id(uint32_t position);

/* Which buyer has this user id. */
uint32_t premises_buyer(struct id user_id);

struct credentials premises_credentials(uint32_t buyer);

#endif
