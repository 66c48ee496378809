/* Concerts and rounds made through the engine, for the demo and for load tests. */
#ifndef USHER_APP_STAGE_H
#define USHER_APP_STAGE_H

#include "app/box_office.h"

struct stage_section {
    const char *name, *grade;
    size_t seats; /* numbered NAME-ROW-NUMBER from 1; the last row may be short */
    size_t seats_per_row;
    int64_t price;
};

/* Makes a concert on sale from `open_at` to `close_at`. */
MUST_USE enum result stage_concert(struct box_office *office, const struct credentials *organizer,
                                   const char *title, const char *description, timestamp_ms open_at,
                                   timestamp_ms close_at, struct id *concert_id,
                                   struct explanation *explanation);

/* Makes a round with these seats, at most ROUND_SEATS_MAX. */
MUST_USE enum result stage_seats(struct box_office *office, const struct credentials *organizer,
                                 struct id concert_id, timestamp_ms start_time,
                                 const struct seat_plan *seats, size_t seat_count,
                                 struct id *round_id, struct explanation *explanation);

/* Makes a round with all seats of the sections, at most ROUND_SEATS_MAX. */
MUST_USE enum result stage_round(struct box_office *office, const struct credentials *organizer,
                                 struct id concert_id, timestamp_ms start_time,
                                 const struct stage_section *sections, size_t section_count,
                                 struct id *round_id, struct explanation *explanation);

#endif
