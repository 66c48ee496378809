/* One rehearsal as it goes: the office, its batches without journal or threads, the people, and
 * what is found on the way. Private to this folder. */
#ifndef USHER_REHEARSE_SALE_H
#define USHER_REHEARSE_SALE_H

#include "rehearse/agenda.h"
#include "rehearse/findings.h"
#include "rehearse/hall.h"
#include "rehearse/watch.h"

struct sale {
    const struct rehearsal_plan *plan;
    const struct rehearsal_watch *watch;
    struct office *office;
    struct id_source ids;

    /* The batch: as large as one of the engine's at the most. */
    struct turn turn;
    size_t calls;
    size_t followed; /* bytes of its records that were followed */
    bool settling;   /* what happens now can be acted on from the next beat on */

    uint32_t beat;
    struct buyer *buyers;
    uint32_t *waits; /* of those let in: how many waited so many beats */
    struct agenda agenda;
    struct hall hall;

    /* Buyers come, and join, in the order of their numbers, so a number is a place in line. */
    uint32_t came;
    uint32_t near_end;   /* those below were near once, or were gone before */
    uint32_t near_count; /* are near, and wait */

    struct findings *findings;
    enum result result; /* anything but RESULT_OK ends the sale */
    struct explanation *explanation;
};

/* ---- The batch ---- */

/* Opens a batch at the beat's time, once all that is due by then was worked off. */
void sale_open_batch(struct sale *sale);
void sale_close_batch(struct sale *sale);

/* Before a call: the batch can take it; it may be another one afterwards. */
void sale_make_room(struct sale *sale);

/* Has the office decide a buyer's call. Any refusal but SEAT_UNAVAILABLE ends the sale. */
enum refusal sale_ask(struct sale *sale, uint32_t buyer, struct call *call);

/* ---- People ---- */

static inline enum buyer_state sale_state(const struct sale *sale, uint32_t buyer)
{
    return (enum buyer_state)sale->buyers[buyer].state;
}

#endif
