/* Room for what comes next, in the batch and in memory. */
#include "office/room.h"

#include "base/array.h"
#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

/* ---- Room in the batch ---- */

/* Room for so many more changed seats. */
static bool changes_reserve(struct office *office, size_t count)
{
    struct changed_seat *seats =
        array_reserve(office->changed_seats, &office->changed_capacity,
                      office->changed_count + count, sizeof *office->changed_seats);
    if (seats != NULL)
        office->changed_seats = seats;
    return seats != NULL;
}

/* Each record may be of a seat that changes. */
bool batch_reserve(struct office *office, size_t records)
{
    office->room = 0;
    return batch_reserve_more(office, records, RECORD_BYTES_MAX);
}

bool batch_reserve_more(struct office *office, size_t records, size_t bytes_each)
{
    const size_t bytes = office->room * RECORD_BYTES_MAX + CONCERT_TEXT_BYTES_MAX +
                         ACTION_TEXT_BYTES_MAX + records * bytes_each;
    CHECK(bytes_each <= RECORD_BYTES_MAX);
    if (!changes_reserve(office, office->room + records) ||
        buffer_reserve(&office->batch, bytes) != RESULT_OK)
        return false;
    office->room += records;
    return true;
}

void step_reserve(struct office *office)
{
    CHECK(batch_reserve(office, STEP_RECORDS_MAX));
}

/* ---- Room in memory ---- */

static bool reserve(struct pool *pool, struct index *by_id, size_t count)
{
    return pool_reserve(pool, count) == RESULT_OK && index_reserve(by_id, count) == RESULT_OK;
}

bool user_reserve(struct office *office)
{
    return reserve(&office->users, &office->user_by_id, 1) &&
           index_reserve(&office->user_by_mailbox, 1) == RESULT_OK &&
           index_reserve(&office->user_by_external_id, 1) == RESULT_OK;
}

bool session_reserve(struct office *office)
{
    return reserve(&office->sessions, &office->session_by_id, 1) &&
           heap_reserve(&office->session_deadlines, 1) == RESULT_OK;
}

bool api_key_reserve(struct office *office)
{
    return reserve(&office->api_keys, &office->api_key_by_id, 1);
}

bool reset_reserve(struct office *office)
{
    return reserve(&office->resets, &office->reset_by_user, 1) &&
           heap_reserve(&office->reset_deadlines, 1) == RESULT_OK;
}

struct live_lane *token_reserve(struct office *office, struct id concert_id)
{
    return reserve(&office->tokens, &office->token_by_id, 1) &&
                   heap_reserve(&office->token_deadlines, 1) == RESULT_OK
               ? lane_reserve(office, concert_id)
               : NULL;
}

bool visit_reserve(struct office *office)
{
    return pool_reserve(&office->visits, 1) == RESULT_OK;
}

bool plan_reserve(struct office *office)
{
    return reserve(&office->plans, &office->plan_by_id, 1);
}

bool concert_reserve(struct office *office)
{
    if (!reserve(&office->concerts, &office->concert_by_id, 1) ||
        index_reserve(&office->concert_by_external_id, 1) != RESULT_OK)
        return false;
    struct live_concert **order =
        array_reserve(office->concert_order, &office->concert_capacity, office->concerts.taken + 1,
                      sizeof(struct live_concert *));
    if (order != NULL)
        office->concert_order = order;
    return order != NULL;
}

bool round_reserve(struct office *office, size_t seats)
{
    if (!reserve(&office->rounds, &office->round_by_id, 1) ||
        !reserve(&office->seats, &office->seat_by_id, seats))
        return false;
    struct live_round **order =
        array_reserve(office->round_order, &office->round_capacity, office->rounds.taken + 1,
                      sizeof(struct live_round *));
    if (order != NULL)
        office->round_order = order;
    return order != NULL;
}

bool reservation_reserve(struct office *office, struct live_round *round, size_t seats)
{
    return reserve(&office->reservations, &office->reservation_by_id, 1) &&
           pool_reserve(&office->held_seats, seats) == RESULT_OK &&
           heap_reserve(&office->hold_deadlines, 1) == RESULT_OK &&
           heap_reserve(&round->returns, 1) == RESULT_OK;
}

bool payment_reserve(struct office *office)
{
    return reserve(&office->payments, &office->payment_by_id, 1);
}

bool tickets_reserve(struct office *office, size_t count)
{
    return pool_reserve(&office->tickets, count) == RESULT_OK;
}

bool reference_reserve(struct office *office)
{
    return reserve(&office->references, &office->reference_by_text, 1);
}

bool key_reserve(struct office *office)
{
    return pool_reserve(&office->keys, 1) == RESULT_OK &&
           heap_reserve(&office->key_deadlines, 1) == RESULT_OK;
}
