/* A row with the rows around it, as readers are shown it. The office makes it of live rows, the
 * store of rows that have left memory. */
#ifndef USHER_READ_VIEW_H
#define USHER_READ_VIEW_H

#include "read/told_texts.h"
#include "record/limit.h"
#include "record/record.h"

struct reserved_seat_view {
    struct id seat_id;
    int64_t price;
    /* Of its ticket, once there is one. */
    struct id ticket_id;
    enum ticket_status ticket_status;
    const char *holder_name; /* or NULL */
    char seat_number[SEAT_NUMBER_BYTES_MAX + 1];
};

/* Why an organizer moved or cancelled a round. */
struct round_reason {
    struct told_texts texts;
};

struct reservation_view {
    struct seat_reservation reservation;
    struct id concert_id;
    timestamp_ms moved_from, free_cancel_until; /* of a round that was moved since; or 0 */
    bool has_reason;
    struct round_reason reason;
    const char *calendar_url; /* where its calendar file is; NULL: nobody asks */
    size_t seat_count;
    size_t ticket_count; /* the first so many seats have one: all, or none */
    struct reserved_seat_view seats[SEATS_PER_RESERVATION_MAX];
};

/* Whether the round was moved while the reservation was there; before, its buyer knew. */
bool reservation_was_moved(const struct seat_reservation *reservation,
                           const struct concert_round *round);

/* Why the round was moved or cancelled, if that concerns the reservation; false: there is none. */
bool reservation_tell_reason(const struct seat_reservation *reservation,
                             const struct concert_round *round, struct round_reason *reason);

/* What the view shows of the reservation's round, as that is. */
void reservation_view_tell_round(struct reservation_view *view, const struct concert_round *round);

/* The reservation beside its round; its seats are still to come. */
void reservation_view_begin(struct reservation_view *view,
                            const struct seat_reservation *reservation,
                            const struct concert_round *round);

/* Frees the names of holders, where each is in a block of its own. */
void reservation_view_release(struct reservation_view *view);

#endif
