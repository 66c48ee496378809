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
/* seatNumber, section, row, number, grade: "2nd balcony, left, obstructed view" fits, and a line of
 * a ticket. */
#define SEAT_TEXT_CHARACTERS_MAX 64
#define SEAT_NUMBER_BYTES_MAX (SEAT_TEXT_CHARACTERS_MAX * UTF8_BYTES_MAX)
#define REFERENCE_CHARACTERS_MAX 100

#define CHARGE_MAX INT64_C(10000000)
#define BALANCE_MAX INT64_C(1000000000000) /* 10^12: a charge never goes past it */
#define PRICE_MAX INT64_C(100000000)
#define COORDINATE_MAX 1000000.0

/* The ranges of the queue's settings; app/config.def has the same. */
#define QUEUE_COUNT_MAX                                                                            \
    1000000                  /* people inside, or let in a second: more than any machine serves */
#define QUEUE_SECONDS_MIN 10 /* a slow connection is no silence */
#define QUEUE_SECONDS_MAX 86400

#define ROUND_SEATS_MAX 200000
#define CONCERTS_MAX 10000          /* in memory and in every catalogue snapshot */
#define ROUNDS_PER_CONCERT_MAX 1000 /* three a day for a year */
#define SEATS_MAX 4000000           /* on sale at once: four times the size designed for */

#define SEATS_PER_RESERVATION_MAX 20 /* the setting's upper end; sizes the reply */
#define HOLDS_PER_TOKEN_MAX 20       /* cancelling and holding again ends somewhere */
#define SESSIONS_PER_USER_MAX 10
#define SESSION_LIFE_MS (30 * DAY_MS)
#define SESSION_RENEW_MS (1 * DAY_MS) /* renewed by use, but written at most once a day */

#define IDEMPOTENCY_KEY_CHARACTERS_MAX 255
#define IDEMPOTENCY_KEYS_PER_USER_MAX 64
#define IDEMPOTENCY_KEY_LIFE_MS (24 * HOUR_MS)
/* In memory at once, some 2 GB: a day's requests of five million buyers. */
#define IDEMPOTENCY_KEYS_MAX 16000000

#define LIST_LIMIT_MAX 200
#define LIST_LIMIT_DEFAULT 50

/* A round is over, and its seats and reservations leave memory, this long after its start: until
 * then an organizer may still refund. */
#define ROUND_OVER_AFTER_MS DAY_MS

#endif
