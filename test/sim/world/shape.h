/* What kind of world a seed makes: how many people, how they behave, which settings, how the
 * machine and the network are, what goes wrong. */
#ifndef USHER_TEST_SIM_WORLD_SHAPE_H
#define USHER_TEST_SIM_WORLD_SHAPE_H

#include "disk/chance.h"
#include "office/office.h"
#include "world/options.h"

struct shape {
    bool large; /* thousands of clients, checked at the end rather than after each commit */
    uint64_t drawn_operations; /* by the seed; what goes wrong is spread over these */
    uint64_t operations;       /* those, or the command line's */
    uint32_t clients;
    uint32_t organizers; /* of the clients, the first ones */
    uint32_t in_flight_max;
    bool prepared_disk; /* begins with empty tables rather than with no files */
    struct office_settings settings;

    /* The catalogue. */
    int64_t concerts, rounds_per_concert;
    size_t seats_max;             /* of a round */
    int64_t price_max;            /* a charge is some times that */
    int64_t round_in_seconds_max; /* rounds begin up to this long after they are made */

    /* People act in beats, so that many act at once and there is quiet in between. */
    int64_t beat_ms, jitter_ms;
    int64_t beats_between_max; /* of one person's acts */
    bool rich;                 /* somebody is charged until no more is possible */
    int64_t fickle_percent;    /* of the buyers: they hold and let go, and hold again */
    int64_t wild_percent;      /* acts that make no sense */
    int64_t naming_percent;    /* of the joins: they name a concert */
    int64_t silence_permille;  /* of the acts of who waits: to be silent for a while */
    int64_t key_percent;       /* of what may carry an Idempotency-Key */
    int64_t nights;            /* so many, at the most; everybody sleeps for a day or longer */

    /* Of the acts that make no sense, a verb is so many times as often as in the mean of worlds. */
    unsigned char leaning[VERB_COUNT];

    /* The network. */
    int64_t delay_ms_max;
    int64_t loss_permille, duplicate_permille;

    /* The machine. */
    int64_t turn_late_ms_max; /* of the engine's thread, when somebody asks */
    int64_t idle_late_ms_max; /* and when only time passed */
    int64_t book_ms;          /* between two slices of the bookkeeper's */

    uint32_t faults; /* a bit a kind that may happen */
    uint64_t fault_count;
};

void shape_draw(struct shape *shape, const struct options *options);

/* The settings that the next start is given: some of them others than now. */
void shape_change_settings(struct office_settings *settings, struct chance *chance);

#endif
