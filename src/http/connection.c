/* See connection.h. A connection moves in steps: each looks at what is there, moves some bytes or
 * has its exchange take a step, and says whether there is more to do. */
#include "http/connection.h"

#include "base/check.h"
#include "http/answer.h"
#include "http/input.h"
#include "http/server.h"
#include "http/stream.h"

#include <stdlib.h>
#include <sys/epoll.h>

/* A body that began this recently may be on its way: its rate says nothing yet. */
#define RATE_GRACE_US 1000000

enum step {
    STEP_AGAIN, /* there may be more to do */
    STEP_WAITS, /* for its socket, its exchange or its deadline */
    STEP_OVER,  /* it can only be closed */
};

static void wait_for(struct connection *connection, enum waits_for kind)
{
    struct io_loop *loop = connection->loop;
    deadline_set(&loop->deadlines, &connection->deadline, kind, loop->now_us);
}

/* ---- Receiving ---- */

/* Receives into the input what the socket has; ENDED and BROKEN as the transport says. */
static enum transport_result fill(struct connection *connection)
{
    if (!connection->readable)
        return TRANSPORT_BLOCKED;
    if (connection->input == NULL)
        connection->input = input_take(&connection->loop->inputs);
    if (connection->input == NULL)
        return TRANSPORT_BROKEN;
    size_t room, length = 0;
    bool drained;
    char *bytes = input_room(connection->input, &room);
    const enum transport_result result =
        transport_read(&connection->transport, bytes, room, &length, &drained);
    if (drained && !connection->hung_up)
        connection->readable = false;
    connection->input->end += length;
    connection->loop->moved |= result != TRANSPORT_BLOCKED;
    return result;
}

/* Whether a head has begun: the empty line that may stand before one is none. */
static bool has_begun(const struct connection *connection)
{
    const struct input *input = connection->input;
    return input != NULL &&
           input->end - input->start > (input->head.blank ? input->head.line_at : 0);
}

static bool has_bytes(const struct connection *connection)
{
    return connection->input != NULL && connection->input->start < connection->input->end;
}

static void release_input(struct connection *connection)
{
    if (connection->input != NULL)
        input_give_back(&connection->loop->inputs, connection->input);
    connection->input = NULL;
}

/* A body is to come from now on, at its rate. */
static void expect_body(struct connection *connection)
{
    connection->moved = 0;
    connection->body_since_us = connection->loop->now_us;
    wait_for(connection, WAITS_FOR_BODY);
}

/* ---- The exchange ---- */

static enum step answer(struct connection *connection);

/* After a step of the exchange: somebody else has it, or it answered, or it waits for the body. */
static enum step exchange_stepped(struct connection *connection)
{
    const struct exchange *exchange = connection->exchange;
    if (exchange->phase == EXCHANGE_SUSPENDED) {
        connection->state = CONNECTION_SUSPENDED;
        wait_for(connection, WAITS_FOR_NOTHING);
        return STEP_WAITS;
    }
    if (exchange_answered(exchange))
        return answer(connection);
    CHECK(exchange->phase == EXCHANGE_RECEIVING);
    connection->state = CONNECTION_BODY;
    return STEP_AGAIN;
}

/* The head is there, and whether there is a body is known. */
static enum step begin(struct connection *connection)
{
    struct input *input = connection->input;
    struct exchange *exchange = exchange_new(connection->loop);
    if (exchange == NULL)
        return STEP_OVER;
    connection->exchange = exchange;
    connection->loop->moved = true;
    exchange->connection = connection;
    exchange->peer = &connection->peer.any;
    exchange->operations_only = connection->operations_only;
    exchange->head = &input->head;
    if (input->head.refusal == REFUSAL_NONE) {
        const bool empty = input->payload.state >= PAYLOAD_TRAILER;
        exchange->body_pending = input->head.framing != FRAMING_NONE;
        exchange->declared_bytes = empty                    ? 0
                                   : input->payload.chunked ? UINT64_MAX
                                                            : input->head.body_bytes;
    }
    exchange_begin(exchange);
    return exchange_stepped(connection);
}

/* Answers no, and ends the connection: what follows cannot be told from what is refused. */
static enum step refuse(struct connection *connection, enum refusal refusal)
{
    if (connection->exchange == NULL) {
        connection->input->head.refusal = refusal;
        return begin(connection);
    }
    exchange_refuse(connection->exchange, refusal);
    connection->exchange->answer.last = true;
    return answer(connection);
}

/* ---- A request comes in ---- */

