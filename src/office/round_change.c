/* What an organizer changes of a round: its times, and the prices of its seats. */
#include "office/catalogue.h"

#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/verb_function.h"
#include "record/grade_price.h"

enum refusal round_check_times(const struct concert_round *row)
{
    if (row->doors_at != 0 && row->doors_at > row->start_time)
        return REFUSAL_DOORS_AFTER_START;
    return row->ends_at != 0 && row->ends_at <= row->start_time ? REFUSAL_ENDS_BEFORE_START
                                                                : REFUSAL_NONE;
}

enum refusal round_become(struct office *office, struct live_round *round,
                          const struct concert_round *row, bool changes, struct call *call)
{
    const struct record record = {.kind = RECORD_KIND_CONCERT_ROUND, .as.concert_round = *row};
    if (call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    if (changes)
        (void)put_round(office, round, round->concert, row);
    return REFUSAL_NONE;
}

/* The price that is asked for seats of this grade; NULL: none is. */
static const struct number_by_name *price_of(const struct call *call, const char *grade)
{
    return grade_price(call->in.round.prices, call->in.round.price_count, grade);
}

/* A seat that somebody holds or bought costs what it did then. */
static bool takes_price(const struct seat *seat, const struct number_by_name *price)
{
    return price != NULL && price->number != seat->price &&
           (seat->status == SEAT_STATUS_AVAILABLE || seat->status == SEAT_STATUS_BLOCKED);
}

/* Looks at each seat's price and counts those that change. */
static enum refusal check_prices(const struct live_round *round, const struct call *call,
                                 size_t *changes)
{
    bool known[GRADE_PRICES_MAX] = {false};
    CHECK(call->in.round.price_count <= GRADE_PRICES_MAX);
    if (round_is_over(round))
        return REFUSAL_SALES_CLOSED;
    for (int64_t i = 0; i < round->row.total_seat_cnt; i++) {
        const struct seat *seat = &round->seats[i]->row;
        const struct number_by_name *price = price_of(call, seat->grade);
        if (price != NULL)
            known[price - call->in.round.prices] = true;
        *changes += takes_price(seat, price);
    }
    for (size_t i = 0; i < call->in.round.price_count; i++)
        if (!known[i])
            return REFUSAL_UNKNOWN_GRADE;
    return REFUSAL_NONE;
}

static void put_prices(struct office *office, struct live_round *round, const struct call *call)
{
    bool told[GRADE_PRICES_MAX] = {false};
    for (int64_t i = 0; i < round->row.total_seat_cnt; i++) {
        struct live_seat *seat = round->seats[i];
        const struct number_by_name *price = price_of(call, seat->row.grade);
        if (!takes_price(&seat->row, price))
            continue;
        const size_t grade = (size_t)(price - call->in.round.prices);
        if (!told[grade])
            told_price(office, &seat->row, price->number);
        told[grade] = true;
        struct seat row = seat->row;
        row.price = price->number;
        (void)put_seat(office, seat, round, &row);
    }
}

/* Whether somebody holds or bought a seat of the round; of one that is over nobody knows here. */
static bool somebody_comes(const struct live_round *round)
{
    if (round_is_over(round))
        return round->row.first_reserved_at != 0;
    return round->counts[SEAT_STATUS_HELD] + round->counts[SEAT_STATUS_SOLD] > 0;
}

static enum refusal take_times(const struct live_round *round, struct moment now,
                               const struct call *call, struct concert_round *row)
{
    if (call->in.round.start_time != 0)
        row->start_time = call->in.round.start_time;
    if (call->in.round.has_doors_at)
        row->doors_at = call->in.round.doors_at;
    if (call->in.round.has_ends_at)
        row->ends_at = call->in.round.ends_at;
    if (row->start_time != round->row.start_time && somebody_comes(round))
        return REFUSAL_HAS_RESERVATIONS;
    if (row->start_time != round->row.start_time && row->start_time <= now.wall)
        return REFUSAL_STARTS_BEFORE_NOW;
    return round_check_times(row);
}

/* The start changes while nobody comes; the other times do at any time, and so do prices, which
 * make another plan. Of a round that is cancelled nothing changes any more. */
enum refusal round_change(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_round *round = round_find(office, call->in.round.round_id);
    size_t changes = 0;
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->row.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    struct concert_round row = round->row;
    enum refusal refusal = take_times(round, office->now, call, &row);
    if (refusal == REFUSAL_NONE && call->in.round.price_count > 0)
        refusal = check_prices(round, call, &changes);
    if (refusal != REFUSAL_NONE)
        return refusal;
    row.plan_version += changes > 0;
    const bool differs = changes > 0 || row.start_time != round->row.start_time ||
                         row.doors_at != round->row.doors_at || row.ends_at != round->row.ends_at;
    if (!batch_reserve_more(office, changes, RECORD_BYTES_MAX))
        return REFUSAL_CAPACITY;
    refusal = round_become(office, round, &row, differs, call);
    if (refusal == REFUSAL_NONE && changes > 0)
        put_prices(office, round, call);
    return refusal;
}
