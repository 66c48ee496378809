/* The fixed bounds of the office's data, each with its reason. Settings that an operator may change
 * stand in app/config.def; their ranges end at these. */
#ifndef USHER_RECORD_LIMIT_H
#define USHER_RECORD_LIMIT_H

#include <stdint.h>

/* Characters are Unicode code points, four bytes of UTF-8 at the most. */
#define UTF8_BYTES_MAX 4
#define USER_NAME_CHARACTERS_MAX 100
#define EMAIL_BYTES_MAX 254 /* RFC 5321, 4.5.3.1.3, less the angle brackets */
#define EXTERNAL_ID_CHARACTERS_MAX 100
#define PASSWORD_CHARACTERS_MIN 8
#define PASSWORD_CHARACTERS_MAX 128
#define PASSWORD_HASH_BYTES_MAX 127 /* crypto_pwhash_STRBYTES less its NUL */
#define CONCERT_TITLE_CHARACTERS_MAX 200
#define CONCERT_DESCRIPTION_CHARACTERS_MAX 10000
#define CONCERT_PLACE_CHARACTERS_MAX 200
/* seatNumber, section, row, number, grade: "2nd balcony, left, obstructed view" fits, and a line of
 * a ticket. */
#define SEAT_TEXT_CHARACTERS_MAX 64
#define SEAT_NUMBER_BYTES_MAX (SEAT_TEXT_CHARACTERS_MAX * UTF8_BYTES_MAX)
#define REFERENCE_CHARACTERS_MAX 100
#define NOTE_CHARACTERS_MAX 200 /* a line of a log */
#define INCIDENT_SECONDS_MIN 30 /* less is nobody's loss */
#define INCIDENT_SECONDS_MAX 3600
#define REASON_CHARACTERS_MAX 200 /* a sentence or two, which people read in a list */
/* In each language, of what people are told: four lines on a telephone. */
#define TOLD_CHARACTERS_MAX 160
#define TOLD_BYTES_MAX (TOLD_CHARACTERS_MAX * UTF8_BYTES_MAX)

#define CHARGE_MAX INT64_C(10000000)
#define BALANCE_MAX INT64_C(1000000000000) /* 10^12: a charge never goes past it */
#define PRICE_MAX INT64_C(100000000)
#define COORDINATE_MAX 1000000.0

/* The ranges of the queue's settings; app/config.def has the same. */
#define QUEUE_COUNT_MAX                                                                            \
    1000000 /* people inside, or let in a second: more than any machine serves */
/* Rounds that GET /v1/queue tells of, by startTime: more than a page shows, some 10 KB. */
#define QUEUE_ROUNDS_MAX 100

#define QUEUE_SECONDS_MIN 10 /* a slow connection is no silence */
#define QUEUE_SECONDS_MAX 86400

#define ROUND_SEATS_MAX 200000
#define GRADE_PRICES_MAX 32 /* that change at once; each seat's grade is compared with all */
#define CONCERTS_MAX 10000  /* in memory and in every catalogue snapshot */
#define ROUNDS_PER_CONCERT_MAX 1000 /* three a day for a year */
#define SEATS_MAX 4000000           /* on sale at once: four times the size designed for */

#define PLANS_MAX 1000 /* each hall of a city, in each of its seatings */
#define PLAN_NAME_CHARACTERS_MAX 200
#define PLAN_SCALE_MAX 1000               /* a millimetre, where a plan is drawn in metres */
#define PLAN_STEP_MAX INT64_C(2000000000) /* from one end of the coordinates to the other */
/* A plan's JSON as it is kept: of 200,000 seats in rows of 50 it is 1.7 MB. */
#define PLAN_TEXT_BYTES_MAX (4 << 20)
#define PLAN_PIECE_BYTES_MAX 1600 /* fits the room of a record, as a seat does */
/* A piece ends before a character that does not fit. */
#define PLAN_PIECES_MAX (PLAN_TEXT_BYTES_MAX / (PLAN_PIECE_BYTES_MAX - UTF8_BYTES_MAX + 1) + 1)

#define SEATS_PER_RESERVATION_MAX 20         /* the setting's upper end; sizes the reply */
#define TICKET_SERIAL_MAX (INT64_C(1) << 53) /* a number of every JSON reader */
/* A code that is replaced every second is so for eleven days. */
#define TICKET_GENERATION_MAX 1000000
#define SEATS_PER_USER_MAX 1000 /* a company's evening; app/config.def has the same */
#define HOLDS_PER_TOKEN_MAX 20  /* cancelling and holding again ends somewhere */
#define SESSIONS_PER_USER_MAX 10
#define SESSION_LIFE_MS (30 * DAY_MS)
#define SESSION_RENEW_MS (1 * DAY_MS)     /* renewed by use, but written at most once a day */
#define HANDOVER_LIFE_MS (60 * SECOND_MS) /* a page that a browser is sent to at once */
#define RETURN_ADDRESS_BYTES_MAX 2000     /* what all browsers and proxies take as an address */
#define PASSWORD_RESET_LIFE_MS DAY_MS     /* for whoever gets it by hand, or over the telephone */

#define STAFF_MAX 1000 /* organizers and staff: the largest house, each of its doors and tills */
#define INVITATION_LIFE_MS (3 * DAY_MS) /* a weekend lies between the mail and the desk */

#define API_KEYS_MAX 1000 /* a shop, a door, a report: each program of a house has its own */
#define API_KEY_USED_MS MINUTE_MS /* its use is written down at most as often */

#define IDEMPOTENCY_KEY_CHARACTERS_MAX 255
#define IDEMPOTENCY_KEYS_PER_USER_MAX 64
#define IDEMPOTENCY_KEY_LIFE_MS (24 * HOUR_MS)
/* In memory at once, some 2 GB: a day's requests of five million buyers. */
#define IDEMPOTENCY_KEYS_MAX 16000000

/* What is searched for: a name or an e-mail address fits. */
#define SEARCH_CHARACTERS_MAX EMAIL_BYTES_MAX
/* Rows that one answer of a search looks at: some tenth of a second of a reader's time for
 * reservations with their buyers and seats, and who waits behind it waits no longer. */
#define SEARCH_ROWS_MAX 10000

/* What an action keeps of what was searched for, or was there before or after: a whole e-mail
 * address, or a long name, beside all ids and times that a list can be narrowed by; five long
 * values. */
#define TOLD_LINE_BYTES_MAX 1000
/* Why an export was made, or something was seen or given back. */
#define ASKED_REASON_CHARACTERS_MAX 200

/* An id as text: the longest prefix, a line and 26 characters are fewer. */
#define OBJECT_CHARACTERS_MAX 40
#define WHAT_CHARACTERS_MAX 40 /* a word of why.def: none is so long */

#define LIST_LIMIT_MAX 200
#define LIST_LIMIT_DEFAULT 50

/* A round is over, and its seats and reservations leave memory, this long after its start: until
 * then an organizer may still refund. */
#define ROUND_OVER_AFTER_MS DAY_MS

#endif