static enum step head_read(struct connection *connection)
{
    struct input *input = connection->input;
    if (input->head.refusal != REFUSAL_NONE)
        return begin(connection);
    input_head_done(input);
    payload_init(&input->payload, &input->head);
    connection->state = CONNECTION_FRAMING;
    if (input->head.framing != FRAMING_NONE)
        expect_body(connection);
    return STEP_AGAIN;
}

static enum step step_head(struct connection *connection)
{
    struct input *input = connection->input;
    if (has_bytes(connection) &&
        request_head_read(&input->head, input->bytes + input->start, input->end - input->start,
                          connection->loop->inputs.head_bytes))
        return head_read(connection);
    switch (fill(connection)) {
    case TRANSPORT_MOVED:
        return STEP_AGAIN;
    case TRANSPORT_BLOCKED:
        if (!has_bytes(connection))
            release_input(connection);
        else if (has_begun(connection) && connection->deadline.kind != WAITS_FOR_HEAD)
            wait_for(connection, WAITS_FOR_HEAD);
        return STEP_WAITS;
    case TRANSPORT_ENDED:
        return has_begun(connection) ? refuse(connection, REFUSAL_BAD_REQUEST) : STEP_OVER;
    case TRANSPORT_BROKEN:
        break;
    }
    return STEP_OVER;
}

/* More of the body's bytes are to come. */
static enum step receive_body(struct connection *connection)
{
    const size_t before = connection->input->end;
    switch (fill(connection)) {
    case TRANSPORT_MOVED:
        connection->moved += connection->input->end - before;
        return STEP_AGAIN;
    case TRANSPORT_BLOCKED:
        if (connection->deadline.kind != WAITS_FOR_BODY)
            expect_body(connection); /* after its exchange was suspended */
        return STEP_WAITS;
    case TRANSPORT_ENDED:
        return connection->state == CONNECTION_DISCARDING ? STEP_OVER
                                                          : refuse(connection, REFUSAL_BAD_REQUEST);
    case TRANSPORT_BROKEN:
        break;
    }
    return STEP_OVER;
}

/* Takes what came out of its framing; `*length` of it at `*data` is the body's. */
static void read_payload(struct connection *connection, const char **data, size_t *length)
{
    struct input *input = connection->input;
    const size_t used = payload_read(&input->payload, input->bytes + input->start,
                                     input->end - input->start, data, length);
    input->start += used;
    connection->loop->moved |= used > 0;
}

/* A chunked body that is empty is none, so its first line is read before anything is decided; but
 * not where the client waits to be told to send it. */
static enum step step_framing(struct connection *connection)
{
    struct input *input = connection->input;
    const char *data;
    size_t length;
    if (payload_begun(&input->payload) || input->head.expects_continue) {
        if (input->payload.state == PAYLOAD_BROKEN)
            input->head.refusal = REFUSAL_BAD_REQUEST;
        return begin(connection);
    }
    if (!has_bytes(connection))
        return receive_body(connection);
    read_payload(connection, &data, &length);
    CHECK(length == 0);
    return STEP_AGAIN;
}

/* Tells the client, which waits for it, to send its body (RFC 9110, 10.1.1). A socket without room
 * holds answers that the client has not read; then the client sends its body untold, after a
 * while. */
static enum step send_continue(struct connection *connection)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct iovec piece = {.iov_base = (void *)(uintptr_t)text, .iov_len = sizeof text - 1};
    size_t length = 0;
    connection->input->head.expects_continue = false;
    const enum transport_result result =
        transport_write(&connection->transport, &piece, 1, &length);
    if (result == TRANSPORT_BLOCKED && connection->transport.tls == NULL)
        return STEP_AGAIN;
    return result == TRANSPORT_MOVED && length == piece.iov_len ? STEP_AGAIN : STEP_OVER;
}

static enum step step_body(struct connection *connection)
{
    struct input *input = connection->input;
    if (input->head.expects_continue)
        return send_continue(connection);
    if (input->payload.state == PAYLOAD_BROKEN)
        return refuse(connection, REFUSAL_BAD_REQUEST);
    if (input->payload.state == PAYLOAD_OVER) {
        exchange_dispatch(connection->exchange);
        return exchange_stepped(connection);
    }
    if (!has_bytes(connection))
        return receive_body(connection);
    const char *data;
    size_t length;
    read_payload(connection, &data, &length);
    if (length == 0)
        return STEP_AGAIN;
    exchange_receive(connection->exchange, data, length);
    return exchange_stepped(connection);
}

/* ---- An answer goes out ---- */

/* The rest of a refused body is read where that is soon done and its end is known: a length says
 * so, chunks do not, and whether their last one came already is chance. */
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

static enum step answer(struct connection *connection)
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
    wait_for(connection, WAITS_FOR_NOTHING);
    return STEP_AGAIN;
}

