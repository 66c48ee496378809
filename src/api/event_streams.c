/* See event_streams.h. */
#include "api/event_streams.h"

#include "base/check.h"
#include "base/thread.h"
#include "http/http.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often the streams are gone through for what time alone brings. */
#define SECOND_US 1000000

/* Each person is heard so often in the time after which one counts as silent. */
#define HEARD_IN_SILENT 3

/* A client that is cut off comes back after so many milliseconds. */
static const char retry[] = "retry: 3000\n\n";

/* One that has no id yet gets the id that names no commit: cut off before it was told all, it comes
 * back with that, and hears that it has to begin anew. */
static const char no_commit[] = "id: 0\n";
static const char comment[] = ":\n\n";

static void lock_streams(struct event_streams *streams)
{
    CHECK(pthread_mutex_lock(&streams->lock) == 0);
}

static void unlock_streams(struct event_streams *streams)
{
    CHECK(pthread_mutex_unlock(&streams->lock) == 0);
}

/* ---- Requests' threads, and streams' loops ---- */

enum refusal event_streams_enter(struct event_streams *streams, const struct event_wishes *wishes)
{
    if (event_wishes_need_session(wishes) && !limit_enter(streams->accounts, wishes->account_key,
                                                          EVENTS_PER_ACCOUNT_MAX, http_clock_us()))
        return REFUSAL_TOO_MANY_REQUESTS;
    if (atomic_fetch_add(&streams->open, 1) <
        atomic_load_explicit(streams->streams_max, memory_order_relaxed))
        return REFUSAL_NONE;
    event_streams_leave(streams, wishes);
    return REFUSAL_BUSY;
}

void event_streams_leave(struct event_streams *streams, const struct event_wishes *wishes)
{
    atomic_fetch_sub(&streams->open, 1);
    if (event_wishes_need_session(wishes))
        limit_leave(streams->accounts, wishes->account_key);
}

void event_streams_hand(struct event_stream *stream)
{
    struct event_streams *streams = stream->streams;
    lock_streams(streams);
    stream->next_handed = streams->handed;
    streams->handed = stream;
    CHECK(pthread_cond_signal(&streams->news) == 0);
    unlock_streams(streams);
}

void event_stream_gone(void *owner)
{
    struct event_stream *stream = owner;
    struct event_streams *streams = stream->streams;
    event_streams_leave(streams, &stream->wishes);
    lock_streams(streams);
    stream->next_left = streams->left;
    streams->left = stream;
    unlock_streams(streams);
}

/* ---- One stream ---- */

static void write_to(struct event_stream *stream, const char *text)
{
    stream->written_us = stream->streams->now_us;
    (void)stream_write(stream->stream, text, strlen(text)); /* else it is over, and told so */
}

void event_stream_tell(struct event_stream *stream, const struct event_frame *frame, bool with_id)
{
    if (frame->text == NULL) {
        event_stream_end(stream);
        return;
    }
    stream->written_us = stream->streams->now_us;
    (void)event_frame_send(frame, stream->stream, with_id);
}

void event_stream_settle(struct event_stream *stream)
{
    char line[32];
    const struct event_streams *streams = stream->streams;
    const uint64_t told = stream->round != NULL ? stream->round->told_seq : streams->seq;
    (void)snprintf(line, sizeof line, "id: %" PRIu64 "\n\n", told);
    write_to(stream, line);
}

void event_stream_end(struct event_stream *stream)
{
    if (stream_end(stream->stream))
        event_stream_gone(stream);
}

static void link_stream(struct event_streams *streams, struct event_stream *stream)
{
    stream->next = streams->first;
    if (stream->next != NULL)
        stream->next->previous = stream;
    streams->first = stream;
}

static void unlink_stream(struct event_streams *streams, struct event_stream *stream)
{
    if (stream->previous != NULL)
        stream->previous->next = stream->next;
    else
        streams->first = stream->next;
    if (stream->next != NULL)
        stream->next->previous = stream->previous;
}

/* ---- The queue ---- */

static void make_queue_frame(struct event_streams *streams)
{
    struct queue_view view;
    const uint64_t version = engine_queue(streams->engine, &view);
    const struct event_data data = {.object = OBJECT_queue, .source = &view, .version = version};
    if (streams->queue.text != NULL && version == streams->queue_version)
        return;
    event_frame_drop(&streams->queue);
    streams->queue = event_frame_make(EVENT_queue, &data, streams->seq);
    streams->queue_version = version;
    streams->heard_interval_us = view.silent_seconds * SECOND_US / HEARD_IN_SILENT;
    if (streams->heard_interval_us > EVENTS_HEARD_US)
        streams->heard_interval_us = EVENTS_HEARD_US;
}

