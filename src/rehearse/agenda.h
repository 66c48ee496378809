/* Who does something at which beat: a list for each beat of the sale. A buyer is in one of them at
 * most; setting, clearing and taking cost the same whatever is in it. */
#ifndef USHER_REHEARSE_AGENDA_H
#define USHER_REHEARSE_AGENDA_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Buyers in the lists are numbered from 1; 0 ends a list. */
struct agenda {
    uint32_t *firsts; /* a list's first buyer, by beat */
    struct appointment *appointments;
    uint32_t beats;
    uint32_t buyers;
};

struct appointment {
    uint32_t beat; /* with 1 added; 0: none */
    uint32_t previous, next;
};

MUST_USE enum result agenda_init(struct agenda *agenda, uint32_t beats, uint32_t buyers);
void agenda_release(struct agenda *agenda);

/* The buyer, from 0 on, does something at this beat and at no other; past the last one never. */
void agenda_set(struct agenda *agenda, uint32_t buyer, uint32_t beat);
void agenda_remove(struct agenda *agenda, uint32_t buyer);

/* Takes a buyer of this beat off; false: there is none. */
bool agenda_take(struct agenda *agenda, uint32_t beat, uint32_t *buyer);

#endif
