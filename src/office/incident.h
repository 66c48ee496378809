/* Time that is given back: by the house itself after a downtime, by an organizer after an incident.
 * For the files of this layer only. */
#ifndef USHER_OFFICE_INCIDENT_H
#define USHER_OFFICE_INCIDENT_H

#include "office/office.h"

/* How many deadlines moved. */
struct shifted {
    int64_t holds, turns;
};

/* Moves the deadlines of all live holds, and of all turns, by so much. Makes room in the batch
 * where the caller has none. */
struct shifted deadlines_shift(struct office *office, int64_t gap_ms);

#endif
