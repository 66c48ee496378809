/* See overlay.h. */
#include "store/overlay.h"

#include "base/check.h"
#include "store/generation.h"

enum result overlay_init(struct overlay *overlay, uint64_t last_seq)
{
    *overlay = (struct overlay){.last_seq = last_seq};
    if (pthread_mutex_init(&overlay->mutex, NULL) != 0)
        return RESULT_NO_MEMORY;
    if (pthread_cond_init(&overlay->closed, NULL) == 0)
        return RESULT_OK;
    CHECK(pthread_mutex_destroy(&overlay->mutex) == 0);
    return RESULT_NO_MEMORY;
}

static void lock_overlay(struct overlay *overlay)
{
    CHECK(pthread_mutex_lock(&overlay->mutex) == 0);
}

static void unlock_overlay(struct overlay *overlay)
{
    CHECK(pthread_mutex_unlock(&overlay->mutex) == 0);
}

/* The generation is the next to be opened, unless there is one for that. */
static void keep_or_free(struct overlay *overlay, struct generation *generation)
{
    lock_overlay(overlay);
    const bool kept = overlay->spare == NULL;
    if (kept)
        overlay->spare = generation;
    unlock_overlay(overlay);
    if (!kept)
        generation_free(generation);
}

/* Takes those to which nobody refers any more. Not under the lock: it takes a while. */
static void let_go(struct overlay *overlay, struct generation *dead)
{
    while (dead != NULL) {
        struct generation *generation = dead;
        dead = generation->newer;
        generation_renew(generation);
        keep_or_free(overlay, generation);
    }
}

void overlay_release(struct overlay *overlay)
{
    if (overlay->oldest != NULL)
        let_go(overlay, generation_unrefer(overlay->oldest));
    if (overlay->spare != NULL)
        generation_free(overlay->spare);
    CHECK(pthread_cond_destroy(&overlay->closed) == 0);
    CHECK(pthread_mutex_destroy(&overlay->mutex) == 0);
}

/* ---- Appending ---- */

static enum result open_generation(struct overlay *overlay)
{
    struct generation *generation = overlay->spare;
    if (generation == NULL)
        generation = generation_new();
    if (generation == NULL)
        return RESULT_NO_MEMORY;
    overlay->spare = NULL;
    if (overlay->newest == NULL)
        overlay->oldest = generation;
    else
        overlay->newest->newer = generation;
    overlay->newest = generation;
    return RESULT_OK;
}

enum result overlay_reserve(struct overlay *overlay, size_t record_count, size_t bytes)
{
    lock_overlay(overlay);
    CHECK(!overlay->reserved);
    enum result result = RESULT_OK;
    if (overlay->newest == NULL || overlay->newest->closed)
        result = open_generation(overlay);
    if (result == RESULT_OK)
        result = generation_reserve(overlay->newest, record_count, bytes);
    overlay->reserved = result == RESULT_OK;
    unlock_overlay(overlay);
    return result;
}

/* Ends an append; the generation goes to the bookkeeper when it is full or waited for. */
static void finish_append(struct overlay *overlay)
{
    struct generation *generation = overlay->newest;
    overlay->reserved = false;
    if (generation->row_count > 0 && (overlay->close_wanted || generation_is_full(generation)))
        generation->closed = true;
    overlay->close_wanted = false;
    CHECK(pthread_cond_broadcast(&overlay->closed) == 0);
}

/* Rows linked in one hold of the lock: a new round of 200,000 seats must not keep readers waiting.
 */
#define LINKED_AT_ONCE 512

/* Nobody sees a row before `last_seq` says that its batch is complete. */
void overlay_append(struct overlay *overlay, uint64_t seq, timestamp_ms house_time,
                    const uint8_t *records, size_t bytes, size_t record_count)
{
    size_t done = 0, used = 0;
    lock_overlay(overlay);
    CHECK(overlay->reserved && seq == overlay->last_seq + 1);
    generation_begin_commit(overlay->newest, seq, house_time);
    while (done < record_count) {
        const size_t left = record_count - done;
        const size_t count = left < LINKED_AT_ONCE ? left : LINKED_AT_ONCE;
        used += generation_append(overlay->newest, seq, records + used, bytes - used, count);
        done += count;
        if (done < record_count) {
            unlock_overlay(overlay);
            lock_overlay(overlay);
        }
    }
    CHECK(used == bytes);
    overlay->last_seq = seq;
    atomic_fetch_add_explicit(&overlay->rows, record_count, memory_order_relaxed);
    finish_append(overlay);
    unlock_overlay(overlay);
}

void overlay_abandon(struct overlay *overlay)
{
    lock_overlay(overlay);
    CHECK(overlay->reserved);
    finish_append(overlay);
    unlock_overlay(overlay);
}

/* ---- Reading ---- */

void overlay_snapshot_take(struct overlay *overlay, struct overlay_snapshot *snapshot)
{
    lock_overlay(overlay);
    *snapshot = (struct overlay_snapshot){.oldest = overlay->oldest, .seq = overlay->last_seq};
    if (snapshot->oldest != NULL)
        snapshot->oldest->references++;
    unlock_overlay(overlay);
}

void overlay_snapshot_release(struct overlay *overlay, struct overlay_snapshot *snapshot)
{
    if (snapshot->oldest == NULL)
        return;
    lock_overlay(overlay);
    struct generation *dead = generation_unrefer(snapshot->oldest);
    unlock_overlay(overlay);
    let_go(overlay, dead);
    snapshot->oldest = NULL;
}