/* Without its id: what else it would say was told may be on its way. */
static void tell_queue(struct event_streams *streams)
{
    if (streams->now_us - streams->queue_us < EVENTS_QUEUE_US)
        return;
    make_queue_frame(streams);
    if (streams->queue_told == streams->queue_version)
        return;
    for (struct event_stream *stream = streams->first; stream != NULL; stream = stream->next)
        event_stream_tell(stream, &streams->queue, false);
    streams->queue_told = streams->queue_version;
    streams->queue_us = streams->now_us;
}

/* ---- Beginning and end ---- */

/* Whether everything is known that changed since the commit that the client names. */
static bool resumes(const struct event_streams *streams, const struct event_wishes *wishes)
{
    return wishes->resumes && (!wishes->own || event_person_resumes(streams, wishes)) &&
           (id_is_none(wishes->round_id) || followed_round_resumes(streams, wishes));
}

static bool join_all(struct event_streams *streams, struct event_stream *stream)
{
    const struct event_wishes *wishes = &stream->wishes;
    const bool has_round = !id_is_none(wishes->round_id), goes_on = resumes(streams, wishes);
    if (wishes->resumes && !goes_on && (wishes->own || has_round))
        event_stream_reset(stream);
    if (wishes->signed_in && !event_person_join(streams, stream, goes_on))
        return false;
    return !has_round || followed_round_join(streams, stream, goes_on);
}

static void begin_stream_of(struct event_streams *streams, struct event_stream *stream)
{
    link_stream(streams, stream);
    if (!stream->wishes.resumes)
        write_to(stream, no_commit);
    write_to(stream, retry);
    if (!join_all(streams, stream)) {
        event_stream_end(stream);
        return;
    }
    make_queue_frame(streams);
    event_stream_tell(stream, &streams->queue, false);
}

static void forget_stream(struct event_streams *streams, struct event_stream *stream)
{
    if (stream->own != NULL)
        event_person_leave(streams, stream);
    if (stream->round != NULL)
        followed_round_leave(streams, stream);
    unlink_stream(streams, stream);
    stream_drop(stream->stream);
    free(stream);
}

/* The lists are taken at one moment: whoever left was handed over before. */
static void take_handed(struct event_streams *streams)
{
    lock_streams(streams);
    struct event_stream *handed = streams->handed, *left = streams->left;
    struct event_ask *answered = streams->answered;
    streams->handed = streams->left = NULL;
    streams->answered = NULL;
    unlock_streams(streams);
    event_asks_take(streams, answered);
    while (handed != NULL) {
        struct event_stream *stream = handed;
        handed = stream->next_handed;
        begin_stream_of(streams, stream);
    }
    while (left != NULL) {
        struct event_stream *stream = left;
        left = stream->next_left;
        forget_stream(streams, stream);
    }
}

/* ---- What was committed ---- */

/* Looking goes by the clock, so a commit need not wake anybody. */
static void on_commit(struct follower *follower)
{
    (void)follower;
}

static void follow_commits(struct event_streams *streams)
{
    streams->follower.wake = on_commit;
    streams->seq = feed_follow(engine_feed(streams->engine), &streams->follower);
    streams->follows = true;
}

static void leave_commits(struct event_streams *streams)
{
    if (streams->follows)
        feed_leave(engine_feed(streams->engine), &streams->follower);
    streams->follows = false;
}

static void look_at_commit(struct event_streams *streams, const struct commit *commit)
{
    size_t at = 0;
    streams->seq = commit->seq;
    for (size_t i = 0; i < commit->record_count; i++) {
        struct record record;
        size_t used = 0;
        CHECK(record_decode(commit->records + at, commit->length - at, &record, &used) ==
              RESULT_OK);
        event_people_see(streams, &record);
        at += used;
    }
}

static void look_at_commits(struct event_streams *streams)
{
    struct feed *feed = engine_feed(streams->engine);
    const struct commit *commit;
    for (;;) {
        switch (feed_next(feed, &streams->follower, &commit)) {
        case FEED_COMMIT:
            look_at_commit(streams, commit);
            commit_release(commit);
            break;
        case FEED_WAIT:
            return;
        case FEED_BEHIND:
            leave_commits(streams);
            follow_commits(streams);
            event_people_reset(streams);
            return;
        }
    }
}

