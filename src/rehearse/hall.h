/* The seats as the office's last commit showed them to everybody, counted apart from the office:
 * what it sold is known here from its records alone. */
#ifndef USHER_REHEARSE_HALL_H
#define USHER_REHEARSE_HALL_H

#include "base/result.h"
#include "record/record.h"

struct hall {
    uint8_t *seats; /* enum seat_status, by position */
    uint32_t count, available, held, sold;
    uint32_t oversold; /* seats that were given away while somebody had bought them */
};

MUST_USE enum result hall_init(struct hall *hall, uint32_t count);
void hall_release(struct hall *hall);

/* A record says that the seat has this status now. */
void hall_note(struct hall *hall, uint32_t position, enum seat_status status);

/* The first `wanted` seats that are available from `first` on, past the last one from 0 on; less
 * when there are less. Returns how many. */
uint32_t hall_pick(const struct hall *hall, uint32_t first, uint32_t wanted, uint32_t *positions);

#endif
