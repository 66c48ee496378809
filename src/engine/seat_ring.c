/* See seat_ring.h. */
#include "engine/seat_ring.h"

#include <stdlib.h>

bool seat_ring_init(struct seat_ring *ring, size_t seat_count, uint64_t version)
{
    const size_t capacity = (seat_count + SEATS_PER_RING_PLACE - 1) / SEATS_PER_RING_PLACE;
    *ring = (struct seat_ring){.capacity = capacity, .known_since = version};
    ring->places = malloc(capacity * sizeof *ring->places);
    return ring->places != NULL;
}

void seat_ring_release(struct seat_ring *ring)
{
    free(ring->places);
    *ring = (struct seat_ring){0};
}

void seat_ring_add(struct seat_ring *ring, uint64_t version, size_t position)
{
    struct ring_place *place = &ring->places[ring->next];
    if (ring->count == ring->capacity)
        ring->known_since = place->version;
    else
        ring->count++;
    *place = (struct ring_place){.version = version, .position = (uint32_t)position};
    ring->next = ring->next + 1 == ring->capacity ? 0 : ring->next + 1;
}

/* ---- What changed since a version ---- */

#define MARKS_PER_WORD 64

static size_t mark_words(size_t seat_count)
{
    return (seat_count + MARKS_PER_WORD - 1) / MARKS_PER_WORD;
}

/* Sets a bit for each seat that changed after `since`; answers how many seats those are. */
static size_t mark_changed(const struct seat_ring *ring, uint64_t since, uint64_t *marks)
{
    size_t changed = 0, at = ring->next;
    for (size_t i = 0; i < ring->count; i++) {
        at = at == 0 ? ring->capacity - 1 : at - 1;
        const struct ring_place *place = &ring->places[at];
        if (place->version <= since)
            break;
        uint64_t *word = &marks[place->position / MARKS_PER_WORD];
        const uint64_t mark = UINT64_C(1) << place->position % MARKS_PER_WORD;
        changed += (*word & mark) == 0;
        *word |= mark;
    }
    return changed;
}

static void list_marked(struct round_changes *changes, const uint64_t *marks, const char *states,
                        size_t seat_count)
{
    for (size_t i = 0; i < mark_words(seat_count); i++)
        for (uint64_t word = marks[i]; word != 0; word &= word - 1) {
            const size_t position = i * MARKS_PER_WORD + (size_t)__builtin_ctzll(word);
            changes->seats[changes->count++] =
                (struct seat_change){.position = (uint32_t)position, .state = states[position]};
        }
}

struct round_changes *seat_ring_changes(const struct seat_ring *ring, uint64_t since,
                                        uint64_t version, const char *states, size_t seat_count)
{
    if (since < ring->known_since || since > version)
        return NULL;
    uint64_t *marks = calloc(mark_words(seat_count), sizeof *marks);
    if (marks == NULL)
        return NULL;
    const size_t count = mark_changed(ring, since, marks);
    struct round_changes *changes = malloc(sizeof *changes + count * sizeof changes->seats[0]);
    if (changes != NULL) {
        *changes = (struct round_changes){.version = version};
        list_marked(changes, marks, states, seat_count);
    }
    free(marks);
    return changes;
}
