/* A copy of the office's catalogue in one block of memory: the snapshot, the concerts, the rounds,
 * then the texts of both. Its size is what an organizer made, a page of text a concert. */
#include "engine/snapshot.h"

#include "base/check.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct catalogue_snapshot) % alignof(struct concert) == 0 &&
                   sizeof(struct concert) % alignof(struct catalogue_round) == 0,
               "the arrays follow each other without padding");

static struct record concert_to_copy(const struct office *office, size_t index)
{
    return (struct record){.kind = RECORD_KIND_CONCERT,
                           .as.concert = *office_concert_at(office, index)};
}

static struct record round_to_copy(const struct office *office, size_t index)
{
    return (struct record){.kind = RECORD_KIND_CONCERT_ROUND,
                           .as.concert_round = *office_round_at(office, index)};
}

static size_t text_bytes(const struct office *office)
{
    size_t bytes = 0;
    for (size_t i = 0; i < office_concert_count(office); i++) {
        const struct record record = concert_to_copy(office, i);
        bytes += record_text_bytes(&record);
    }
    for (size_t i = 0; i < office_round_count(office); i++) {
        const struct record record = round_to_copy(office, i);
        bytes += record_text_bytes(&record);
    }
    return bytes;
}

/* Copies the record's texts to `*texts` and goes past them. */
static void copy_texts(struct record *record, char **texts)
{
    record_move_texts(record, *texts);
    *texts += record_text_bytes(record);
}

struct catalogue_snapshot *catalogue_copy(const struct office *office)
{
    const size_t concert_count = office_concert_count(office);
    const size_t round_count = office_round_count(office);
    const size_t bytes = sizeof(struct catalogue_snapshot) +
                         concert_count * sizeof(struct concert) +
                         round_count * sizeof(struct catalogue_round) + text_bytes(office);
    struct catalogue_snapshot *snapshot = malloc(bytes);
    if (snapshot == NULL)
        return NULL;
    struct concert *concerts = (struct concert *)(snapshot + 1);
    struct catalogue_round *rounds = (struct catalogue_round *)(concerts + concert_count);
    char *texts = (char *)(rounds + round_count);
    for (size_t i = 0; i < concert_count; i++) {
        struct record record = concert_to_copy(office, i);
        copy_texts(&record, &texts);
        concerts[i] = record.as.concert;
    }
    for (size_t i = 0; i < round_count; i++) {
        struct round_state state;
        struct record record = round_to_copy(office, i);
        copy_texts(&record, &texts);
        rounds[i].round = record.as.concert_round;
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