/* A generation is booked as a whole, so its first row tells whether the tables have it. */
static bool counts(const struct overlay_snapshot *snapshot, const struct generation *generation)
{
    return generation->row_count > 0 && generation->first_seq > snapshot->booked_seq &&
           generation->first_seq <= snapshot->seq;
}

const struct overlay_row *overlay_find(struct overlay *overlay,
                                       const struct overlay_snapshot *snapshot,
                                       enum record_kind kind, const struct record_key *key)
{
    const struct overlay_row *found = NULL;
    lock_overlay(overlay);
    for (const struct generation *generation = snapshot->oldest; generation != NULL;
         generation = generation->newer) {
        if (!counts(snapshot, generation))
            continue;
        const struct overlay_row *row = generation_find(generation, snapshot->seq, kind, key);
        if (row != NULL)
            found = row;
    }
    unlock_overlay(overlay);
    return found;
}

static struct overlay_walk walk_of(struct overlay *overlay, const struct overlay_snapshot *snapshot,
                                   enum overlay_link link, enum record_kind kind, uint32_t hash)
{
    return (struct overlay_walk){
        .overlay = overlay, .snapshot = snapshot, .link = link, .kind = kind, .hash = hash};
}

struct overlay_walk overlay_walk_kind(struct overlay *overlay,
                                      const struct overlay_snapshot *snapshot,
                                      enum record_kind kind)
{
    return walk_of(overlay, snapshot, OVERLAY_BY_KIND, kind, 0);
}

struct overlay_walk overlay_walk_owner(struct overlay *overlay,
                                       const struct overlay_snapshot *snapshot,
                                       enum record_kind kind, struct id owner)
{
    return walk_of(overlay, snapshot, OVERLAY_BY_OWNER, kind, generation_owner_hash(kind, owner));
}

struct overlay_walk overlay_walk_reference(struct overlay *overlay,
                                           const struct overlay_snapshot *snapshot,
                                           struct id caller, const char *reference)
{
    return walk_of(overlay, snapshot, OVERLAY_BY_REFERENCE, RECORD_KIND_POINT_ENTRY,
                   generation_reference_hash(caller, reference));
}

/* Steps to the next generation that counts and to where its chain begins. */
static bool next_generation(struct overlay_walk *walk)
{
    lock_overlay(walk->overlay);
    struct generation *generation =
        walk->generation == NULL ? walk->snapshot->oldest : walk->generation->newer;
    while (generation != NULL && !counts(walk->snapshot, generation))
        generation = generation->newer;
    if (generation != NULL) {
        walk->generation = generation;
        walk->row = walk->link == OVERLAY_BY_KIND ? generation->of_kind[walk->kind]
                                                  : generation_head(generation, walk->hash);
    }
    unlock_overlay(walk->overlay);
    return generation != NULL;
}

const struct overlay_row *overlay_next(struct overlay_walk *walk)
{
    if (walk->row != NULL)
        walk->row = walk->row->older[walk->link];
    for (;;) { /* ends with the rows, then with the generations */
        while (walk->row != NULL &&
               (walk->row->seq > walk->snapshot->seq || walk->row->kind != walk->kind))
            walk->row = walk->row->older[walk->link];
        if (walk->row != NULL || !next_generation(walk))
            return walk->row;
    }
}

void overlay_decode(const struct overlay_row *row, struct record *record)
{
    size_t used;
    CHECK(record_decode(row->data, row->length, record, &used) == RESULT_OK && used == row->length);
}

/* ---- Booking ---- */

/* Has the next generation ready for a crowd before the newest is closed. */
static void make_spare_ready(struct overlay *overlay)
{
    lock_overlay(overlay);
    struct generation *spare = overlay->spare;
    overlay->spare = NULL;
    unlock_overlay(overlay);
    if (spare == NULL)
        spare = generation_new();
    if (spare == NULL)
        return;
    generation_make_ready(spare);
    keep_or_free(overlay, spare);
}

struct generation *overlay_oldest(struct overlay *overlay)
{
    make_spare_ready(overlay);
    lock_overlay(overlay);
    struct generation *generation;
    while ((generation = overlay->oldest) != NULL && generation->row_count > 0 &&
           !generation->closed) {
        if (!overlay->reserved) {
            generation->closed = true;
            break;
        }
        overlay->close_wanted = true;
        CHECK(pthread_cond_wait(&overlay->closed, &overlay->mutex) == 0);
    }
    if (generation != NULL && generation->row_count == 0)
        generation = NULL;
    unlock_overlay(overlay);
    return generation;
}

void overlay_booked(struct overlay *overlay)
{
    lock_overlay(overlay);
    struct generation *booked = overlay->oldest;
    CHECK(booked != NULL && booked->closed);
    overlay->oldest = booked->newer;
    if (overlay->oldest != NULL)
        overlay->oldest->references++;
    else
        overlay->newest = NULL;
    atomic_fetch_sub_explicit(&overlay->rows, booked->row_count, memory_order_relaxed);
    struct generation *dead = generation_unrefer(booked);
    unlock_overlay(overlay);
    let_go(overlay, dead);
}

timestamp_ms overlay_waiting_since(struct overlay *overlay)
{
    lock_overlay(overlay);
    const struct generation *oldest = overlay->oldest;
    const timestamp_ms since = oldest != NULL && oldest->row_count > 0 ? oldest->times[0] : 0;
    unlock_overlay(overlay);
    return since;
}
