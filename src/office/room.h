/* Room in the batch. For the files of this layer only.
 *
 * A call, and each step of a tick, has room in the batch before it begins, so no record that it
 * puts can fail. Room is counted in records, and the doors check the count at each.
 *
 * The most bytes of a record: of a seat with the longest texts, and more than of a user. A concert
 * and an action are longer; a call puts one of each at the most. A removed row is its key. A test
 * holds schema.def against all three. */
#ifndef USHER_OFFICE_ROOM_H
#define USHER_OFFICE_ROOM_H

#include "office/office.h"

#define RECORD_BYTES_MAX 1824
#define CONCERT_TEXT_BYTES_MAX                                                                     \
    ((CONCERT_TITLE_CHARACTERS_MAX + CONCERT_DESCRIPTION_CHARACTERS_MAX +                          \
      CONCERT_PLACE_CHARACTERS_MAX + EXTERNAL_ID_CHARACTERS_MAX) *                                 \
         UTF8_BYTES_MAX +                                                                          \
     4)
#define ACTION_TEXT_BYTES_MAX                                                                      \
    (2 * TOLD_LINE_BYTES_MAX + ASKED_REASON_CHARACTERS_MAX * UTF8_BYTES_MAX)
#define REMOVED_RECORD_BYTES_MAX 64
#define DEADLINE_RECORD_BYTES_MAX 640 /* of a reservation or a queue token, which have no texts */

/* The end of a reservation is the most that a step puts: of a hold the reservation, its token and
 * each seat; of one that is paid for the payment, the account, the entry and the reservation, and
 * of each seat that and its ticket. */
#define HOLD_END_RECORDS_MAX (2 + SEATS_PER_RESERVATION_MAX)
#define STEP_RECORDS_MAX (4 + 2 * SEATS_PER_RESERVATION_MAX)

/* What a tick works off beside its deadlines, in reservations: of cancelled rounds, and of those
 * that lack their tickets. Others are served between. */
#define REFUND_SLICE 256
#define CATCH_UP_SLICE 512

/* The most that a call puts is what leaving the queue does: the token, and the end of each of its
 * holds. Beside that, any call may renew the session, keep an idempotency key and push one out, and
 * has its action. Calls that put or remove a row for each seat of a round ask for that besides
 * (batch_reserve_more). */
#define CALL_RECORDS_MAX (1 + HOLDS_PER_TOKEN_MAX * HOLD_END_RECORDS_MAX + 4)
_Static_assert(CALL_RECORDS_MAX >= STEP_RECORDS_MAX + 6, "a payment or a refund is a call, too");

/* For the largest tick; SQLite's default limit for a value is 10^9 bytes. */
#define BATCH_BYTES_MAX (UINT32_C(768) << 20)

/* Makes room for so many records; what was left of the last room is forgotten. False: no memory;
 * there is no room then. */
bool batch_reserve(struct office *office, size_t records);

/* Room for more records, of so many bytes each at the most. */
bool batch_reserve_more(struct office *office, size_t records, size_t bytes_each);

/* For a step of a tick, which has nobody to refuse to. */
void step_reserve(struct office *office);

#endif
