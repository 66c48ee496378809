/* A round's seats as they never change, copied once and shared by all snapshots of the round. */
#include "engine/snapshot.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* `map` comes first, so that a snapshot's pointer to it leads back here. */
struct shared_map {
    struct seat_map map;
    atomic_uint references;
    char *texts;
};

static struct shared_map *shared(struct seat_map *map)
{
    return (struct shared_map *)map;
}

#define SEAT_TEXTS 5

/* The seat's texts, wherever they point. */
static void seat_texts(struct seat *seat, const char **texts[static SEAT_TEXTS])
{
    texts[0] = &seat->seat_number;
    texts[1] = &seat->section;
    texts[2] = &seat->row;
    texts[3] = &seat->number;
    texts[4] = &seat->grade;
}

static bool repeats_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Points every text that repeats the seat before, as sections and rows do, at the one before, and
 * the others at `texts`, moving on; with `texts` NULL it only measures. Returns the bytes of text
 * that are not repeated. */
static size_t gather_texts(struct seat *seats, size_t seat_count, char *texts)
{
    size_t bytes = 0;
    const char *before[SEAT_TEXTS] = {NULL};
    for (size_t i = 0; i < seat_count; i++) {
        const char **fields[SEAT_TEXTS];
        seat_texts(&seats[i], fields);
        for (size_t j = 0; j < SEAT_TEXTS; j++) {
            const char *text = *fields[j];
            if (text == NULL)
                continue;
            if (repeats_text(before[j], text)) {
                *fields[j] = texts == NULL ? text : before[j];
                continue;
            }
            const size_t length = strlen(text) + 1;
            if (texts != NULL)
                *fields[j] = memcpy(texts + bytes, text, length);
            before[j] = *fields[j];
            bytes += length;
        }
    }
    return bytes;
}

struct seat_map *seat_map_copy(const struct office *office, const struct concert_round *round)
{
    const size_t seat_count = (size_t)round->total_seat_cnt;
    struct shared_map *copy = malloc(sizeof *copy);
    struct seat *seats = calloc(seat_count, sizeof *seats);
    char *texts = NULL;
    if (copy != NULL && seats != NULL) {
        for (size_t i = 0; i < seat_count; i++)
            seats[i] = *office_round_seat(office, round->id, i);
        texts = malloc(gather_texts(seats, seat_count, NULL));
    }
    if (texts == NULL) {
        free(copy);
        free(seats);
        return NULL;
    }
    (void)gather_texts(seats, seat_count, texts);
    copy->map = (struct seat_map){.round_id = round->id,
                                  .plan_version = round->plan_version,
                                  .seat_count = seat_count,
                                  .seats = seats};
    copy->texts = texts;
    atomic_init(&copy->references, 1);
    return &copy->map;
}

void seat_map_keep(struct seat_map *map)
{
    atomic_fetch_add(&shared(map)->references, 1);
}

void seat_map_release(struct seat_map *map)
{
    struct shared_map *copy = shared(map);
    if (map == NULL || atomic_fetch_sub(&copy->references, 1) != 1)
        return;
    free(copy->texts);
    free(copy->map.seats);
    free(copy);
}
