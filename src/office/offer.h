/* What is on sale: which rounds sell now, and how many of their seats may be had. For the files of
 * this layer only. */
#ifndef USHER_OFFICE_OFFER_H
#define USHER_OFFICE_OFFER_H

#include "office/office.h"

struct live_round;

/* Of one concert, or of all of them. */
struct offer {
    int64_t rounds;    /* that sell now */
    int64_t available; /* of their seats */
    int64_t held;      /* the same; they may come back */
};

/* It follows from the catalogue and the wall's time, and is kept until one of them changes; the
 * seats are counted by their door meanwhile. */
struct offer_window {
    struct offer all;
    timestamp_ms from, until; /* wall times for which it stands, half-open */
    uint64_t catalogue_version;
    timestamp_ms opens_next; /* the next sale that will open; INT64_MAX: none */
    struct live_round *upcoming[QUEUE_ROUNDS_MAX]; /* on sale, or will be; by startTime */
    size_t upcoming_count;
};

/* Brings the offer up to this time. Constant time but after a change of the catalogue, and when a
 * sale opens or closes: then it looks at every concert and round. */
void offer_refresh(struct office *office, timestamp_ms wall);

/* So many more seats of the round have this status; negative: fewer. */
void offer_count_seats(struct office *office, struct live_round *round, enum seat_status status,
                       int64_t change);

/* Something sells, and none of it can be had or may come back. */
bool offer_is_sold_out(const struct offer *offer);

#endif
