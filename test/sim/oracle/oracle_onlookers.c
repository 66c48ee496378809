/* People who follow a round's seats by what changed since they last looked
 * (GET /v1/rounds/{id}/availability?since=): through crashes, failed appends and reloads they have
 * at any time the seats that there are. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* After so many looks an onlooker goes to another round. */
#define LOOKS_MAX 64

static void look_away(struct onlooker *onlooker)
{
    own_free(onlooker->states);
    *onlooker = (struct onlooker){0};
}

void onlookers_release(struct oracle *oracle)
{
    for (size_t i = 0; i < ONLOOKERS; i++)
        look_away(&oracle->onlookers[i]);
}

/* ---- Looking ---- */

/* Any round, another one each time; ID_NONE: there is none. */
static struct id choose_round(const struct oracle *oracle, const struct engine *engine)
{
    const struct catalogue_snapshot *catalogue = engine_catalogue(engine);
    const size_t place =
        catalogue->round_count > 0 ? oracle->turns % catalogue->round_count : SIZE_MAX;
    const struct id id = place < SIZE_MAX ? catalogue->rounds[place].round.id : ID_NONE;
    engine_catalogue_release(catalogue);
    return id;
}

/* What is shown as a draft is one. */
static void judge_draft(struct oracle *oracle, const struct round_snapshot *whole)
{
    const struct row *round = row_find(oracle, RECORD_KIND_CONCERT_ROUND, whole->map->round_id);
    if (oracle->in_limbo || round == NULL)
        return;
    const bool draft = round->of.round.concert->image.as.concert.status == CONCERT_STATUS_DRAFT;
    if (whole->draft != draft)
        object_to(oracle, 0, "%s is %s a draft's, and is shown as if it were otherwise",
                  row_name(round).text, draft ? "" : "not");
}

static void take_whole(struct oracle *oracle, struct onlooker *onlooker,
                       const struct engine *engine)
{
    const struct round_snapshot *whole = engine_round(engine, onlooker->round_id);
    if (whole == NULL) {
        look_away(onlooker);
        return;
    }
    judge_draft(oracle, whole);
    if (whole->draft) { /* no changes of it are told */
        engine_round_release(whole);
        look_away(onlooker);
        return;
    }
    if (onlooker->states != NULL && whole->version <= onlooker->version)
        object_to(oracle, 0, "somebody who has version %llu is shown all of version %llu",
                  (unsigned long long)onlooker->version, (unsigned long long)whole->version);
    if (onlooker->states == NULL)
        onlooker->states = own_allocate(whole->map->seat_count);
    onlooker->seat_count = whole->map->seat_count;
    onlooker->version = whole->version;
    memcpy(onlooker->states, whole->states, onlooker->seat_count);
    engine_round_release(whole);
}

static void take_changes(struct oracle *oracle, struct onlooker *onlooker,
                         const struct round_changes *changes)
{
    if (changes->version < onlooker->version)
        object_to(oracle, 0, "version %llu is shown after version %llu",
                  (unsigned long long)changes->version, (unsigned long long)onlooker->version);
    for (size_t i = 0; i < changes->count; i++) {
        const struct seat_change *change = &changes->seats[i];
        CHECK(change->position < onlooker->seat_count);
        if (i > 0 && change->position <= changes->seats[i - 1].position)
            object_to(oracle, 0, "changes are not in seat order");
        onlooker->states[change->position] = change->state;
    }
    onlooker->version = changes->version;
}

static void look(struct oracle *oracle, struct onlooker *onlooker, const struct engine *engine)
{
    struct round_changes *changes = NULL;
    if (onlooker->states == NULL)
        onlooker->round_id = choose_round(oracle, engine);
    else
        changes = engine_round_changes(engine, onlooker->round_id, onlooker->version);
    if (changes != NULL)
        take_changes(oracle, onlooker, changes);
    else
        take_whole(oracle, onlooker, engine);
    free(changes);
}

/* ---- Judging ---- */

static void judge(struct oracle *oracle, const struct onlooker *onlooker)
{
    const struct row *round = row_find(oracle, RECORD_KIND_CONCERT_ROUND, onlooker->round_id);
    if (onlooker->states == NULL || oracle->in_limbo || round == NULL)
        return;
    if (onlooker->seat_count != round->of.round.seat_count)
        object_to(oracle, 5, "%s is shown with %zu seats", row_name(round).text,
                  onlooker->seat_count);
    else
        check_seat_states(oracle, round, onlooker->states);
}

void onlookers_look(struct oracle *oracle, const struct engine *engine)
{
    for (size_t i = 0; i < ONLOOKERS && !oracle->objected; i++) {
        struct onlooker *onlooker = &oracle->onlookers[i];
        if (oracle->turns % (1U << 2 * i) != 0)
            continue;
        if (++onlooker->looks > LOOKS_MAX)
            look_away(onlooker);
        look(oracle, onlooker, engine);
        judge(oracle, onlooker);
    }
    oracle->turns++;
}
