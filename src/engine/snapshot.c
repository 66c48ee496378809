/* Publishing and taking references; see snapshot.h. */
#include "engine/snapshot.h"

#include "base/check.h"
#include "engine/seat_returns.h"
#include "engine/seat_ring.h"
#include "record/seat_state.h"

#include <stdlib.h>
#include <string.h>

struct round_slot {
    struct pool_item item;
    struct id round_id;
    uint64_t seen; /* the sweep that last found the round in the catalogue */
    struct seat_map *map;
    struct round_snapshot *published; /* written at each publishing; never given out */
    struct round_snapshot *current;   /* the copy of it that is given out */
    struct seat_ring ring;            /* what was changed in `published` */
    struct seat_returns returns;
    bool stale; /* `published` was written since */
};

static void lock_slot(pthread_mutex_t *mutex)
{
    CHECK(pthread_mutex_lock(mutex) == 0);
}

static void unlock_slot(pthread_mutex_t *mutex)
{
    CHECK(pthread_mutex_unlock(mutex) == 0);
}

static bool slot_hash(const void *item, uint64_t *hash)
{
    const struct round_slot *slot = item;
    *hash = id_hash(slot->round_id);
    return true;
}

static bool slot_is_of_round(const void *item, const void *key)
{
    const struct round_slot *slot = item;
    const struct id *round_id = key;
    return id_equal(slot->round_id, *round_id);
}

void snapshots_init(struct snapshots *snapshots)
{
    *snapshots = (struct snapshots){0};
    CHECK(pthread_mutex_init(&snapshots->queue_lock, NULL) == 0);
    CHECK(pthread_mutex_init(&snapshots->catalogue_lock, NULL) == 0);
    CHECK(pthread_mutex_init(&snapshots->rounds_lock, NULL) == 0);
    snapshots->catalogue_stale = true;
    pool_init(&snapshots->slots, sizeof(struct round_slot), MEMORY_HUGE_PAGES);
    index_init(&snapshots->slot_by_round, &snapshots->slots, slot_hash, slot_is_of_round);
}

static struct round_slot *slot_of(const struct snapshots *snapshots, struct id round_id)
{
    return index_find(&snapshots->slot_by_round, id_hash(round_id), &round_id);
}

/* ---- A round's seats ---- */

/* A snapshot to be written into. Writes outnumber reads, so readers make the copies (slot_refresh).
 */
static struct round_snapshot *round_new(struct seat_map *map)
{
    struct round_snapshot *snapshot = malloc(sizeof *snapshot + map->seat_count);
    if (snapshot == NULL)
        return NULL;
    atomic_init(&snapshot->references, 1);
    seat_map_keep(map);
    snapshot->map = map;
    return snapshot;
}

static void round_write_counts(struct round_snapshot *snapshot, const struct round_state *state)
{
    snapshot->version = state->version;
    snapshot->available = state->available;
    snapshot->held = state->held;
    snapshot->sold = state->sold;
    snapshot->blocked = state->blocked;
    snapshot->draft = state->draft;
}

/* What is shown of the slot's round is another than before. */
static void slot_touch(struct snapshots *snapshots, struct round_slot *slot)
{
    slot->published->shown = ++snapshots->shown;
    slot->stale = true;
}

static void round_write(struct round_snapshot *snapshot, const struct round_state *state)
{
    round_write_counts(snapshot, state);
    memcpy(snapshot->states, state->states, snapshot->map->seat_count);
}

/* What no round_state says. */
static void round_write_rest(struct round_snapshot *snapshot, const struct round_snapshot *from)
{
    snapshot->next_return_at = from->next_return_at;
    snapshot->returned_last_minute = from->returned_last_minute;
    snapshot->shown = from->shown;
}

static struct round_state round_read(const struct round_snapshot *snapshot)
{
    return (struct round_state){
        .version = snapshot->version,
        .available = snapshot->available,
        .held = snapshot->held,
        .sold = snapshot->sold,
        .blocked = snapshot->blocked,
        .draft = snapshot->draft,
        .states = snapshot->states,
    };
}

void engine_round_release(const struct round_snapshot *snapshot)
{
    /* Constant for those who read it; the count is the holders' business. */
    struct round_snapshot *held = (struct round_snapshot *)snapshot;
    if (held == NULL || atomic_fetch_sub(&held->references, 1) != 1)
        return;
    seat_map_release((struct seat_map *)held->map);
    free(held);
}

