/* See stream.h. Writers and the loop's thread meet under the stream's lock alone, and for a few
 * moves; while its state lets anybody write, its connection is there, and with it the loop. */
#include "http/stream.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void lock_stream(struct stream *stream)
{
    CHECK(pthread_mutex_lock(&stream->lock) == 0);
}

static void unlock_stream(struct stream *stream)
{
    CHECK(pthread_mutex_unlock(&stream->lock) == 0);
}

/* ---- Life ---- */

static struct stream *stream_new(const struct exchange *exchange, const struct stream_plan *plan)
{
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    CHECK(pthread_mutex_init(&stream->lock, NULL) == 0);
    stream->references = 2; /* the caller's and the connection's */
    stream->loop = exchange->loop;
    stream->connection = exchange->connection;
    stream->plan = *plan;
    stream->chunked = !exchange->head->old;
    stream->tail = "";
    buffer_init(&stream->pending, STREAM_PENDING_BYTES_MAX);
    buffer_init(&stream->going, STREAM_PENDING_BYTES_MAX);
    return stream;
}

struct stream *stream_begin(struct exchange *exchange, const struct stream_plan *plan)
{
    CHECK(exchange->phase == EXCHANGE_RUNNING && !exchange->body_pending);
    if (exchange->head->bodiless) {
        answer_stream(exchange, plan->content_type, NULL);
        return NULL;
    }
    /* The loop's thread sees this before the loop ends its streams: none begins after that. */
    if (http_draining(exchange->server)) {
        exchange_refuse(exchange, REFUSAL_UNAVAILABLE);
        return NULL;
    }
    struct stream *stream = stream_new(exchange, plan);
    if (stream == NULL) {
        exchange_refuse(exchange, REFUSAL_CAPACITY);
        return NULL;
    }
    atomic_fetch_add(&exchange->server->answering, 1);
    answer_stream(exchange, plan->content_type, stream);
    return stream;
}

void stream_hold(struct stream *stream)
{
    atomic_fetch_add(&stream->references, 1);
}

void stream_drop(struct stream *stream)
{
    if (atomic_fetch_sub(&stream->references, 1) > 1)
        return;
    buffer_release(&stream->pending);
    buffer_release(&stream->going);
    CHECK(pthread_mutex_destroy(&stream->lock) == 0);
    free(stream);
}

/* ---- Writing ---- */

/* The lock is held, and the stream was open until now. */
static void tell_loop(struct stream *stream)
{
    if (stream->told)
        return;
    stream->told = true;
    stream_hold(stream);
    io_loop_tell(stream->loop, stream);
}

bool stream_write(struct stream *stream, const void *bytes, size_t length)
{
    lock_stream(stream);
    const bool open = stream->state == STREAM_OPEN;
    const bool room = open && buffer_reserve(&stream->pending, length) == RESULT_OK;
    if (room)
        buffer_append(&stream->pending, bytes, length);
    else if (open)
        stream->state = STREAM_BEHIND;
    if (open)
        tell_loop(stream);
    unlock_stream(stream);
    return room;
}

/* False: the stream was over. */
static bool leave_open(struct stream *stream, enum stream_state state)
{
    lock_stream(stream);
    const bool open = stream->state == STREAM_OPEN;
    if (open) {
        stream->state = state;
        tell_loop(stream);
    }
    unlock_stream(stream);
    return open;
}

bool stream_end(struct stream *stream)
{
    return leave_open(stream, STREAM_ENDED);
}

bool stream_cut(struct stream *stream)
{
    return leave_open(stream, STREAM_CUT);
}

void stream_await(struct stream *stream)
{
    CHECK(stream->plan.room != NULL);
    lock_stream(stream);
    if (stream->state == STREAM_OPEN) {
        stream->awaited = true;
        tell_loop(stream);
    }
    unlock_stream(stream);
}

/* ---- Sending ---- */

