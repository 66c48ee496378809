/* Seats that are taken off sale, and put back. */
#include "office/catalogue.h"
#include "office/room.h"
#include "office/state.h"
#include "office/verb_function.h"

#include <stdlib.h>

static enum refusal move_seats(struct office *office, struct call *call, enum seat_status from,
                               enum seat_status to)
{
    const struct live_round *round = round_find(office, call->in.seats_block.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    const size_t count = call->in.seats_block.seat_count;
    for (size_t i = 0; i < count; i++) {
        const struct live_seat *seat = seat_find(office, call->in.seats_block.seat_ids[i]);
        if (seat == NULL || seat->round != round || round_is_over(round)) {
            call->detail.seat_index = i;
            return REFUSAL_SEAT_OF_OTHER_ROUND;
        }
    }
    struct seat_refusal *refused = calloc(count + 1, sizeof *refused);
    if (refused == NULL || !batch_reserve_more(office, count, RECORD_BYTES_MAX)) {
        free(refused);
        return REFUSAL_CAPACITY;
    }

    /* ---- nothing fails below this line ---- */
    call->out.seats_block.refused = refused;
    for (size_t i = 0; i < count; i++) {
        struct live_seat *seat = seat_find(office, call->in.seats_block.seat_ids[i]);
        if (seat->row.status == from) {
            seat_set_status(office, seat, to);
            call->out.seats_block.changed++;
        } else if (seat->row.status != to) {
            refused[call->out.seats_block.refused_count++] =
                (struct seat_refusal){.seat_id = seat->row.id, .status = seat->row.status};
        }
    }
    CHECK(call->out.seats_block.refused_count <= count);
    call->out.seats_block.refused_seats = (int64_t)call->out.seats_block.refused_count;
    return REFUSAL_NONE;
}

enum refusal seats_block(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return move_seats(office, call, SEAT_STATUS_AVAILABLE, SEAT_STATUS_BLOCKED);
}

enum refusal seats_unblock(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return move_seats(office, call, SEAT_STATUS_BLOCKED, SEAT_STATUS_AVAILABLE);
}

static bool seat_is_taken(enum seat_status status)
{
    return status == SEAT_STATUS_HELD || status == SEAT_STATUS_SOLD;
}

enum refusal seats_answer(const struct office *office, int64_t changed, struct call *call)
{
    const size_t count = call->in.seats_block.seat_count;
    struct seat_refusal *refused = calloc(count + 1, sizeof *refused);
    if (refused == NULL)
        return REFUSAL_CAPACITY;
    call->out.seats_block.refused = refused;
    call->out.seats_block.changed = changed;
    for (size_t i = 0; i < count; i++) {
        const struct live_seat *seat = seat_find(office, call->in.seats_block.seat_ids[i]);
        if (seat != NULL && seat_is_taken(seat->row.status))
            refused[call->out.seats_block.refused_count++] =
                (struct seat_refusal){.seat_id = seat->row.id, .status = seat->row.status};
    }
    call->out.seats_block.refused_seats = (int64_t)call->out.seats_block.refused_count;
    return REFUSAL_NONE;
}