/* What of the answer is left, in at most two pieces. */
static size_t pieces_left(const struct connection *connection, struct iovec pieces[static 2])
{
    const struct exchange *exchange = connection->exchange;
    const struct answer *answer = &exchange->answer;
    size_t count = 0, sent = connection->sent;
    if (sent < answer->head_length)
        pieces[count++] = (struct iovec){.iov_base = (void *)(uintptr_t)(answer->head + sent),
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

static void next_request(struct connection *connection)
{
    connection->state = CONNECTION_HEAD;
    if (has_bytes(connection))
        input_next(connection->input);
    else
        release_input(connection);
    wait_for(connection, WAITS_FOR_REQUEST);
}

static void end(struct connection *connection)
{
    release_input(connection);
    transport_end(&connection->transport);
    connection->state = CONNECTION_ENDING;
    wait_for(connection, WAITS_FOR_END);
}

/* The answer is on its way; of a stream, its head. */
static enum step answered(struct connection *connection)
{
    exchange_free(connection->exchange);
    connection->exchange = NULL;
    connection->moved = 0;
    if (connection->stream != NULL) {
        if (!has_bytes(connection))
            release_input(connection);
        connection->state = CONNECTION_STREAMING;
    } else if (connection->last) {
        end(connection);
    } else if (connection->input->payload.state != PAYLOAD_OVER) {
        connection->state = CONNECTION_DISCARDING;
        expect_body(connection);
    } else {
        next_request(connection);
    }
    return STEP_AGAIN;
}

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
        wait_for(connection, WAITS_FOR_ROOM);
    }
    return STEP_WAITS;
}

static enum step step_answering(struct connection *connection)
{
    struct iovec pieces[2];
    size_t length = 0;
    const size_t count = pieces_left(connection, pieces);
    return count == 0 ? answered(connection) : send_pieces(connection, pieces, count, &length);
}

static void leave_stream(struct connection *connection)
{
    struct stream *stream = connection->stream;
    connection->stream = NULL;
    stream_leave(stream);
}

static enum step send_stream(struct connection *connection)
{
    struct iovec pieces[STREAM_PIECES_MAX];
    size_t length = 0;
    const size_t count = stream_pieces(connection->stream, pieces);
    const enum step step = send_pieces(connection, pieces, count, &length);
    stream_sent(connection->stream, length);
    return step;
}

/* A client that closes its side has left: what it sent before is not looked at. */
static enum step step_streaming(struct connection *connection)
{
    if (connection->hung_up && stream_is_open(connection->stream))
        return STEP_OVER;
    switch (stream_prepare(connection->stream)) {
    case STREAM_SENDS:
        return send_stream(connection);
    case STREAM_QUIET:
        wait_for(connection, WAITS_FOR_NOTHING);
        return STEP_WAITS;
    case STREAM_SENT:
        leave_stream(connection);
        if (connection->last)
            end(connection);
        else
            next_request(connection);
        return STEP_AGAIN;
    case STREAM_LOST:
        break;
    }
    connection->loop->counts.slow_readers++;
    return STEP_OVER;
}

static enum step step_discarding(struct connection *connection)
{
    struct input *input = connection->input;
    const char *data;
    size_t length;
    if (input->payload.state == PAYLOAD_BROKEN)
        return STEP_OVER;
    if (input->payload.state == PAYLOAD_OVER) {
        next_request(connection);
        return STEP_AGAIN;
    }
    if (!has_bytes(connection))
        return receive_body(connection);
    read_payload(connection, &data, &length);
    return STEP_AGAIN;
}

static enum step step_ending(struct connection *connection)
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

/* ---- Steps ---- */

static enum step take_step(struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_HEAD:
        return step_head(connection);
    case CONNECTION_FRAMING:
        return step_framing(connection);
    case CONNECTION_BODY:
        return step_body(connection);
    case CONNECTION_ANSWERING:
        return step_answering(connection);
    case CONNECTION_STREAMING:
        return step_streaming(connection);
    case CONNECTION_DISCARDING:
        return step_discarding(connection);
    case CONNECTION_ENDING:
        return step_ending(connection);
    case CONNECTION_SUSPENDED:
    case CONNECTION_CLOSED:
        break;
    }
    UNREACHABLE("a connection that takes no steps");
}

static void run(struct connection *connection, enum step step)
{
    for (unsigned taken = 0; step == STEP_AGAIN && taken < CONNECTION_STEPS_MAX; taken++)
        step = take_step(connection);
    if (step == STEP_OVER)
        connection_close(connection);
    else if (step == STEP_AGAIN)
        io_loop_go_on(connection->loop, connection);
}

