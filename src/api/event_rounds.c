/* The rounds that streams follow: their seats and their counts. The snapshots say what is otherwise
 * than it was told last, so nothing is kept of a change but the version, and a round whose seats
 * change a thousand times a second costs what four changes do. See event_streams.h. */
#include "api/event_streams.h"

#include "api/concerts.h"
#include "base/check.h"

#include <stdlib.h>

static bool followed_round_hash(const void *item, uint64_t *hash)
{
    const struct followed_round *round = item;
    *hash = id_hash(round->id);
    return true;
}

static bool followed_round_matches(const void *item, const void *key)
{
    const struct followed_round *round = item;
    const struct id *id = key;
    return id_equal(round->id, *id);
}

void followed_rounds_init(struct event_streams *streams)
{
    pool_init(&streams->rounds, sizeof(struct followed_round), MEMORY_SMALL_PAGES);
    index_init(&streams->round_by_id, &streams->rounds, followed_round_hash,
               followed_round_matches);
}

void followed_rounds_release(struct event_streams *streams)
{
    CHECK(pool_next(&streams->rounds, 0) == NULL);
    index_release(&streams->round_by_id);
    pool_release(&streams->rounds);
}

/* ---- Seats ---- */

/* Every seat's letter; of a large round that it is to be asked for. No text: there is no such
 * round, it is a draft's, or no memory. */
static struct event_frame make_states_frame(const struct event_streams *streams, struct id round_id,
                                            uint64_t *version)
{
    struct event_frame frame = {0};
    const struct round_snapshot *round = engine_round(streams->engine, round_id);
    if (round == NULL || round->draft) {
        engine_round_release(round);
        return frame;
    }
    const struct shown_seat_states shown = {
        .round_id = round_id,
        .version = (int64_t)round->version,
        .seats = round->states,
        .seat_count = round->map->seat_count,
    };
    const struct event_data data = {
        .object = OBJECT_seat_states, .source = &shown, .version = round->version};
    *version = round->version;
    frame = round->map->seat_count > EVENT_DATA_BYTES_MAX
                ? event_frame_stale(EVENT_seats, round->version, streams->seq)
                : event_frame_make(EVENT_seats, &data, streams->seq);
    engine_round_release(round);
    return frame;
}

/* What changed since a version. No text: that is not known. */
static struct event_frame make_changes_frame(const struct event_streams *streams,
                                             struct id round_id, uint64_t since, uint64_t *version)
{
    struct round_changes *changes = engine_round_changes(streams->engine, round_id, since);
    if (changes == NULL)
        return (struct event_frame){0};
    const struct shown_changes shown = {
        .round_id = round_id,
        .version = (int64_t)changes->version,
        .changes = changes->seats,
        .change_count = changes->count,
    };
    const struct event_data data = {
        .object = OBJECT_availability_changes, .source = &shown, .version = changes->version};
    *version = changes->version;
    const struct event_frame frame = event_frame_make(EVENT_seats, &data, streams->seq);
    free(changes);
    return frame;
}

static void tell_followers(struct followed_round *round, const struct event_frame *frame)
{
    for (struct event_stream *stream = round->first; stream != NULL; stream = stream->round_next)
        event_stream_tell(stream, frame, event_stream_is_settled(stream));
}

/* The round is deleted, or over. Clients who ask again are told that. */
static void end_followers(struct followed_round *round)
{
    for (struct event_stream *stream = round->first; stream != NULL; stream = stream->round_next)
        event_stream_end(stream);
}

static void tell_seats(struct event_streams *streams, struct followed_round *round)
{
    const uint64_t version = engine_round_version(streams->engine, round->id);
    if (version == 0) {
        end_followers(round);
        return;
    }
    if (version == round->version) {
        round->told_seq = streams->seq;
        return;
    }
    if (streams->now_us < round->seats_next_us)
        return;
    struct event_frame frame =
        make_changes_frame(streams, round->id, round->version, &round->version);
    if (frame.text == NULL)
        frame = make_states_frame(streams, round->id, &round->version);
    round->seats_next_us =
        streams->now_us + (frame.stale ? EVENTS_SEATS_STALE_US : EVENTS_SEATS_US);
    round->told_seq = streams->seq;
    tell_followers(round, &frame);
    event_frame_drop(&frame);
}

/* ---- The round itself ---- */

static uint64_t catalogue_version(const struct engine *engine)
{
    const struct catalogue_snapshot *catalogue = engine_catalogue(engine);
    const uint64_t version = catalogue->version;
    engine_catalogue_release(catalogue);
    return version;
}

