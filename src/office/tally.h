/* How often what happened, in numbers that only grow (tally.def). A batch counts its own rows as
 * they go through the doors; the engine adds them up once they are durable. */
#ifndef USHER_OFFICE_TALLY_H
#define USHER_OFFICE_TALLY_H

#include "record/record.h"

enum tally_name {
#define TALLY(name, meaning) TALLY_##name,
#include "office/tally.def"
    TALLY_COUNT,
};

struct tally {
    int64_t counts[TALLY_COUNT];
};

/* A row that is put for that reason. Two comparisons for most rows and an addition for those that
 * count, some ten instructions, beside an encoding of several hundred. */
void tally_row(struct tally *tally, enum record_kind kind, enum record_why why, const void *row);

/* A seat's status changes. */
void tally_seat(struct tally *tally, enum seat_status from, enum seat_status to);

#endif
