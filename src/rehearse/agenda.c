/* See agenda.h. */
#include "rehearse/agenda.h"

#include "base/check.h"

#include <stdlib.h>

enum result agenda_init(struct agenda *agenda, uint32_t beats, uint32_t buyers)
{
    *agenda = (struct agenda){.beats = beats, .buyers = buyers};
    agenda->firsts = calloc(beats, sizeof *agenda->firsts);
    agenda->appointments = calloc((size_t)buyers + 1, sizeof *agenda->appointments);
    return agenda->firsts != NULL && agenda->appointments != NULL ? RESULT_OK : RESULT_NO_MEMORY;
}

void agenda_release(struct agenda *agenda)
{
    free(agenda->firsts);
    free(agenda->appointments);
}

void agenda_remove(struct agenda *agenda, uint32_t buyer)
{
    CHECK(buyer < agenda->buyers);
    struct appointment *own = &agenda->appointments[buyer + 1];
    if (own->beat == 0)
        return;
    if (own->previous != 0)
        agenda->appointments[own->previous].next = own->next;
    else
        agenda->firsts[own->beat - 1] = own->next;
    if (own->next != 0)
        agenda->appointments[own->next].previous = own->previous;
    *own = (struct appointment){0};
}

void agenda_set(struct agenda *agenda, uint32_t buyer, uint32_t beat)
{
    agenda_remove(agenda, buyer);
    if (beat >= agenda->beats)
        return;
    const uint32_t next = agenda->firsts[beat];
    agenda->appointments[buyer + 1] = (struct appointment){.beat = beat + 1, .next = next};
    if (next != 0)
        agenda->appointments[next].previous = buyer + 1;
    agenda->firsts[beat] = buyer + 1;
}

bool agenda_take(struct agenda *agenda, uint32_t beat, uint32_t *buyer)
{
    CHECK(beat < agenda->beats);
    if (agenda->firsts[beat] == 0)
        return false;
    *buyer = agenda->firsts[beat] - 1;
    agenda_remove(agenda, *buyer);
    return true;
}
