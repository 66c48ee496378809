/* What a row that is loaded is of, and what it names: found once, for the checks (fit.h) and for
 * its door (door.h). */
#ifndef USHER_OFFICE_FOUND_H
#define USHER_OFFICE_FOUND_H

#include "office/office.h"

struct live_api_key;
struct live_concert;
struct live_key;
struct live_payment;
struct live_plan;
struct live_reference;
struct live_reservation;
struct live_reset;
struct live_round;
struct live_seat;
struct live_session;
struct held_seat;
struct live_token;
struct live_user;

/* The row's own object, and those that it names. NULL: it is not there. */
struct found {
    struct live_user *user, *caller;
    struct live_session *session;
    struct live_api_key *api_key;
    struct live_reset *reset;
    struct live_key *key;
    struct live_reference *reference;
    struct live_plan *plan;
    struct live_concert *concert;
    struct live_round *round;
    struct live_seat *seat;
    struct live_token *token; /* of a reservation, the one that it was made with */
    struct live_payment *payment;
    struct live_reservation *reservation;
    struct held_seat *held;      /* of a ticket, the seat that it is for */
    const struct notice *notice; /* of a notice, the one that is there, which may be another */
};

/* Whether its key's first id is above those of all rows of its kind before it. Ids rise, so most
 * rows that are new need no look-up, and the index of their kind need not be made yet. */
bool load_is_newest(const struct office *office, const struct record *record);
void load_note_newest(struct office *office, const struct record *record);

/* A removed row has its key alone, and names nothing. */
struct found load_find(const struct office *office, const struct record *record, bool newest);

#endif