/* How many seats are shown in this state. */
static int64_t *shown_count(struct round_snapshot *snapshot, char state)
{
    switch (seat_state_status(state)) {
    case SEAT_STATUS_AVAILABLE:
        return &snapshot->available;
    case SEAT_STATUS_HELD:
        return &snapshot->held;
    case SEAT_STATUS_SOLD:
        return &snapshot->sold;
    case SEAT_STATUS_BLOCKED:
        return &snapshot->blocked;
    }
    UNREACHABLE("seat status");
}

static bool comes_back(char before, char now)
{
    const enum seat_status had = seat_state_status(before);
    return seat_state_status(now) == SEAT_STATUS_AVAILABLE &&
           (had == SEAT_STATUS_HELD || had == SEAT_STATUS_SOLD);
}

static void slot_change(struct snapshots *snapshots, struct round_slot *slot, uint64_t version,
                        size_t position, char state)
{
    struct round_snapshot *shown = slot->published;
    char *place = &shown->states[position];
    if (comes_back(*place, state))
        seat_returns_count(&slot->returns, snapshots->now);
    --*shown_count(shown, *place);
    ++*shown_count(shown, state);
    *place = state;
    shown->version = version;
    slot_touch(snapshots, slot);
    seat_ring_add(&slot->ring, version, position);
}

/* The office may be another one than was published last. */
static void slot_compare(struct snapshots *snapshots, struct round_slot *slot,
                         const struct round_state *state)
{
    lock_slot(&snapshots->rounds_lock);
    for (size_t i = 0; i < slot->map->seat_count; i++)
        if (slot->published->states[i] != state->states[i])
            slot_change(snapshots, slot, state->version, i, state->states[i]);
    slot->published->version = state->version;
    slot_touch(snapshots, slot);
    unlock_slot(&snapshots->rounds_lock);
}

static void slot_mark_draft(struct snapshots *snapshots, struct round_slot *slot, bool draft)
{
    if (slot->published->draft == draft)
        return;
    lock_slot(&snapshots->rounds_lock);
    slot->published->draft = draft;
    slot_touch(snapshots, slot);
    unlock_slot(&snapshots->rounds_lock);
}

/* Shows the round's seats as they are by now, which another version of its plan has otherwise.
 * False: no memory, and the old plan is shown on. */
static bool slot_redraw(struct snapshots *snapshots, struct round_slot *slot,
                        const struct office *office, const struct concert_round *round)
{
    struct seat_map *map = seat_map_copy(office, round);
    struct round_snapshot *published = map == NULL ? NULL : round_new(map);
    if (published == NULL) {
        seat_map_release(map);
        return false;
    }
    lock_slot(&snapshots->rounds_lock);
    struct seat_map *old_map = slot->map;
    struct round_snapshot *old = slot->published;
    const struct round_state state = round_read(old);
    round_write(published, &state);
    round_write_rest(published, old);
    slot->map = map;
    slot->published = published;
    slot_touch(snapshots, slot);
    unlock_slot(&snapshots->rounds_lock);
    engine_round_release(old);
    seat_map_release(old_map);
    return true;
}

static void slot_release(struct round_slot *slot)
{
    seat_ring_release(&slot->ring);
    engine_round_release(slot->published);
    engine_round_release(slot->current);
    seat_map_release(slot->map);
}

/* False: no memory. */
static bool slot_place(struct snapshots *snapshots, struct round_slot made)
{
    lock_slot(&snapshots->rounds_lock);
    const bool fits = pool_reserve(&snapshots->slots, 1) == RESULT_OK &&
                      index_reserve(&snapshots->slot_by_round, 1) == RESULT_OK;
    if (fits) {
        struct round_slot *slot = pool_take(&snapshots->slots);
        made.item = slot->item;
        *slot = made;
        index_insert(&snapshots->slot_by_round, slot);
    }
    unlock_slot(&snapshots->rounds_lock);
    return fits;
}

static bool slot_add(struct snapshots *snapshots, const struct office *office,
                     const struct concert_round *round, const struct round_state *state)
{
    struct seat_map *map = seat_map_copy(office, round);
    if (map == NULL)
        return false;
    struct round_slot made = {
        .round_id = round->id,
        .seen = snapshots->sweep,
        .map = map,
        .published = round_new(map),
        .current = round_new(map),
    };
    bool fits = seat_ring_init(&made.ring, map->seat_count, state->version) &&
                made.published != NULL && made.current != NULL;
    if (fits) {
        round_write(made.published, state);
        made.published->next_return_at = made.published->returned_last_minute = 0;
        made.published->shown = ++snapshots->shown;
        round_write(made.current, state);
        round_write_rest(made.current, made.published);
        fits = slot_place(snapshots, made);
    }
    if (!fits)
        slot_release(&made);
    return fits;
}

