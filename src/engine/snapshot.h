/* The public's view: the queue, the catalogue and every round's seats, as the last commit left
 * them. The engine's thread publishes; any thread takes a reference and keeps it as long as it
 * likes, also past the engine's end. */
#ifndef USHER_ENGINE_SNAPSHOT_H
#define USHER_ENGINE_SNAPSHOT_H

#include "base/index.h"
#include "base/pool.h"
#include "engine/engine.h"

#include <pthread.h>

/* Three locks, each held to copy some bytes or to take a reference. The longest hold is a reader's
 * that copies a round's states, 200 KB at most, or collects what is in its ring, and the engine's
 * that writes the seats which a batch changed. */
struct snapshots {
    pthread_mutex_t queue_lock;
    struct queue_view queue;
    uint64_t queue_version;
    struct office_counts counts;

    pthread_mutex_t catalogue_lock;
    struct catalogue_snapshot *catalogue; /* NULL before the first publishing */

    pthread_mutex_t rounds_lock; /* writing needs it; the engine's thread reads without */
    struct pool slots;           /* struct round_slot, one a live round */
    struct index slot_by_round;

    /* The engine's thread's own. */
    timestamp_ms now;     /* house time of the last publishing */
    int64_t returns_step; /* in which what comes back was last looked at in all rounds */
    uint64_t shown;       /* counts what became of what is shown of rounds */
    uint64_t sweep;       /* counts the walks over the catalogue */
    uint64_t catalogue_version;
    uint64_t office_catalogue_version; /* the office's number for what was last copied */
    bool catalogue_stale;              /* copy it and every round, whatever the numbers say */
};

void snapshots_init(struct snapshots *snapshots);
void snapshots_release(struct snapshots *snapshots);

/* Publishes what changed since the last time. Where memory is short the old snapshot stays, and the
 * next time tries again. `clock`: by what deadlines are shown. */
void snapshots_publish(struct snapshots *snapshots, struct office *office, struct moment now,
                       const struct shown_clock *clock);

/* The office was loaded anew: the next publishing takes nothing for unchanged. */
void snapshots_renew(struct snapshots *snapshots);

/* ---- Any thread; see engine.h ---- */

uint64_t snapshots_queue(struct snapshots *snapshots, struct queue_view *view);
uint64_t snapshots_queue_version(struct snapshots *snapshots);
void snapshots_counts(struct snapshots *snapshots, struct office_counts *counts);
const struct catalogue_snapshot *snapshots_catalogue(struct snapshots *snapshots);
const struct round_snapshot *snapshots_round(struct snapshots *snapshots, struct id round_id);
uint64_t snapshots_round_version(struct snapshots *snapshots, struct id round_id);
struct round_changes *snapshots_round_changes(struct snapshots *snapshots, struct id round_id,
                                              uint64_t since);

/* ---- Building blocks ---- */

void snapshots_publish_queue(struct snapshots *snapshots, const struct office *office,
                             struct moment now);

/* NULL: no memory. One block of memory, one reference. */
struct catalogue_snapshot *catalogue_copy(const struct office *office);

/* A seat map with one reference, or NULL: no memory. */
struct seat_map *seat_map_copy(const struct office *office, const struct concert_round *round);
void seat_map_keep(struct seat_map *map);
void seat_map_release(struct seat_map *map);

#endif
