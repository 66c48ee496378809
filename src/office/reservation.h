/* Reservations, their seats and their payments. For the files of this layer only. */
#ifndef USHER_OFFICE_RESERVATION_H
#define USHER_OFFICE_RESERVATION_H

#include "base/heap.h"
#include "base/pool.h"
#include "office/finished_list.h"
#include "office/office.h"

struct live_seat;
struct live_user;
struct live_round;

struct live_payment {
    struct pool_item item;
    struct payment row;
};

/* Of a seat that is sold. Whose it is, of which round, and whether it still lets in, its
 * reservation says; when it was issued, its id. */
struct live_ticket {
    struct pool_item item;
    uint32_t generation;
    struct id id;
    int64_t serial;
    const char *holder_name; /* a block of its own; or NULL */
};

/* A reservation names few seats of the many that it may: each stands apart. */
struct held_seat {
    struct pool_item item;
    uint32_t next;   /* of the same reservation, in the order of positions */
    uint32_t ticket; /* 0: none yet */
    struct live_seat *seat;
#define HELD_SEAT_KEEPS(type, column, width) type column width;
#include "office/kept.def"
};

struct reservation_link {
    struct live_reservation *previous, *next;
};

struct live_reservation {
    struct pool_item item;
    struct seat_reservation row;
    struct live_user *user;
    struct live_round *round;
    struct reservation_link of_user, of_round;
    struct live_payment *payment;        /* the succeeded or cancelled one */
    struct live_payment *failed_payment; /* the one failed try that is kept */
    struct heap_node deadline;           /* while pending */
    struct heap_node returns;            /* the same, among those of its round */
    uint8_t seat_count;
    uint32_t seats; /* the first */
    struct finished_node finished;
};

/* Room in memory, wanted before the line that a verb crosses (room.c). */
bool reservation_reserve(struct office *office, struct live_round *round, size_t seats);
bool payment_reserve(struct office *office);
bool tickets_reserve(struct office *office, size_t count);

/* ---- Finding, and back to a row (find.c, live_row.c) ---- */

struct live_payment *payment_find(const struct office *office, struct id id);
struct live_reservation *reservation_find(const struct office *office, struct id id);
struct held_seat *reservation_seats(const struct office *office,
                                    const struct live_reservation *reservation);
struct held_seat *held_seat_next(const struct office *office, const struct held_seat *held);
struct reservation_seat held_seat_row(const struct live_reservation *reservation, int64_t position,
                                      const struct held_seat *held);

struct live_ticket *held_seat_ticket(const struct office *office, const struct held_seat *held);
struct ticket ticket_row(const struct office *office, const struct live_reservation *reservation,
                         const struct held_seat *held);

/* ---- Rules (ticket.c) ---- */

/* One for each seat of a reservation that was just paid for; and the end of those that it has, once
 * it is cancelled. A record a seat. */
void tickets_issue(struct office *office, struct live_reservation *reservation);
void tickets_void(struct office *office, struct live_reservation *reservation);

/* Issues the tickets of what was paid for before there were any, a slice a call. True: there may be
 * more. */
bool tickets_catch_up(struct office *office);

/* ---- Rules (reservation.c) ---- */

bool reservation_is_live(const struct live_reservation *reservation); /* pending or confirmed */

/* Frees a pending reservation's seats, or refunds a confirmed one, and ends it. At most
 * STEP_RECORDS_MAX records. */
void reservation_end(struct office *office, struct live_reservation *reservation,
                     enum reservation_status status, enum cancel_reason reason);
void reservation_show(const struct office *office, const struct live_reservation *reservation,
                      struct reservation_view *view);

/* The pending reservation of `user` that the call names; NULL and why not, or NULL and REFUSAL_NONE
 * while it is looked up. */
enum refusal reservation_find_pending(const struct office *office, const struct live_user *user,
                                      struct call *call, struct live_reservation **reservation);

/* A piece of the reservations' door that dropping needs (door_sale.c). */
void reservation_unlink(struct live_reservation *reservation);

#endif
