/* A small box office as rows: a house, people, a concert with seats on sale, holds and payments, as
 * the office would have written them. */
#ifndef USHER_TEST_STORE_SCENE_H
#define USHER_TEST_STORE_SCENE_H

#include "fixture.h"

#define SCENE_SEATS 6
#define SCENE_PRICE 1000
#define SCENE_CHARGE 10000

struct scene {
    struct fixture *fixture;
    struct house house;
    struct concert concert;
    struct concert_round round;
    struct seat seats[SCENE_SEATS];
};

/* A person and everything of theirs that the scene follows. */
struct person {
    struct user user;
    struct point_account account;
    struct queue_token token;
};

/* The house, the concert, a round that starts in a week and its seats; one batch. */
void scene_open(struct scene *scene, struct fixture *fixture);

/* A buyer who charged SCENE_CHARGE points and joined the queue; one batch. */
void scene_join(struct scene *scene, struct person *person, const char *name);

/* The steps of a purchase, each a batch at the given time. */
void scene_admit(struct scene *scene, struct person *person, timestamp_ms at);
void scene_pass_over(struct scene *scene, struct person *person, timestamp_ms at);
void scene_end_token(struct scene *scene, struct person *person, enum token_reason reason,
                     timestamp_ms at);
struct seat_reservation scene_hold(struct scene *scene, const struct person *person, size_t seat,
                                   timestamp_ms at);
struct payment scene_pay(struct scene *scene, struct person *person,
                         struct seat_reservation *reservation, size_t seat, timestamp_ms at);
void scene_expire(struct scene *scene, struct seat_reservation *reservation, size_t seat,
                  timestamp_ms at);
void scene_refund(struct scene *scene, struct person *person, struct seat_reservation *reservation,
                  struct payment *payment, size_t seat, timestamp_ms at);

/* Adds single rows to the batch. */
struct record user_row(struct id id, const char *name, const char *email);
void add_seat_status(struct scene *scene, size_t seat, enum seat_status status);

#endif