void connection_go_on(struct connection *connection)
{
    if (connection->state != CONNECTION_SUSPENDED && connection->state != CONNECTION_CLOSED)
        run(connection, STEP_AGAIN);
}

void connection_ready(struct connection *connection, uint32_t events)
{
    const bool tls =
        connection->transport.tls != NULL; /* which reads to write, and writes to read */
    const bool end = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    const bool readable = end || tls || (events & EPOLLIN) != 0;
    const bool writable = end || tls || (events & EPOLLOUT) != 0;
    if (connection->state == CONNECTION_CLOSED)
        return;
    connection->loop->moved |= (readable && !connection->readable) ||
                               (writable && !connection->writable) || (end && !connection->hung_up);
    connection->readable |= readable;
    connection->writable |= writable;
    connection->hung_up |= end;
    connection_go_on(connection);
}

void connection_resume(struct connection *connection)
{
    CHECK(connection->state == CONNECTION_SUSPENDED);
    exchange_continue(connection->exchange);
    run(connection, exchange_stepped(connection));
}

void connection_end_stream(struct connection *connection)
{
    if (connection->stream == NULL)
        return;
    connection->last = true;
    stream_stop(connection->stream); /* which tells the loop, and that has it go on */
}

/* ---- Time ---- */

bool connection_keeps_rate(const struct connection *connection)
{
    const struct io_loop *loop = connection->loop;
    const int64_t passed_us = loop->now_us - connection->body_since_us;
    const unsigned rate = loop->server->options.body_bytes_per_second;
    return passed_us < RATE_GRACE_US || connection->moved * 1000000 >= (uint64_t)passed_us * rate;
}

static enum step body_due(struct connection *connection)
{
    if (connection_keeps_rate(connection)) {
        wait_for(connection, WAITS_FOR_BODY);
        return STEP_WAITS;
    }
    connection->loop->counts.slow_bodies++;
    return connection->state == CONNECTION_DISCARDING ? STEP_OVER
                                                      : refuse(connection, REFUSAL_REQUEST_TIMEOUT);
}

/* The same rate is asked of who reads an answer. */
static enum step room_due(struct connection *connection)
{
    const struct io_loop *loop = connection->loop;
    const uint64_t taken = bytes_taken(connection);
    const int64_t period_us = loop->deadlines.duration_us[WAITS_FOR_ROOM];
    const unsigned rate = loop->server->options.body_bytes_per_second;
    if (taken > connection->taken &&
        (taken - connection->taken) * 1000000 >= (uint64_t)period_us * rate) {
        connection->taken = taken;
        wait_for(connection, WAITS_FOR_ROOM);
        return STEP_WAITS;
    }
    connection->loop->counts.slow_readers++;
    return STEP_OVER;
}

static enum step head_due(struct connection *connection)
{
    connection->loop->counts.slow_heads++;
    return has_begun(connection) ? refuse(connection, REFUSAL_REQUEST_TIMEOUT) : STEP_OVER;
}

void connection_due(struct connection *connection)
{
    enum step step = STEP_OVER;
    switch (connection->deadline.kind) {
    case WAITS_FOR_HEAD:
        step = head_due(connection);
        break;
    case WAITS_FOR_BODY:
        step = body_due(connection);
        break;
    case WAITS_FOR_ROOM:
        step = room_due(connection);
        break;
    case WAITS_FOR_REQUEST:
    case WAITS_FOR_END:
        break;
    case WAITS_FOR_NOTHING:
    case WAITS_KINDS:
        UNREACHABLE("a deadline that is none");
    }
    run(connection, step);
}

/* ---- Life ---- */

struct connection *connection_new(int socket, const union socket_address *peer)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        transport_close(&(struct transport){.socket = socket});
        return NULL;
    }
    connection->transport.socket = socket;
    connection->peer = *peer;
    connection->writable = true;
    return connection;
}

void connection_start(struct connection *connection, struct io_loop *loop)
{
    connection->loop = loop;
    wait_for(connection, WAITS_FOR_HEAD);
}

void connection_drop(struct connection *connection)
{
    transport_close(&connection->transport);
    free(connection);
}

void connection_close(struct connection *connection)
{
    CHECK(connection->state != CONNECTION_SUSPENDED && connection->state != CONNECTION_CLOSED);
    if (connection->exchange != NULL)
        exchange_free(connection->exchange);
    connection->exchange = NULL;
    if (connection->stream != NULL)
        leave_stream(connection);
    release_input(connection);
    wait_for(connection, WAITS_FOR_NOTHING);
    transport_close(&connection->transport);
    connection->state = CONNECTION_CLOSED;
    connection->loop->moved = true;
    io_loop_forget(connection->loop, connection);
}