static void slot_remove(struct snapshots *snapshots, struct round_slot *slot)
{
    lock_slot(&snapshots->rounds_lock);
    index_remove(&snapshots->slot_by_round, slot);
    struct round_slot removed = *slot;
    pool_give(&snapshots->slots, slot);
    unlock_slot(&snapshots->rounds_lock);
    slot_release(&removed);
}

static void look_at_returns(struct snapshots *snapshots, struct round_slot *slot,
                            const struct office *office, const struct shown_clock *clock)
{
    const timestamp_ms next = office_round_next_return(office, slot->round_id);
    if (!seat_returns_look(&slot->returns, shown_deadline(clock, next), snapshots->now))
        return;
    lock_slot(&snapshots->rounds_lock);
    slot->published->next_return_at = slot->returns.next_at;
    slot->published->returned_last_minute = slot->returns.last_minute;
    slot_touch(snapshots, slot);
    unlock_slot(&snapshots->rounds_lock);
}

/* Time passes for what came back, and a hold may be given more of it: each round is looked at once
 * a step. */
static void publish_returns(struct snapshots *snapshots, const struct office *office,
                            const struct shown_clock *clock)
{
    const int64_t step = snapshots->now / RETURNS_STEP_MS;
    if (snapshots->returns_step == step)
        return;
    snapshots->returns_step = step;
    for (struct round_slot *slot = pool_next(&snapshots->slots, 0); slot != NULL;
         slot = pool_next(&snapshots->slots, slot->item.number))
        look_at_returns(snapshots, slot, office, clock);
}

static void publish_changed_seats(struct snapshots *snapshots, struct office *office,
                                  const struct shown_clock *clock)
{
    const struct changed_seat *seats;
    const size_t count = office_changed_seats(office, &seats);
    struct round_slot *slot = NULL;
    if (count == 0)
        return;
    lock_slot(&snapshots->rounds_lock);
    for (size_t i = 0; i < count; i++) {
        if (slot == NULL || !id_equal(slot->round_id, seats[i].round_id))
            slot = slot_of(snapshots, seats[i].round_id);
        if (slot != NULL)
            slot_change(snapshots, slot, seats[i].version, seats[i].position, seats[i].state);
    }
    unlock_slot(&snapshots->rounds_lock);
    for (size_t i = 0; i < count; i++)
        if ((i == 0 || !id_equal(seats[i].round_id, seats[i - 1].round_id)) &&
            (slot = slot_of(snapshots, seats[i].round_id)) != NULL)
            look_at_returns(snapshots, slot, office, clock);
    office_changed_seats_clear(office);
}

/* Makes `current` what is published. Without memory it stays what it was. */
static void slot_refresh(struct round_slot *slot)
{
    struct round_snapshot *fresh = round_new(slot->map);
    if (fresh == NULL)
        return;
    const struct round_state state = round_read(slot->published);
    round_write(fresh, &state);
    round_write_rest(fresh, slot->published);
    engine_round_release(slot->current);
    slot->current = fresh;
    slot->stale = false;
}

const struct round_snapshot *snapshots_round(struct snapshots *snapshots, struct id round_id)
{
    struct round_snapshot *current = NULL;
    lock_slot(&snapshots->rounds_lock);
    struct round_slot *slot = slot_of(snapshots, round_id);
    if (slot != NULL && slot->stale)
        slot_refresh(slot);
    if (slot != NULL) {
        current = slot->current;
        atomic_fetch_add(&current->references, 1);
    }
    unlock_slot(&snapshots->rounds_lock);
    return current;
}

uint64_t snapshots_round_version(struct snapshots *snapshots, struct id round_id)
{
    lock_slot(&snapshots->rounds_lock);
    const struct round_slot *slot = slot_of(snapshots, round_id);
    const uint64_t version = slot == NULL || slot->published->draft ? 0 : slot->published->version;
    unlock_slot(&snapshots->rounds_lock);
    return version;
}

