/* Calls that every engine test makes: signing people up and in, and putting a round on sale. How a
 * call is answered is the test's: by hand (batch) or through a running engine. */
#ifndef USHER_TEST_ENGINE_PEOPLE_H
#define USHER_TEST_ENGINE_PEOPLE_H

#include "office/office.h"

/* Answers a call and waits for it. */
struct asker {
    void *owner;
    void (*ask)(void *owner, struct call *call);
};

struct person {
    struct id user_id;
    struct credentials credentials;
};

extern const struct office_settings people_settings;

/* Person `number` (0..99999) of the role, new and signed in. */
struct person people_buyer(const struct asker *asker, unsigned number);
struct person people_organizer(const struct asker *asker, unsigned number);

/* A call of the person's. */
struct call people_call(const struct person *person, enum verb verb);

/* Opens the door to everybody and puts a new concert on sale, from `wall` on for a day, with one
 * round of `seat_count` seats "A-1"... in section A at 100 points. Returns the round's id. */
struct id people_round(const struct asker *asker, const struct person *organizer, timestamp_ms wall,
                       size_t seat_count);

/* Joins the queue and charges `points`. */
void people_join(const struct asker *asker, const struct person *person, int64_t points);

/* One seat held; the refusal, or REFUSAL_NONE with `*reservation_id` set. */
enum refusal people_hold(const struct asker *asker, const struct person *person, struct id round_id,
                         struct id seat_id, struct id *reservation_id);

#endif
