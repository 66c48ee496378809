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

struct live_lane;
struct live_token;

/* What is true now of all who wait in a lane. */
enum lane_state {
    LANE_SHUT,     /* their sale is not open, or it is paused: they are passed over */
    LANE_SOLD_OUT, /* no seat is left, and none is held that may come back: they stay */
    LANE_ON_SALE,
};

enum lane_state lane_state(const struct office *office, const struct live_lane *lane);

/* How many will be let in before a token that waits: those with lower numbers who wait for the
 * same, or for whatever is on sale, or for what will be the next to have seats. */
int64_t queue_ahead(const struct office *office, const struct live_token *token);

/* Changes the queue's settings. */
void queue_apply(struct office *office, const struct queue_change *change);
enum queue_status queue_status_given(const struct house *house, timestamp_ms wall, bool on_sale);
enum queue_status queue_status_at(struct office *office, timestamp_ms wall);

/* Admits while there is a free slot, credit and somebody to admit; `budget` bounds the records.
 * False: it was used up, and more could be done. */
bool queue_admit(struct office *office, size_t *budget);

/* Of somebody in a lane, with so many ahead; and of one who joins now and names no concert. */
struct wait_estimate queue_estimate(const struct office *office, enum queue_status status,
                                    const struct live_lane *lane, int64_t ahead);
struct wait_estimate queue_newcomer_estimate(const struct office *office, enum queue_status status);

/* How many are let in a minute, by the admissions of the last one; 0: nobody was. */
int64_t queue_admitted_a_minute(const struct office *office);

/* When the next one may be admitted, or a door opens by itself; INT64_MAX: neither is in sight. */
timestamp_ms queue_next_admission(const struct office *office, struct moment now);

#endif
