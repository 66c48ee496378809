/* See receive.h. */
#include "http/receive.h"

#include "base/check.h"
#include "http/input.h"
#include "http/server.h"

/* A body that began this recently may be on its way: its rate says nothing yet. */
#define RATE_GRACE_US 1000000

/* ---- Bytes ---- */

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

bool receive_has_bytes(const struct connection *connection)
{
    return connection->input != NULL && connection->input->start < connection->input->end;
}

bool receive_is_half(const struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_HEAD:
        return has_begun(connection);
    case CONNECTION_FRAMING:
    case CONNECTION_BODY:
        return true;
    case CONNECTION_SUSPENDED:
    case CONNECTION_ANSWERING:
    case CONNECTION_STREAMING:
    case CONNECTION_DISCARDING:
    case CONNECTION_ENDING:
    case CONNECTION_CLOSED:
        return false;
    }
    UNREACHABLE("connection state");
}

void receive_release(struct connection *connection)
{
    if (connection->input != NULL)
        input_give_back(&connection->loop->inputs, connection->input);
    connection->input = NULL;
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

/* ---- A head ---- */

static enum step head_read(struct connection *connection)
{
    struct input *input = connection->input;
    if (input->head.refusal != REFUSAL_NONE)
        return connection_begin(connection);
    input_head_done(input);
    payload_init(&input->payload, &input->head);
    connection->state = CONNECTION_FRAMING;
    if (input->head.framing != FRAMING_NONE)
        receive_expect_body(connection);
    return STEP_AGAIN;
}

enum step receive_head(struct connection *connection)
{
    struct input *input = connection->input;
    if (receive_has_bytes(connection) &&
        request_head_read(&input->head, input->bytes + input->start, input->end - input->start,
                          connection->loop->inputs.head_bytes))
        return head_read(connection);
    switch (fill(connection)) {
    case TRANSPORT_MOVED:
        return STEP_AGAIN;
    case TRANSPORT_BLOCKED:
        if (!receive_has_bytes(connection))
            receive_release(connection);
        else if (has_begun(connection) && connection->deadline.kind != WAITS_FOR_HEAD)
            connection_wait(connection, WAITS_FOR_HEAD);
        return STEP_WAITS;
    case TRANSPORT_ENDED:
        return has_begun(connection) ? connection_refuse(connection, REFUSAL_BAD_REQUEST)
                                     : STEP_OVER;
    case TRANSPORT_BROKEN:
        break;
    }
    return STEP_OVER;
}

void receive_next(struct connection *connection)
{
    connection->state = CONNECTION_HEAD;
    if (receive_has_bytes(connection))
        input_next(connection->input);
    else
        receive_release(connection);
    connection_wait(connection, WAITS_FOR_REQUEST);
}

enum step receive_head_due(struct connection *connection)
{
    connection->loop->counts.slow_heads++;
    return has_begun(connection) ? connection_refuse(connection, REFUSAL_REQUEST_TIMEOUT)
                                 : STEP_OVER;
}

/* ---- A body ---- */

void receive_expect_body(struct connection *connection)
{
    connection->moved = 0;
    connection->body_since_us = connection->loop->now_us;
    connection_wait(connection, WAITS_FOR_BODY);
}

/* More of the body's bytes are to come. */
static enum step more_body(struct connection *connection)
{
    const size_t before = connection->input->end;
    switch (fill(connection)) {
    case TRANSPORT_MOVED:
        connection->moved += connection->input->end - before;
        return STEP_AGAIN;
    case TRANSPORT_BLOCKED:
        if (connection->deadline.kind != WAITS_FOR_BODY)
            receive_expect_body(connection); /* after its exchange was suspended */
        return STEP_WAITS;
    case TRANSPORT_ENDED:
        return connection->state == CONNECTION_DISCARDING
                   ? STEP_OVER
                   : connection_refuse(connection, REFUSAL_BAD_REQUEST);
    case TRANSPORT_BROKEN:
        break;
    }
    return STEP_OVER;
}

/* A chunked body that is empty is none, so its first line is read before anything is decided; but
 * not where the client waits to be told to send it. */
enum step receive_framing(struct connection *connection)
{
    struct input *input = connection->input;
    const char *data;
    size_t length;
    if (payload_begun(&input->payload) || input->head.expects_continue) {
        if (input->payload.state == PAYLOAD_BROKEN)
            input->head.refusal = REFUSAL_BAD_REQUEST;
        return connection_begin(connection);
    }
    if (!receive_has_bytes(connection))
        return more_body(connection);
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

enum step receive_body(struct connection *connection)
{
    struct input *input = connection->input;
    if (input->head.expects_continue)
        return send_continue(connection);
    if (input->payload.state == PAYLOAD_BROKEN)
        return connection_refuse(connection, REFUSAL_BAD_REQUEST);
    if (input->payload.state == PAYLOAD_OVER) {
        exchange_dispatch(connection->exchange);
        return connection_stepped(connection);
    }
    if (!receive_has_bytes(connection))
        return more_body(connection);
    const char *data;
    size_t length;
    read_payload(connection, &data, &length);
    if (length == 0)
        return STEP_AGAIN;
    exchange_receive(connection->exchange, data, length);
    return connection_stepped(connection);
}

enum step receive_discarding(struct connection *connection)
{
    struct input *input = connection->input;
    const char *data;
    size_t length;
    if (input->payload.state == PAYLOAD_BROKEN)
        return STEP_OVER;
    if (input->payload.state == PAYLOAD_OVER) {
        receive_next(connection);
        return STEP_AGAIN;
    }
    if (!receive_has_bytes(connection))
        return more_body(connection);
    read_payload(connection, &data, &length);
    return STEP_AGAIN;
}

bool receive_keeps_rate(const struct connection *connection)
{
    const struct io_loop *loop = connection->loop;
    const int64_t passed_us = loop->now_us - connection->body_since_us;
    const unsigned rate = loop->server->options.body_bytes_per_second;
    return passed_us < RATE_GRACE_US || connection->moved * 1000000 >= (uint64_t)passed_us * rate;
}

enum step receive_body_due(struct connection *connection)
{
    if (receive_keeps_rate(connection)) {
        connection_wait(connection, WAITS_FOR_BODY);
        return STEP_WAITS;
    }
    connection->loop->counts.slow_bodies++;
    return connection->state == CONNECTION_DISCARDING
               ? STEP_OVER
               : connection_refuse(connection, REFUSAL_REQUEST_TIMEOUT);
}
