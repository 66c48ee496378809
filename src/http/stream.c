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

static size_t pending_bytes_max(const struct stream_plan *plan)
{
    return plan->pending_bytes_max == 0 ? STREAM_PENDING_BYTES_MAX : plan->pending_bytes_max;
}

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
    buffer_init(&stream->pending, pending_bytes_max(plan));
    buffer_init(&stream->going, pending_bytes_max(plan));
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
    stream_text_drop(stream->shared);
    stream_text_drop(stream->going_shared);
    buffer_release(&stream->pending);
    buffer_release(&stream->going);
    CHECK(pthread_mutex_destroy(&stream->lock) == 0);
    free(stream);
}

/* ---- Texts that streams share ---- */

struct stream_text *stream_text_new(const void *bytes, size_t length)
{
    struct stream_text *text = malloc(sizeof *text + length);
    if (text == NULL)
        return NULL;
    atomic_init(&text->references, 1);
    text->length = length;
    memcpy(text->bytes, bytes, length);
    return text;
}

void stream_text_drop(struct stream_text *text)
{
    if (text != NULL && atomic_fetch_sub(&text->references, 1) == 1)
        free(text);
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

/* The lock is held, and the stream is open. False: no room, which ends it. */
static bool append_pending(struct stream *stream, const void *bytes, size_t length)
{
    if (buffer_reserve(&stream->pending, length) != RESULT_OK) {
        stream->state = STREAM_BEHIND;
        return false;
    }
    buffer_append(&stream->pending, bytes, length);
    return true;
}

bool stream_write(struct stream *stream, const void *bytes, size_t length)
{
    lock_stream(stream);
    const bool open = stream->state == STREAM_OPEN;
    const bool room = open && append_pending(stream, bytes, length);
    if (open)
        tell_loop(stream);
    unlock_stream(stream);
    return room;
}

bool stream_share(struct stream *stream, struct stream_text *text, size_t from)
{
    CHECK(from <= text->length);
    lock_stream(stream);
    const bool open = stream->state == STREAM_OPEN;
    bool room = open;
    if (open && stream->shared == NULL && stream->pending.length == 0) {
        atomic_fetch_add(&text->references, 1);
        stream->shared = text;
        stream->shared_from = from;
    } else if (open) {
        room = append_pending(stream, text->bytes + from, text->length - from);
    }
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

static size_t shared_length(const struct stream *stream)
{
    return stream->going_shared == NULL ? 0 : stream->going_shared->length - stream->going_from;
}

static size_t length_left(const struct stream *stream)
{
    return strlen(stream->line) + shared_length(stream) + stream->going.length +
           strlen(stream->tail) - stream->sent;
}

/* Takes everything that is pending as one chunk. A quiet stream keeps no memory for it. */
static void take_pending(struct stream *stream)
{
    buffer_release(&stream->going);
    stream_text_drop(stream->going_shared);
    stream->going = stream->pending;
    stream->going_shared = stream->shared;
    stream->going_from = stream->shared_from;
    buffer_init(&stream->pending, stream->going.bound);
    stream->shared = NULL;
    stream->sent = 0;
    stream->line[0] = '\0';
    stream->tail = "";
    if (!stream->chunked)
        return;
    const size_t length = shared_length(stream) + stream->going.length;
    const bool some = length > 0; /* a chunk of no bytes would be the last */
    const bool closes = stream->state == STREAM_ENDED && !stream->closed;
    if (some)
        (void)snprintf(stream->line, sizeof stream->line, "%zx\r\n", length);
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
    const bool room = state == STREAM_OPEN && stream->awaited && stream->shared == NULL &&
                      stream->pending.length == 0;
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

static struct iovec piece_of(const void *bytes, size_t length)
{
    return (struct iovec){.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
}

size_t stream_pieces(const struct stream *stream, struct iovec pieces[static STREAM_PIECES_MAX])
{
    const struct stream_text *shared = stream->going_shared;
    const struct iovec whole[STREAM_PIECES_MAX] = {
        piece_of(stream->line, strlen(stream->line)),
        piece_of(shared == NULL ? NULL : shared->bytes + stream->going_from, shared_length(stream)),
        piece_of(stream->going.data, stream->going.length),
        piece_of(stream->tail, strlen(stream->tail)),
    };
    size_t count = 0, skipped = stream->sent;
    for (size_t i = 0; i < STREAM_PIECES_MAX; i++) {
        const size_t length = whole[i].iov_len, before = skipped < length ? skipped : length;
        skipped -= before;
        if (before < length)
            pieces[count++] = piece_of((const char *)whole[i].iov_base + before, length - before);
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
    stream_text_drop(stream->shared);
    stream->shared = NULL;
    unlock_stream(stream);
    buffer_release(&stream->going);
    stream_text_drop(stream->going_shared);
    stream->going_shared = NULL;
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
