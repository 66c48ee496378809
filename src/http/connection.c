/* See connection.h. A connection moves in steps: each looks at what is there, moves some bytes or
 * has its exchange take a step, and says whether there is more to do. */
#include "http/connection.h"

#include "base/check.h"
#include "http/input.h"
#include "http/receive.h"
#include "http/send.h"
#include "http/server.h"
#include "http/stream.h"

#include <stdlib.h>
#include <sys/epoll.h>

/* ---- The exchange ---- */

enum step connection_stepped(struct connection *connection)
{
    const struct exchange *exchange = connection->exchange;
    if (exchange->phase == EXCHANGE_SUSPENDED) {
        connection->state = CONNECTION_SUSPENDED;
        connection_wait(connection, WAITS_FOR_NOTHING);
        return STEP_WAITS;
    }
    if (exchange_answered(exchange))
        return send_begin(connection);
    CHECK(exchange->phase == EXCHANGE_RECEIVING);
    connection->state = CONNECTION_BODY;
    return STEP_AGAIN;
}

enum step connection_begin(struct connection *connection)
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
        const bool empty = input->payload.state == PAYLOAD_OVER;
        exchange->body_pending = input->head.framing != FRAMING_NONE;
        exchange->declared_bytes = empty                    ? 0
                                   : input->payload.chunked ? UINT64_MAX
                                                            : input->head.body_bytes;
    }
    exchange_begin(exchange);
    return connection_stepped(connection);
}

enum step connection_refuse(struct connection *connection, enum refusal refusal)
{
    if (connection->exchange == NULL) {
        connection->input->head.refusal = refusal;
        return connection_begin(connection);
    }
    exchange_refuse(connection->exchange, refusal);
    connection->exchange->answer.last = true;
    return send_begin(connection);
}

/* ---- Steps ---- */

static enum step take_step(struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_HEAD:
        return receive_head(connection);
    case CONNECTION_FRAMING:
        return receive_framing(connection);
    case CONNECTION_BODY:
        return receive_body(connection);
    case CONNECTION_ANSWERING:
        return send_answer(connection);
    case CONNECTION_STREAMING:
        return send_stream(connection);
    case CONNECTION_DISCARDING:
        return receive_discarding(connection);
    case CONNECTION_ENDING:
        return send_ending(connection);
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
    run(connection, connection_stepped(connection));
}

void connection_stop(struct connection *connection)
{
    if (receive_is_half(connection))
        run(connection, connection_refuse(connection, REFUSAL_UNAVAILABLE));
    if (connection->state != CONNECTION_CLOSED)
        connection_close(connection);
}

void connection_end_stream(struct connection *connection)
{
    if (connection->stream == NULL)
        return;
    connection->last = true;
    stream_stop(connection->stream); /* which tells the loop, and that has it go on */
}

/* ---- Time ---- */

void connection_wait(struct connection *connection, enum waits_for kind)
{
    struct io_loop *loop = connection->loop;
    deadline_set(&loop->deadlines, &connection->deadline, kind, loop->now_us);
}

void connection_due(struct connection *connection)
{
    enum step step = STEP_OVER;
    switch (connection->deadline.kind) {
    case WAITS_FOR_HEAD:
        step = receive_head_due(connection);
        break;
    case WAITS_FOR_BODY:
        step = receive_body_due(connection);
        break;
    case WAITS_FOR_ROOM:
        step = send_room_due(connection);
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
    connection_wait(connection, WAITS_FOR_HEAD);
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
        send_leave_stream(connection);
    receive_release(connection);
    connection_wait(connection, WAITS_FOR_NOTHING);
    transport_close(&connection->transport);
    connection->state = CONNECTION_CLOSED;
    connection->loop->moved = true;
    io_loop_forget(connection->loop, connection);
}