static size_t length_left(const struct stream *stream)
{
    return strlen(stream->line) + stream->going.length + strlen(stream->tail) - stream->sent;
}

/* Takes everything that is pending as one chunk. A quiet stream keeps no memory for it. */
static void take_pending(struct stream *stream)
{
    buffer_release(&stream->going);
    stream->going = stream->pending;
    buffer_init(&stream->pending, STREAM_PENDING_BYTES_MAX);
    stream->sent = 0;
    stream->line[0] = '\0';
    stream->tail = "";
    if (!stream->chunked)
        return;
    const bool some = stream->going.length > 0; /* a chunk of no bytes would be the last */
    const bool closes = stream->state == STREAM_ENDED && !stream->closed;
    if (some)
        (void)snprintf(stream->line, sizeof stream->line, "%zx\r\n", stream->going.length);
    if (closes)
        stream->tail = some ? "\r\n0\r\n\r\n" : "0\r\n\r\n";
    else if (some)
        stream->tail = "\r\n";
    stream->closed |= closes;
}

enum stream_next stream_prepare(struct stream *stream)
{
    lock_stream(stream);
    const enum stream_state state = stream->state;
    if (length_left(stream) == 0)
        take_pending(stream);
    const bool room = state == STREAM_OPEN && stream->awaited && stream->pending.length == 0;
    stream->awaited &= !room;
    unlock_stream(stream);
    if (room)
        stream->plan.room(stream->plan.owner);
    if (state == STREAM_BEHIND)
        return STREAM_LOST;
    if (state == STREAM_CUT)
        return STREAM_TORN;
    if (length_left(stream) > 0)
        return STREAM_SENDS;
    return state == STREAM_ENDED ? STREAM_SENT : STREAM_QUIET;
}

size_t stream_pieces(const struct stream *stream, struct iovec pieces[static STREAM_PIECES_MAX])
{
    const struct iovec whole[STREAM_PIECES_MAX] = {
        {.iov_base = (void *)(uintptr_t)stream->line, .iov_len = strlen(stream->line)},
        {.iov_base = stream->going.data, .iov_len = stream->going.length},
        {.iov_base = (void *)(uintptr_t)stream->tail, .iov_len = strlen(stream->tail)},
    };
    size_t count = 0, skipped = stream->sent;
    for (size_t i = 0; i < STREAM_PIECES_MAX; i++) {
        const size_t length = whole[i].iov_len, before = skipped < length ? skipped : length;
        skipped -= before;
        if (before < length)
            pieces[count++] = (struct iovec){.iov_base = (char *)whole[i].iov_base + before,
                                             .iov_len = length - before};
    }
    return count;
}

void stream_sent(struct stream *stream, size_t length)
{
    CHECK(length <= length_left(stream));
    stream->sent += length;
}

/* ---- Its end ---- */

bool stream_is_open(struct stream *stream)
{
    lock_stream(stream);
    const bool open = stream->state == STREAM_OPEN;
    unlock_stream(stream);
    return open;
}

void stream_stop(struct stream *stream)
{
    if (stream->plan.is_whole ? stream_cut(stream) : stream_end(stream))
        stream->plan.gone(stream->plan.owner);
}

void stream_leave(struct stream *stream)
{
    struct http_server *server = stream->loop->server;
    lock_stream(stream);
    const bool ended = stream->state == STREAM_ENDED || stream->state == STREAM_CUT;
    CHECK(stream->state != STREAM_OVER);
    stream->state = STREAM_OVER;
    buffer_release(&stream->pending);
    unlock_stream(stream);
    buffer_release(&stream->going);
    stream->connection = NULL;
    atomic_fetch_sub(&server->answering, 1);
    if (!ended)
        stream->plan.gone(stream->plan.owner);
    stream_drop(stream);
}

struct connection *stream_heard(struct stream *stream)
{
    lock_stream(stream);
    stream->told = false;
    unlock_stream(stream);
    return stream->connection;
}
