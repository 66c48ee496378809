/* See premises.h. */
#include "rehearse/premises.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>

/* Of a seat, in points; everybody has enough of them. */
#define PRICE 1

/* Ids of one kind rise with the numbers in them. */
static struct id numbered_id(uint32_t number)
{
    struct id id = id_floor(OPENING_MS - DAY_MS);
    for (size_t i = 0; i < sizeof number; i++)
        id.bytes[ID_BYTES - 1 - i] = (uint8_t)(number >> 8 * i);
    return id;
}

static uint32_t number_in(struct id id)
{
    uint32_t number = 0;
    for (size_t i = sizeof number; i > 0; i--)
        number = number << 8 | id.bytes[ID_BYTES - i];
    return number;
}

struct id premises_round_id(void)
{
    return numbered_id(0);
}

struct id premises_seat_id(uint32_t position)
{
    return numbered_id(position);
}

uint32_t premises_buyer(struct id user_id)
{
    return number_in(user_id);
}

struct credentials premises_credentials(uint32_t buyer)
{
    return (struct credentials){.present = true, .session_id = numbered_id(buyer)};
}

/* ---- Rows ---- */

static struct record user_record(const struct rehearsal_plan *plan, uint32_t buyer)
{
    (void)plan;
    return (struct record){.kind = RECORD_KIND_USER,
                           .as.user = {.id = numbered_id(buyer),
                                       .name = "Buyer",
                                       .role = USER_ROLE_BUYER,
                                       .created_at = OPENING_MS - DAY_MS}};
}

static struct record session_record(const struct rehearsal_plan *plan, uint32_t buyer)
{
    (void)plan;
    return (struct record){.kind = RECORD_KIND_SESSION,
                           .as.session = {.id = numbered_id(buyer),
                                          .user_id = numbered_id(buyer),
                                          .created_at = OPENING_MS,
                                          .expires_at = OPENING_MS + SESSION_LIFE_MS}};
}

static struct record account_record(const struct rehearsal_plan *plan, uint32_t buyer)
{
    return (struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                           .as.point_account = {.user_id = numbered_id(buyer),
                                                .balance = PRICE * plan->seats_each,
                                                .last_updated = OPENING_MS}};
}

/* On sale from the opening on, and for longer than any rehearsal lasts. */
static struct record concert_record(void)
{
    return (struct record){.kind = RECORD_KIND_CONCERT,
                           .as.concert = {.id = numbered_id(0),
                                          .title = "Rehearsal",
                                          .description = "",
                                          .reservation_open_at = OPENING_MS,
                                          .reservation_close_at = OPENING_MS + 2 * DAY_MS}};
}

static struct record round_record(const struct rehearsal_plan *plan)
{
    return (struct record){.kind = RECORD_KIND_CONCERT_ROUND,
                           .as.concert_round = {.id = premises_round_id(),
                                                .concert_id = numbered_id(0),
                                                .start_time = OPENING_MS + 2 * DAY_MS,
                                                .status = ROUND_STATUS_SCHEDULED,
                                                .total_seat_cnt = plan->seats}};
}

static struct record seat_for_sale(uint32_t position, const char *seat_number)
{
    return (struct record){.kind = RECORD_KIND_SEAT,
                           .as.seat = {.id = premises_seat_id(position),
                                       .concert_round_id = premises_round_id(),
                                       .position = position,
                                       .seat_number = seat_number,
                                       .price = PRICE,
                                       .status = SEAT_STATUS_AVAILABLE}};
}

/* ---- Loading ---- */

/* The kinds of rows that each buyer has, and by how many percent a rehearsal is done with them. */
static const struct buyers_kind {
    struct record (*make)(const struct rehearsal_plan *plan, uint32_t buyer);
    unsigned from_percent, to_percent;
} kinds[] = {
    {user_record, 0, 15},
    {session_record, 15, 30},
    {account_record, 30, PREMISES_PERCENT},
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

#define ROWS_TO_TELL 65536

static enum result load_buyers(struct office *office, const struct rehearsal_plan *plan,
                               const struct buyers_kind *kind, const struct rehearsal_watch *watch,
                               struct explanation *explanation)
{
    const uint32_t buyers = (uint32_t)plan->buyers;
    const unsigned percent = kind->to_percent - kind->from_percent;
    enum result result = RESULT_OK;
    for (uint32_t i = 0; result == RESULT_OK && i < buyers; i++) {
        const struct record record = kind->make(plan, i);
        result = office_load(office, &record, explanation);
        if (i % ROWS_TO_TELL == 0 &&
            !watch->tell(watch->owner,
                         kind->from_percent + (unsigned)((uint64_t)i * percent / buyers)))
            return explain(explanation, RESULT_FULL, "it was broken off");
    }
    return result;
}

static enum result load_seats(struct office *office, const struct rehearsal_plan *plan,
                              struct explanation *explanation)
{
    enum result result = RESULT_OK;
    for (uint32_t i = 0; result == RESULT_OK && i < (uint32_t)plan->seats; i++) {
        char seat_number[12]; /* a number of 32 bits */
        (void)snprintf(seat_number, sizeof seat_number, "%" PRIu32, i + 1);
        const struct record record = seat_for_sale(i, seat_number);
        result = office_load(office, &record, explanation);
    }
    return result;
}

/* A kind after the other, in the order of the tables. */
static enum result load_rows(struct office *office, const struct rehearsal_plan *plan,
                             const struct rehearsal_watch *watch, struct explanation *explanation)
{
    const struct record concert = concert_record(), round = round_record(plan);
    enum result result = RESULT_OK;
    for (size_t i = 0; result == RESULT_OK && i < KIND_COUNT; i++)
        result = load_buyers(office, plan, &kinds[i], watch, explanation);
    if (result == RESULT_OK)
        result = office_load(office, &concert, explanation);
    if (result == RESULT_OK)
        result = office_load(office, &round, explanation);
    return result == RESULT_OK ? load_seats(office, plan, explanation) : result;
}

enum result premises_open(struct office **office, const struct rehearsal_plan *plan,
                          const struct rehearsal_watch *watch, struct explanation *explanation)
{
    const struct moment opening = {.house = OPENING_MS, .wall = OPENING_MS};
    /* Nobody is given a session token, or shown a ticket. */
    const struct house_keys no_keys = {.token_key = {{0}}};
    *office = office_new(&plan->settings);
    if (*office == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the office");
    const enum result result = load_rows(*office, plan, watch, explanation);
    return result == RESULT_OK ? office_open(*office, opening, 0, &no_keys, explanation) : result;
}
