/* How a sale goes, beat by beat: how many wait, are inside, hold and have bought, and what keeps it
 * from going faster. Its memory is the same however long the sale is. */
#ifndef USHER_REHEARSE_COURSE_H
#define USHER_REHEARSE_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a drawing of usual width can show. When all points are taken every second one is dropped,
 * and from then on each stands for twice as many beats. */
#define COURSE_POINTS_MAX 1024

struct course_point {
    uint32_t beat;
    uint32_t waiting, active; /* people */
    uint32_t held, sold;      /* seats */
    bool full;                /* none is free */
};

/* More of it would have sold faster, at this beat. */
enum bound {
    BOUND_ADMISSION,  /* somebody waits, there is room inside, and seats: the rate */
    BOUND_MAX_ACTIVE, /* somebody waits, and there is no room inside */
    BOUND_SEATS,      /* every seat is held or sold, or there is somebody inside for each */
    BOUND_BUYERS,     /* nobody waits */
    BOUND_COUNT
};

struct course {
    struct course_point points[COURSE_POINTS_MAX];
    size_t point_count;
    struct course_point last; /* noted */
    uint32_t beats_each;      /* of a point */
    uint32_t beats;           /* noted so far */
    uint32_t bound_beats[BOUND_COUNT];
    uint64_t active_beats; /* of all people together */
    uint32_t most_active;
    uint32_t first_full; /* the first beat without a free seat */
    bool was_full;
};

void course_init(struct course *course);

/* The next beat; they come in order, from 0 on. */
void course_note(struct course *course, const struct course_point *point, enum bound bound);

/* What bounded it for the longest time. */
enum bound course_bound(const struct course *course);

#endif
