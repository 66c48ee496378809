/* A rehearsal as the API shows it (objects.def). */
#ifndef USHER_API_SHOWN_REHEARSAL_H
#define USHER_API_SHOWN_REHEARSAL_H

#include "api/rehearsals.h"

/* The sale as a picture; each number is of people or of seats, a step after the one before. */
struct course_numbers {
    int64_t waiting[COURSE_POINTS_MAX], active[COURSE_POINTS_MAX], held[COURSE_POINTS_MAX],
        sold[COURSE_POINTS_MAX];
};

struct shown_course {
    int64_t step_ms;
    size_t count;
    const int64_t *waiting, *active, *held, *sold;
};

struct shown_waits {
    double p50, p90, p99, most;
};

struct shown_inside {
    double mean;
    int64_t most, allowed;
};

struct shown_ends {
    int64_t people[BUYER_STATE_COUNT];
};

struct shown_bounds {
    double percent[BOUND_COUNT];
};

extern const char *const bound_texts[BOUND_COUNT];

struct shown_rehearsal {
    char id[ID_TEXT_BYTES];
    struct id round_id;
    struct rehearsal_plan plan;
    enum rehearsal_status status;
    int64_t percent;
    timestamp_ms created_at, ended_at;
    bool failed;
    enum rehearsal_failure failure;

    bool done; /* the rest is known */
    bool sold_out, was_full, let_in_somebody, sound;
    double seconds, full_seconds;
    int64_t sold, let_in, holds, lapsed_holds, lost_races;
    struct shown_waits waits;
    struct shown_inside inside;
    struct shown_ends ends;
    enum bound bound;
    struct shown_bounds bounds;
    bool with_course;
    struct shown_course course;
};

struct shown_rehearsals {
    size_t count;
    struct shown_rehearsal items[REHEARSALS_KEPT];
};

#endif
