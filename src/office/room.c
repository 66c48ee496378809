/* Room for what comes next, in the batch and in memory. */
#include "office/room.h"

#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#include <stdlib.h>

/* ---- Room in the batch ---- */

/* Room for so many more changed seats. */
static bool changes_reserve(struct office *office, size_t count)
{
    const size_t needed = office->changed_count + count;
    if (needed <= office->changed_capacity)
        return true;
    const size_t capacity =
        needed < 2 * office->changed_capacity ? 2 * office->changed_capacity : needed;
    struct changed_seat *grown = realloc(office->changed_seats, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    office->changed_seats = grown;
    office->changed_capacity = capacity;
    return true;
}

/* Each record may be of a seat that changes. */
bool batch_reserve(struct office *office, size_t records)
{
    office->room = 0;
    return batch_reserve_more(office, records, RECORD_BYTES_MAX);
}

bool batch_reserve_more(struct office *office, size_t records, size_t bytes_each)
{
    const size_t bytes =
        office->room * RECORD_BYTES_MAX + CONCERT_TEXT_BYTES_MAX + records * bytes_each;
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
           index_reserve(&office->user_by_mailbox, 1) == RESULT_OK;
}

bool session_reserve(struct office *office)
{
    return reserve(&office->sessions, &office->session_by_id, 1) &&
           heap_reserve(&office->session_deadlines, 1) == RESULT_OK;
}

bool token_reserve(struct office *office)
{
    return reserve(&office->tokens, &office->token_by_id, 1) &&
           heap_reserve(&office->token_deadlines, 1) == RESULT_OK && waiting_line_reserve(office);
}

bool visit_reserve(struct office *office)
{
    return pool_reserve(&office->visits, 1) == RESULT_OK;
}

/* Room for one more pointer in a sorted array that holds as many as the pool has taken. */
static bool order_reserve(void **order, size_t *capacity, size_t taken, size_t item_bytes)
{
    if (taken < *capacity)
        return true;
    const size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = realloc(*order, wanted * item_bytes);
    if (grown == NULL)
        return false;
    *order = grown;
    *capacity = wanted;
    return true;
}

bool concert_reserve(struct office *office)
{
    void *order = office->concert_order;
    const bool good = reserve(&office->concerts, &office->concert_by_id, 1) &&
                      order_reserve(&order, &office->concert_capacity, office->concerts.taken,
                                    sizeof *office->concert_order);
    office->concert_order = order;
    return good;
}

bool round_reserve(struct office *office, size_t seats)
{
    if (!reserve(&office->rounds, &office->round_by_id, 1) ||
        !reserve(&office->seats, &office->seat_by_id, seats))
        return false;
    void *order = office->round_order;
    const bool good = order_reserve(&order, &office->round_capacity, office->rounds.taken,
                                    sizeof *office->round_order);
    office->round_order = order;
    return good;
}

bool reservation_reserve(struct office *office, size_t seats)
{
    return reserve(&office->reservations, &office->reservation_by_id, 1) &&
           pool_reserve(&office->held_seats, seats) == RESULT_OK &&
           heap_reserve(&office->hold_deadlines, 1) == RESULT_OK;
}

bool payment_reserve(struct office *office)
{
    return reserve(&office->payments, &office->payment_by_id, 1);
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
