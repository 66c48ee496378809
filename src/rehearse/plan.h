/* What is rehearsed: how many seats, who comes, what people are like, and the house's settings. */
#ifndef USHER_REHEARSE_PLAN_H
#define USHER_REHEARSE_PLAN_H

#include "office/office.h"

/* The clock of a rehearsal goes in beats: people see the seats as they were up to one beat ago. */
#define BEAT_MS 100
#define SECOND_BEATS ((uint32_t)(SECOND_MS / BEAT_MS))

/* A sale is rehearsed for a day at most; then it is over, even if people still wait. */
#define SALE_BEATS ((uint32_t)(DAY_MS / BEAT_MS))

/* Beyond every sale. */
#define BEAT_NEVER UINT32_MAX

/* Five times the line that the house is designed for; some 400 bytes each. */
#define BUYERS_MAX 5000000

/* The longest that people take for anything. */
#define HABIT_SECONDS_MAX (DAY_MS / SECOND_MS / 2)

/* What people are like where nobody says it. */
#define REHEARSAL_SEED_PRESET 1
#define PATIENCE_SECONDS_PRESET 1800
#define SILENT_PERCENT_PRESET 50
#define SEATS_EACH_PRESET 2
#define CHOOSE_SECONDS_PRESET 30
#define LOOK_SECONDS_PRESET 60
#define PAY_SECONDS_PRESET 60
#define UNPAID_PERCENT_PRESET 5
#define SPREAD_PERCENT_PRESET 50

/* Buyers are numbered from 0 in the order in which they come. */
struct rehearsal_plan {
    int64_t seats, buyers, seed;
    int64_t arrive_seconds; /* 0: all come when the sale opens */
    bool rush;              /* half of them in the first tenth of that time */
    int64_t seats_each;
    /* How long people take, on average; each one takes up to `spread_percent` less or more. */
    int64_t patience_seconds; /* in line; 0: for ever */
    int64_t choose_seconds, pay_seconds;
    int64_t look_seconds; /* for free seats, from the first look on */
    int64_t spread_percent;
    int64_t silent_percent; /* of those who lose patience: they close the page and do not leave */
    int64_t unpaid_percent; /* of those who hold seats: they close the page and do not pay */
    struct office_settings settings;
};

#endif
