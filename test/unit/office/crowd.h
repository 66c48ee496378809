/* Calls by the hundred, for tests that are not scripts: people, a sale, and asking. Whatever goes
 * wrong on the stage fails the test. */
#ifndef USHER_TEST_CROWD_H
#define USHER_TEST_CROWD_H

#include "stage.h"

struct person {
    struct id user_id;
    struct credentials credentials;
};

/* A call by the person; NULL: by nobody. */
struct call crowd_ask(const struct person *person, enum verb verb);

/* Decides it in a batch of its own; the caller releases it. */
void crowd_call(struct stage *stage, struct call *call);

/* The same, released at once; what it was refused with. */
enum refusal crowd_do(struct stage *stage, struct call call);

/* Signs a person up (VERB_USER_REGISTER or VERB_ORGANIZER_ADD) and in. */
struct person crowd_sign_up(struct stage *stage, enum verb verb);

/* A concert on sale from a day ago until `close`, and a round of it. */
struct id crowd_concert(struct stage *stage, const struct person *organizer, timestamp_ms close);
struct id crowd_round(struct stage *stage, const struct person *organizer, struct id concert_id,
                      timestamp_ms start, size_t seats, int64_t price);

/* A buyer's whole way, each step of which must succeed. */
void crowd_enter(struct stage *stage, const struct person *person);
struct id crowd_hold(struct stage *stage, const struct person *person, struct id round_id,
                     size_t first_seat, size_t seats);
void crowd_pay(struct stage *stage, const struct person *person, struct id reservation_id);
void crowd_charge(struct stage *stage, const struct person *person, int64_t amount);

#endif