/* ---- Time ---- */

static void tell_that_it_lives(struct event_streams *streams)
{
    if (streams->now_us - streams->second_us < SECOND_US)
        return;
    streams->second_us = streams->now_us;
    for (struct event_stream *stream = streams->first; stream != NULL; stream = stream->next)
        if (streams->now_us - stream->written_us > EVENTS_COMMENT_US - SECOND_US)
            write_to(stream, comment);
    event_people_hear(streams);
    event_desk_tell(streams);
}

/* ---- The thread ---- */

static void look(struct event_streams *streams)
{
    streams->now_us = http_clock_us();
    if (!streams->follows)
        follow_commits(streams);
    look_at_commits(streams);
    take_handed(streams);
    followed_rounds_tell(streams);
    tell_queue(streams);
    tell_that_it_lives(streams);
    event_asks_send(streams);
}

/* False: it shall stop. */
static bool wait_for_next_look(struct event_streams *streams)
{
    const int64_t until_us = http_clock_us() + EVENTS_LOOK_US;
    const struct timespec until = {.tv_sec = until_us / SECOND_US,
                                   .tv_nsec = until_us % SECOND_US * 1000};
    int woken = 0;
    lock_streams(streams);
    while (!streams->stop && woken != ETIMEDOUT)
        woken = pthread_cond_clockwait(&streams->news, &streams->lock, CLOCK_MONOTONIC, &until);
    const bool stop = streams->stop;
    unlock_streams(streams);
    return !stop;
}

/* The same while there is nobody to be told anything. */
static bool wait_for_streams(struct event_streams *streams)
{
    leave_commits(streams);
    lock_streams(streams);
    while (!streams->stop && streams->handed == NULL)
        CHECK(pthread_cond_wait(&streams->news, &streams->lock) == 0);
    const bool stop = streams->stop;
    unlock_streams(streams);
    return !stop;
}

/* A stream, or somebody who had one a moment ago, or an answer that is to come. */
static bool has_somebody(const struct event_streams *streams)
{
    return streams->first != NULL || streams->lingering_first != NULL || streams->asks_away > 0;
}

/* The engine answers all that it was asked. */
static void wait_for_answers(struct event_streams *streams)
{
    while (streams->asks_away > 0) {
        lock_streams(streams);
        while (streams->answered == NULL)
            CHECK(pthread_cond_wait(&streams->news, &streams->lock) == 0);
        unlock_streams(streams);
        take_handed(streams);
    }
}

static void *event_streams_run(void *argument)
{
    struct event_streams *streams = argument;
    thread_be_nice();
    while (has_somebody(streams) ? wait_for_next_look(streams) : wait_for_streams(streams))
        look(streams);
    take_handed(streams);
    wait_for_answers(streams);
    leave_commits(streams);
    CHECK(streams->first == NULL);
    return NULL;
}

/* ---- Life ---- */

enum result event_streams_start(struct event_streams *streams, struct engine *engine,
                                struct limit_table *accounts, const atomic_uint *streams_max)
{
    *streams = (struct event_streams){.engine = engine,
                                      .calendar_key = engine_keys(engine).token_key,
                                      .accounts = accounts,
                                      .streams_max = streams_max};
    CHECK(pthread_mutex_init(&streams->lock, NULL) == 0);
    CHECK(pthread_cond_init(&streams->news, NULL) == 0);
    followed_rounds_init(streams);
    event_people_init(streams);
    const enum result result =
        thread_start(&streams->thread, "usher-events", event_streams_run, streams);
    streams->started = result == RESULT_OK;
    return result;
}

void event_streams_stop(struct event_streams *streams)
{
    if (streams->engine == NULL)
        return;
    if (streams->started) {
        lock_streams(streams);
        streams->stop = true;
        CHECK(pthread_cond_signal(&streams->news) == 0);
        unlock_streams(streams);
        thread_join(streams->thread);
    }
    event_frame_drop(&streams->queue);
    followed_rounds_release(streams);
    event_people_release(streams);
    CHECK(pthread_cond_destroy(&streams->news) == 0);
    CHECK(pthread_mutex_destroy(&streams->lock) == 0);
}
