/* The history of one reservation: what happened to it and to those around it, step by step. */
#ifndef USHER_READ_HISTORY_H
#define USHER_READ_HISTORY_H

#include "read/view.h"

/* In the order in which they come where they have one time. */
enum history_event {
    HISTORY_JOINED,
    HISTORY_ADMITTED,
    HISTORY_HELD,
    HISTORY_EXTENDED,
    HISTORY_TRIED,
    HISTORY_PAID,
    HISTORY_MOVED,
    HISTORY_EXPIRED,
    HISTORY_CANCELLED,
    HISTORY_REFUNDED,
    HISTORY_EVENT_COUNT
};

struct history_step {
    timestamp_ms at;
    enum history_event event;
    int64_t amount;                             /* HELD, TRIED, PAID, REFUNDED */
    struct id payment_id;                       /* TRIED, PAID, REFUNDED */
    enum cancel_reason reason;                  /* CANCELLED */
    timestamp_ms moved_from, free_cancel_until; /* MOVED */
};

/* Each event comes once at most: a reservation has one token, one payment that failed and is told
 * by its first try, and one that did not; of its round's moves the last is known. */
struct reservation_history {
    struct id reservation_id;
    bool has_reason; /* as the view of the reservation has it */
    struct round_reason reason;
    size_t count;
    struct history_step steps[HISTORY_EVENT_COUNT]; /* in the order of their times */
};

#endif