/* False: nothing of it is otherwise, or it is not there. */
static bool make_round_frame(struct event_streams *streams, struct followed_round *round)
{
    struct shown_round shown;
    const uint64_t catalogue = catalogue_version(streams->engine);
    const uint64_t version = engine_round_version(streams->engine, round->id);
    if (round->shown.text != NULL && catalogue == round->shown_catalogue &&
        version == round->shown_version)
        return false;
    if (!concerts_show_round(streams->engine, round->id, &shown))
        return false;
    const struct event_data data = {
        .object = OBJECT_round, .source = &shown, .version = streams->seq};
    event_frame_drop(&round->shown);
    round->shown = event_frame_make(EVENT_round, &data, streams->seq);
    round->shown_catalogue = catalogue;
    round->shown_version = version;
    return true;
}

/* As the queue, without its id. */
static void tell_round(struct event_streams *streams, struct followed_round *round)
{
    if (streams->now_us - round->shown_us < EVENTS_ROUND_US || !make_round_frame(streams, round))
        return;
    round->shown_us = streams->now_us;
    for (struct event_stream *stream = round->first; stream != NULL; stream = stream->round_next)
        event_stream_tell(stream, &round->shown, false);
}

void followed_rounds_tell(struct event_streams *streams)
{
    for (struct followed_round *round = pool_next(&streams->rounds, 0); round != NULL;
         round = pool_next(&streams->rounds, round->item.number)) {
        tell_seats(streams, round);
        tell_round(streams, round);
    }
}

/* ---- Joining and leaving ---- */

/* NULL: no memory. */
static struct followed_round *followed_round_of(struct event_streams *streams, struct id id)
{
    struct followed_round *round = index_find(&streams->round_by_id, id_hash(id), &id);
    if (round != NULL)
        return round;
    if (pool_reserve(&streams->rounds, 1) != RESULT_OK ||
        index_reserve(&streams->round_by_id, 1) != RESULT_OK)
        return NULL;
    round = pool_take(&streams->rounds);
    round->id = id;
    round->version = engine_round_version(streams->engine, id);
    round->told_seq = streams->seq;
    index_insert(&streams->round_by_id, round);
    return round;
}

static void link_to_round(struct followed_round *round, struct event_stream *stream)
{
    stream->round = round;
    stream->round_next = round->first;
    if (stream->round_next != NULL)
        stream->round_next->round_previous = stream;
    round->first = stream;
}

/* What changed since the commit that the client names. A commit after the round's last change is as
 * good as that. No text: that is not known. */
static struct event_frame make_resuming_frame(const struct event_streams *streams,
                                              struct id round_id, uint64_t since, uint64_t *version)
{
    const uint64_t newest = engine_round_version(streams->engine, round_id);
    return make_changes_frame(streams, round_id, since < newest ? since : newest, version);
}

bool followed_round_resumes(const struct event_streams *streams, const struct event_wishes *wishes)
{
    uint64_t version;
    struct event_frame frame =
        make_resuming_frame(streams, wishes->round_id, wishes->since, &version);
    const bool resumes = frame.text != NULL && wishes->since <= streams->seq;
    event_frame_drop(&frame);
    return resumes;
}

/* The states that the stream is told may be newer than those that the others were: what they are
 * told next it is told too, and takes no harm from hearing some of it twice. */
bool followed_round_join(struct event_streams *streams, struct event_stream *stream, bool resumes)
{
    struct followed_round *round = followed_round_of(streams, stream->wishes.round_id);
    struct event_frame frame = {0};
    uint64_t version;
    if (round == NULL)
        return false;
    link_to_round(round, stream);
    if (resumes)
        frame = make_resuming_frame(streams, round->id, stream->wishes.since, &version);
    else
        frame = make_states_frame(streams, round->id, &version);
    (void)make_round_frame(streams, round);
    const bool good = frame.text != NULL && round->shown.text != NULL;
    if (good) {
        event_stream_tell(stream, &round->shown, false);
        event_stream_tell(stream, &frame, event_stream_is_settled(stream));
    }
    event_frame_drop(&frame);
    return good;
}

void followed_round_leave(struct event_streams *streams, struct event_stream *stream)
{
    struct followed_round *round = stream->round;
    if (stream->round_previous != NULL)
        stream->round_previous->round_next = stream->round_next;
    else
        round->first = stream->round_next;
    if (stream->round_next != NULL)
        stream->round_next->round_previous = stream->round_previous;
    stream->round = NULL;
    if (round->first != NULL)
        return;
    event_frame_drop(&round->shown);
    index_remove(&streams->round_by_id, round);
    pool_give(&streams->rounds, round);
}
