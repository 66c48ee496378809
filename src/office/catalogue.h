/* Concerts, rounds and their seats. For the files of this layer only. */
#ifndef USHER_OFFICE_CATALOGUE_H
#define USHER_OFFICE_CATALOGUE_H

#include "base/heap.h"
#include "base/pool.h"
#include "office/best_available.h"
#include "office/offer.h"
#include "office/office.h"

struct live_concert {
    struct pool_item item;
    struct concert row; /* texts: one block that starts at `title` */
    size_t round_count;
    struct offer offer;      /* of its rounds (offer.h) */
    timestamp_ms opens_next; /* a sale of it that will open; INT64_MAX: none */
};

struct live_seat {
    struct pool_item item;
    struct seat row; /* texts: one block that starts at `seat_number` */
    struct live_round *round;
};

struct live_round {
    struct pool_item item;
    struct concert_round row;
    struct live_concert *concert;
    struct live_seat **seats; /* in seat order; NULL once the round is over */
    char *states;             /* a character a seat, for the public */
    struct seat_bits *bits;   /* for choices among them; NULL while loading */
    int64_t counts[4];        /* by enum seat_status */
    uint64_t version;         /* last batch that changed a seat's status */
    uint64_t last_seq; /* last batch that changed anything that must be booked before it goes */
    bool selling;      /* its sale is open, as the offer has it */
    bool grown_old;    /* its seats may leave memory: whatever the wall says, it sells no more */
    bool leaving;      /* over; its rows are leaving memory */
    struct live_reservation *reservations; /* pending and confirmed */
    size_t reservation_count;              /* in memory, ended ones too: they point at seats */
    int64_t confirmed, revenue;            /* confirmed ones, and their amounts */
    struct heap returns;                   /* the pending ones, by when they end */
};

/* Room in memory, wanted before the line that a verb crosses (room.c). */
bool concert_reserve(struct office *office);
bool round_reserve(struct office *office, size_t seats);

/* ---- Finding (find.c) ---- */

struct live_concert *concert_find(const struct office *office, struct id id);
struct live_concert *concert_find_external(const struct office *office, const char *external_id);
struct live_round *round_find(const struct office *office, struct id id);
struct live_seat *seat_find(const struct office *office, struct id id);

/* ---- Rules (catalogue.c) ---- */

void seat_set_status(struct office *office, struct live_seat *seat, enum seat_status status);

/* A draft is nobody's to see or to buy but the organizer's. */
bool concert_is_draft(const struct live_concert *concert);

/* Makes the bits of its seats, which are all there. False: no memory. */
bool round_make_bits(struct live_round *round);

/* The first of the best seats in the round, which is not over; NULL: there are none. */
struct live_seat *round_best_available(const struct live_round *round,
                                       const struct best_wanted *wanted);

/* Gives back what the round has in memory for its seats, which are gone (live.c). */
void round_let_seats_go(struct live_round *round);

/* Its seats have left memory, or are leaving it. */
bool round_is_over(const struct live_round *round);

/* When the round's sale ends: reservationCloseAt or its start, the earlier. */
timestamp_ms round_sale_end(const struct live_round *round);

/* Whether the wall clock is at the round's start, or past it. */
bool round_has_begun(const struct office *office, const struct concert_round *row);

/* ---- Rules (round_change.c) ---- */

/* Whether its doors open before it begins, and it ends after that. */
enum refusal round_check_times(const struct concert_round *row);

/* Answers with the round as it is to be. A round that is so already is not written. */
enum refusal round_become(struct office *office, struct live_round *round,
                          const struct concert_round *row, bool changes, struct call *call);

/* A piece of the seats' door that dropping needs (door_catalogue.c). */
void seat_forget(struct office *office, struct live_seat *seat);

#endif
