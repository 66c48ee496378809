/* See send.h. */
#include "http/send.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/input.h"
#include "http/receive.h"
#include "http/server.h"
#include "http/stream.h"

#include <stdint.h>

/* ---- What is sent ---- */

/* The rest of a refused body is read when it is short and has a length. Chunks do not tell where
 * they end, and whether the last one came already is chance. */
static bool can_be_used_again(const struct connection *connection)
{
    const struct input *input = connection->input;
    const struct request_head *head = &input->head;
    if (head->refusal != REFUSAL_NONE || head->last)
        return false;
    return !connection->exchange->body_pending || connection->exchange->declared_bytes == 0 ||
           (head->framing == FRAMING_SIZED && !head->expects_continue &&
            input->payload.left <= DISCARD_BYTES_MAX);
}

enum step send_begin(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    connection->state = CONNECTION_ANSWERING;
    if (exchange->answer.failed)
        return STEP_OVER;
    if (!can_be_used_again(connection))
        exchange->answer.last = true;
    answer_close_head(exchange);
    exchange_leave(exchange);
    connection->stream = exchange->answer.stream;
    exchange->answer.stream = NULL;
    connection->last = exchange->answer.last;
    connection->sent = 0;
    connection_wait(connection, WAITS_FOR_NOTHING);
    return STEP_AGAIN;
}

/* The rest of the answer, in at most two pieces. */
static size_t pieces_left(const struct connection *connection, struct iovec pieces[static 2])
{
    const struct exchange *exchange = connection->exchange;
    const struct answer *answer = &exchange->answer;
    size_t count = 0, sent = connection->sent;
    if (sent < answer->head_length)
        pieces[count++] =
            (struct iovec){.iov_base = (void *)(uintptr_t)(exchange->answer_head + sent),
                           .iov_len = answer->head_length - sent};
    if (answer->bodiless || exchange->head->bodiless)
        return count;
    const size_t body_sent = sent > answer->head_length ? sent - answer->head_length : 0;
    size_t length;
    uint8_t *body = (uint8_t *)(uintptr_t)answer_body(exchange, &length);
    if (body_sent < length)
        pieces[count++] =
            (struct iovec){.iov_base = body + body_sent, .iov_len = length - body_sent};
    return count;
}

/* ---- It goes out ---- */

static uint64_t bytes_taken(const struct connection *connection)
{
    const size_t unsent = transport_unsent(&connection->transport);
    return unsent < connection->sent ? connection->sent - unsent : 0;
}

/* Sends what the socket takes; where it takes nothing, waits until it does, at a rate. */
static enum step send_pieces(struct connection *connection, const struct iovec *pieces,
                             size_t count, size_t *length)
{
    const enum transport_result result =
        connection->writable ? transport_write(&connection->transport, pieces, count, length)
                             : TRANSPORT_BLOCKED;
    connection->sent += *length;
    connection->loop->moved |= *length > 0;
    if (result == TRANSPORT_MOVED)
        return STEP_AGAIN;
    if (result != TRANSPORT_BLOCKED)
        return STEP_OVER;
    connection->writable = false;
    if (!connection->watches_writing && !io_loop_watch_writing(connection->loop, connection))
        return STEP_OVER;
    if (connection->deadline.kind != WAITS_FOR_ROOM) {
        connection->taken = bytes_taken(connection);
        connection_wait(connection, WAITS_FOR_ROOM);
    }
    return STEP_WAITS;
}

static void end(struct connection *connection)
{
    receive_release(connection);
    transport_end(&connection->transport);
    connection->state = CONNECTION_ENDING;
    connection_wait(connection, WAITS_FOR_END);
}

/* The answer is on its way; of a stream, its head. */
static enum step answered(struct connection *connection)
{
    exchange_free(connection->exchange);
    connection->exchange = NULL;
    connection->moved = 0;
    if (connection->stream != NULL) {
        if (!receive_has_bytes(connection))
            receive_release(connection);
        connection->state = CONNECTION_STREAMING;
    } else if (connection->last) {
        end(connection);
    } else if (connection->input->payload.state != PAYLOAD_OVER) {
        connection->state = CONNECTION_DISCARDING;
        receive_expect_body(connection);
    } else {
        receive_next(connection);
    }
    return STEP_AGAIN;
}

enum step send_answer(struct connection *connection)
{
    struct iovec pieces[2];
    size_t length = 0;
    const size_t count = pieces_left(connection, pieces);
    return count == 0 ? answered(connection) : send_pieces(connection, pieces, count, &length);
}

/* A client must read its answer at the rate of a body. */
enum step send_room_due(struct connection *connection)
{
    const struct io_loop *loop = connection->loop;
    const uint64_t taken = bytes_taken(connection);
    const int64_t period_us = loop->deadlines.duration_us[WAITS_FOR_ROOM];
    const unsigned rate = loop->server->options.body_bytes_per_second;
    if (taken > connection->taken &&
        (taken - connection->taken) * 1000000 >= (uint64_t)period_us * rate) {
        connection->taken = taken;
        connection_wait(connection, WAITS_FOR_ROOM);
        return STEP_WAITS;
    }
    connection->loop->counts.slow_readers++;
    return STEP_OVER;
}

/* ---- A stream ---- */

void send_leave_stream(struct connection *connection)
{
    struct stream *stream = connection->stream;
    connection->stream = NULL;
    stream_leave(stream);
}

static enum step send_stream_pieces(struct connection *connection)
{
    struct iovec pieces[STREAM_PIECES_MAX];
    size_t length = 0;
    const size_t count = stream_pieces(connection->stream, pieces);
    const enum step step = send_pieces(connection, pieces, count, &length);
    stream_sent(connection->stream, length);
    return step;
}

/* A client of news that closes its side has left; its last bytes are not looked at. A client of a
 * whole text may close it right behind its request. */
enum step send_stream(struct connection *connection)
{
    const struct stream *stream = connection->stream;
    if (connection->hung_up && !stream->plan.is_whole && stream_is_open(connection->stream))
        return STEP_OVER;
    switch (stream_prepare(connection->stream)) {
    case STREAM_SENDS:
        return send_stream_pieces(connection);
    case STREAM_QUIET:
        connection_wait(connection, WAITS_FOR_NOTHING);
        return STEP_WAITS;
    case STREAM_SENT:
        send_leave_stream(connection);
        if (connection->last)
            end(connection);
        else
            receive_next(connection);
        return STEP_AGAIN;
    case STREAM_LOST:
        connection->loop->counts.slow_readers++;
        return STEP_OVER;
    case STREAM_TORN:
        return STEP_OVER;
    }
    UNREACHABLE("what a stream does next");
}

/* ---- After the last answer ---- */

enum step send_ending(struct connection *connection)
{
    size_t length = 0;
    if (!connection->readable)
        return STEP_WAITS;
    switch (transport_discard(&connection->transport, &length)) {
    case TRANSPORT_MOVED:
        connection->loop->moved = true;
        connection->moved += length;
        return connection->moved > ENDING_BYTES_MAX ? STEP_OVER : STEP_AGAIN;
    case TRANSPORT_BLOCKED:
        connection->readable = false;
        return STEP_WAITS;
    case TRANSPORT_ENDED:
    case TRANSPORT_BROKEN:
        break;
    }
    return STEP_OVER;
}
