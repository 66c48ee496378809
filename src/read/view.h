/* A row with the rows around it, as readers are shown it. The office makes it of live rows, the
 * store of rows that have left memory. */
#ifndef USHER_READ_VIEW_H
#define USHER_READ_VIEW_H

#include "record/limit.h"
#include "record/record.h"

struct reserved_seat_view {
    struct id seat_id;
    int64_t price;
    char seat_number[SEAT_NUMBER_BYTES_MAX + 1];
};

struct reservation_view {
    struct seat_reservation reservation;
    struct id concert_id;
    size_t seat_count;
    struct reserved_seat_view seats[SEATS_PER_RESERVATION_MAX];
};

#endif
