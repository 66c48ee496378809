/* The queue as everybody sees it; see snapshot.h. */
#include "engine/snapshot.h"

#include "base/check.h"

#include <string.h>

static bool same_round(const struct queue_round *a, const struct queue_round *b)
{
    return id_equal(a->round_id, b->round_id) && id_equal(a->concert_id, b->concert_id) &&
           a->seats_left == b->seats_left && a->seats_held == b->seats_held &&
           a->sold_out == b->sold_out;
}

static bool same_rounds(const struct queue_view *a, const struct queue_view *b)
{
    bool same = a->round_count == b->round_count;
    for (size_t i = 0; same && i < a->round_count; i++)
        same = same_round(&a->rounds[i], &b->rounds[i]);
    return same;
}

static bool same_sales(const struct queue_sales *a, const struct queue_sales *b)
{
    return a->total_seat_cnt == b->total_seat_cnt && a->held == b->held && a->sold == b->sold &&
           a->revenue == b->revenue;
}

static bool same_notice(const struct queue_view *a, const struct queue_view *b)
{
    if (!a->has_notice || !b->has_notice)
        return a->has_notice == b->has_notice;
    return a->notice.level == b->notice.level && a->notice.until == b->notice.until &&
           strcmp(a->notice.texts.ko, b->notice.texts.ko) == 0 &&
           strcmp(a->notice.texts.en, b->notice.texts.en) == 0;
}

static bool same_queue(const struct queue_view *a, const struct queue_view *b)
{
    return a->status == b->status && a->open_at == b->open_at &&
           a->join_opens_at == b->join_opens_at && a->serving == b->serving &&
           a->last_number == b->last_number && a->waiting == b->waiting && a->active == b->active &&
           a->max_active == b->max_active && a->admit_per_second == b->admit_per_second &&
           a->silent_seconds == b->silent_seconds && a->active_seconds == b->active_seconds &&
           a->wait_seconds == b->wait_seconds && a->estimate.known == b->estimate.known &&
           a->estimate.low_seconds == b->estimate.low_seconds &&
           a->estimate.high_seconds == b->estimate.high_seconds && same_rounds(a, b) &&
           same_sales(&a->sales, &b->sales) && same_notice(a, b);
}

void snapshots_publish_queue(struct snapshots *snapshots, const struct office *office,
                             struct moment now)
{
    struct queue_view view;
    struct office_counts counts;
    office_queue_view(office, now, &view);
    office_counts(office, &counts);
    CHECK(pthread_mutex_lock(&snapshots->queue_lock) == 0);
    snapshots->counts = counts;
    if (!same_queue(&view, &snapshots->queue)) {
        snapshots->queue = view;
        snapshots->queue_version++;
    }
    CHECK(pthread_mutex_unlock(&snapshots->queue_lock) == 0);
}

uint64_t snapshots_queue(struct snapshots *snapshots, struct queue_view *view)
{
    CHECK(pthread_mutex_lock(&snapshots->queue_lock) == 0);
    *view = snapshots->queue;
    const uint64_t version = snapshots->queue_version;
    CHECK(pthread_mutex_unlock(&snapshots->queue_lock) == 0);
    return version;
}

uint64_t snapshots_queue_version(struct snapshots *snapshots)
{
    CHECK(pthread_mutex_lock(&snapshots->queue_lock) == 0);
    const uint64_t version = snapshots->queue_version;
    CHECK(pthread_mutex_unlock(&snapshots->queue_lock) == 0);
    return version;
}

void snapshots_counts(struct snapshots *snapshots, struct office_counts *counts)
{
    CHECK(pthread_mutex_lock(&snapshots->queue_lock) == 0);
    *counts = snapshots->counts;
    CHECK(pthread_mutex_unlock(&snapshots->queue_lock) == 0);
}