struct round_changes *snapshots_round_changes(struct snapshots *snapshots, struct id round_id,
                                              uint64_t since)
{
    struct round_changes *changes = NULL;
    lock_slot(&snapshots->rounds_lock);
    const struct round_slot *slot = slot_of(snapshots, round_id);
    if (slot != NULL && !slot->published->draft)
        changes = seat_ring_changes(&slot->ring, since, slot->published->version,
                                    slot->published->states, slot->map->seat_count);
    unlock_slot(&snapshots->rounds_lock);
    return changes;
}

/* ---- The catalogue ---- */

/* Gives every live round its slot, refreshing it when `refresh`, and takes the slots of rounds that
 * are gone or over. False: memory was short for some. */
static bool publish_slots(struct snapshots *snapshots, struct office *office, bool refresh)
{
    bool complete = true;
    snapshots->sweep++;
    for (size_t i = 0; i < office_round_count(office); i++) {
        const struct concert_round *round = office_round_at(office, i);
        struct round_state state;
        if (!office_round_state(office, round->id, &state))
            continue;
        struct round_slot *slot = slot_of(snapshots, round->id);
        if (slot == NULL) {
            complete = slot_add(snapshots, office, round, &state) && complete;
            continue;
        }
        slot->seen = snapshots->sweep;
        if (slot->map->plan_version != round->plan_version)
            complete = slot_redraw(snapshots, slot, office, round) && complete;
        slot_mark_draft(snapshots, slot, state.draft);
        if (refresh)
            slot_compare(snapshots, slot, &state);
    }
    struct round_slot *next = pool_next(&snapshots->slots, 0);
    while (next != NULL) {
        struct round_slot *slot = next;
        next = pool_next(&snapshots->slots, slot->item.number);
        if (slot->seen != snapshots->sweep)
            slot_remove(snapshots, slot);
    }
    return complete;
}

static void publish_catalogue(struct snapshots *snapshots, struct office *office, bool refresh)
{
    if (!publish_slots(snapshots, office, refresh))
        return;
    struct catalogue_snapshot *fresh = catalogue_copy(office);
    if (fresh == NULL)
        return;
    fresh->version = ++snapshots->catalogue_version;
    lock_slot(&snapshots->catalogue_lock);
    struct catalogue_snapshot *old = snapshots->catalogue;
    snapshots->catalogue = fresh;
    unlock_slot(&snapshots->catalogue_lock);
    engine_catalogue_release(old);
    snapshots->office_catalogue_version = office_catalogue_version(office);
    snapshots->catalogue_stale = false;
}

const struct catalogue_snapshot *snapshots_catalogue(struct snapshots *snapshots)
{
    lock_slot(&snapshots->catalogue_lock);
    struct catalogue_snapshot *catalogue = snapshots->catalogue;
    atomic_fetch_add(&catalogue->references, 1);
    unlock_slot(&snapshots->catalogue_lock);
    return catalogue;
}

/* ---- All of it ---- */

/* House time never falls below that of an earlier run, and no run publishes a million changes a
 * second for long: counting from its microseconds stays ahead of every version that a client may
 * remember. */
static void start_versions(struct snapshots *snapshots, timestamp_ms house)
{
    if (snapshots->queue_version == 0)
        snapshots->queue_version = snapshots->catalogue_version = (uint64_t)house * 1000;
}

void snapshots_publish(struct snapshots *snapshots, struct office *office, struct moment now,
                       const struct shown_clock *clock)
{
    snapshots->now = now.house;
    start_versions(snapshots, now.house);
    snapshots_publish_queue(snapshots, office, now);
    if (snapshots->catalogue_stale ||
        snapshots->office_catalogue_version != office_catalogue_version(office))
        publish_catalogue(snapshots, office, snapshots->catalogue_stale);
    publish_changed_seats(snapshots, office, clock);
    publish_returns(snapshots, office, clock);
}

void snapshots_renew(struct snapshots *snapshots)
{
    snapshots->catalogue_stale = true;
    snapshots->returns_step = 0;
}

void snapshots_release(struct snapshots *snapshots)
{
    struct round_slot *slot;
    while ((slot = pool_next(&snapshots->slots, 0)) != NULL)
        slot_remove(snapshots, slot);
    index_release(&snapshots->slot_by_round);
    pool_release(&snapshots->slots);
    engine_catalogue_release(snapshots->catalogue);
    CHECK(pthread_mutex_destroy(&snapshots->rounds_lock) == 0);
    CHECK(pthread_mutex_destroy(&snapshots->catalogue_lock) == 0);
    CHECK(pthread_mutex_destroy(&snapshots->queue_lock) == 0);
}
