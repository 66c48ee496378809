/* Letting people in: the door, the rate, the order. For the files of this layer only. */
#ifndef USHER_OFFICE_ADMISSION_H
#define USHER_OFFICE_ADMISSION_H

#include "office/office.h"

#define ADMISSION_WINDOW_SECONDS 60

/* Admissions in each of the last sixty seconds, for the estimate. */
struct admission_rate {
    int64_t second[ADMISSION_WINDOW_SECONDS]; /* which second the slot counts */
    int64_t count[ADMISSION_WINDOW_SECONDS];
    int64_t first_second; /* of the measurement; 0: none yet */
};

/* Whether anything is on sale, and for which wall times that answer stands. */
struct sale_window {
    bool open;
    timestamp_ms from, until; /* half-open */
    uint64_t catalogue_version;
};

/* Changes the queue's settings. */
void queue_apply(struct office *office, const struct queue_change *change);
enum queue_status queue_status_given(const struct house *house, timestamp_ms wall, bool on_sale);
enum queue_status queue_status_at(struct office *office, timestamp_ms wall);

/* Admits while there is a free slot, credit and somebody to admit; `budget` bounds the records.
 * False: more could be done. */
bool queue_admit(struct office *office, size_t *budget);
struct wait_estimate queue_estimate(const struct office *office, enum queue_status status,
                                    int64_t ahead);

/* When the next one may be admitted, or the door opens by itself; INT64_MAX: neither is in sight.
 */
timestamp_ms queue_next_admission(const struct office *office, struct moment now);

#endif
