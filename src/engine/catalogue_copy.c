/* A copy of the office's catalogue in one block of memory: the snapshot, the concerts, the rounds,
 * then the texts. Its size is what an organizer made, a page of text a concert. */
#include "engine/snapshot.h"

#include "base/check.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct catalogue_snapshot) % alignof(struct concert) == 0 &&
                   sizeof(struct concert) % alignof(struct catalogue_round) == 0,
               "the arrays follow each other without padding");

static size_t text_bytes(const struct concert *concert)
{
    const struct record record = {.kind = RECORD_KIND_CONCERT, .as.concert = *concert};
    return record_text_bytes(&record);
}

struct catalogue_snapshot *catalogue_copy(const struct office *office)
{
    const size_t concert_count = office_concert_count(office);
    const size_t round_count = office_round_count(office);
    size_t bytes = sizeof(struct catalogue_snapshot) + concert_count * sizeof(struct concert) +
                   round_count * sizeof(struct catalogue_round);
    for (size_t i = 0; i < concert_count; i++)
        bytes += text_bytes(office_concert_at(office, i));

    struct catalogue_snapshot *snapshot = malloc(bytes);
    if (snapshot == NULL)
        return NULL;
    struct concert *concerts = (struct concert *)(snapshot + 1);
    struct catalogue_round *rounds = (struct catalogue_round *)(concerts + concert_count);
    char *texts = (char *)(rounds + round_count);
    for (size_t i = 0; i < concert_count; i++) {
        struct record record = {.kind = RECORD_KIND_CONCERT,
                                .as.concert = *office_concert_at(office, i)};
        record_move_texts(&record, texts);
        texts += record_text_bytes(&record);
        concerts[i] = record.as.concert;
    }
    for (size_t i = 0; i < round_count; i++) {
        struct round_state state;
        rounds[i].round = *office_round_at(office, i);
        rounds[i].draft = office_round_is_draft(office, i);
        rounds[i].live = office_round_state(office, rounds[i].round.id, &state);
    }
    CHECK((size_t)(texts - (char *)snapshot) == bytes);
    *snapshot = (struct catalogue_snapshot){
        .concert_count = concert_count,
        .round_count = round_count,
        .concerts = concerts,
        .rounds = rounds,
    };
    atomic_init(&snapshot->references, 1);
    return snapshot;
}

void engine_catalogue_release(const struct catalogue_snapshot *snapshot)
{
    /* Constant for those who read it; the count is the holders' business. */
    struct catalogue_snapshot *held = (struct catalogue_snapshot *)snapshot;
    if (held != NULL && atomic_fetch_sub(&held->references, 1) == 1)
        free(held);
}
