/* Letting people in: when the door is open, at what rate, in which order, and how long it will
 * take. */
#include "office/admission.h"

#include "office/catalogue.h"
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/token.h"
#include "office/waiting_line.h"

#define ADMISSION_COST                                                                             \
    1000 /* credit counts thousandths, so that a millisecond earns whole ones                      \
          */

/* ---- The door ---- */

static void narrow(struct sale_window *window, timestamp_ms boundary, timestamp_ms wall)
{
    if (boundary <= wall && boundary > window->from)
        window->from = boundary;
    if (boundary > wall && boundary < window->until)
        window->until = boundary;
}

/* Whether a scheduled round's sale is open at `wall`, remembered until the next boundary: the tick
 * asks a thousand times a second. */
static bool anything_on_sale(struct office *office, timestamp_ms wall)
{
    struct sale_window *window = &office->sale;
    if (window->catalogue_version == office->catalogue_version && wall >= window->from &&
        wall < window->until)
        return window->open;
    *window = (struct sale_window){
        .from = INT64_MIN, .until = INT64_MAX, .catalogue_version = office->catalogue_version};
    for (size_t i = 0; i < office->rounds.taken; i++) {
        const struct live_round *round = office->round_order[i];
        if (round->row.status != ROUND_STATUS_SCHEDULED)
            continue;
        const timestamp_ms opens = round->concert->row.reservation_open_at;
        const timestamp_ms ends = round_sale_end(round);
        narrow(window, opens, wall);
        narrow(window, ends, wall);
        window->open = window->open || (opens <= wall && wall < ends);
    }
    return window->open;
}

/* The organizer's pause is told first: nothing else changes until it ends. */
enum queue_status queue_status_given(const struct house *house, timestamp_ms wall, bool on_sale)
{
    if (house->paused)
        return QUEUE_STATUS_PAUSED;
    if (wall < house->open_at)
        return QUEUE_STATUS_SCHEDULED;
    return on_sale ? QUEUE_STATUS_OPEN : QUEUE_STATUS_CLOSED;
}

enum queue_status queue_status_at(struct office *office, timestamp_ms wall)
{
    return queue_status_given(&office->house, wall, anything_on_sale(office, wall));
}

/* ---- The rate ---- */

/* A token bucket with a burst of one second; it starts empty whenever the door opens. */
static void earn_credit(struct office *office, bool open)
{
    const int64_t rate = office->house.admit_per_second; /* thousandths a millisecond */
    const int64_t most = rate * SECOND_MS;
    int64_t elapsed_ms = office->now.house - office->credit_at;
    if (elapsed_ms > SECOND_MS)
        elapsed_ms = SECOND_MS;
    office->credit_at = office->now.house;
    office->admission_credit += elapsed_ms * rate;
    if (office->admission_credit > most)
        office->admission_credit = most;
    /* What passed before the door was seen open earns nothing. */
    if (!open || !office->door_open)
        office->admission_credit = 0;
    office->door_open = open;
}

static void count_admission(struct admission_rate *rate, timestamp_ms now)
{
    const int64_t second = now / SECOND_MS;
    const size_t slot = (size_t)(second % ADMISSION_WINDOW_SECONDS);
    if (rate->second[slot] != second) {
        rate->second[slot] = second;
        rate->count[slot] = 0;
    }
    rate->count[slot]++;
    if (rate->first_second == 0)
        rate->first_second = second;
}

struct wait_estimate queue_estimate(const struct office *office, enum queue_status status,
                                    int64_t ahead)
{
    const struct admission_rate *rate = &office->admissions;
    const int64_t second = office->now.house / SECOND_MS;
    int64_t admitted = 0;
    for (size_t i = 0; i < ADMISSION_WINDOW_SECONDS; i++)
        if (rate->second[i] > second - ADMISSION_WINDOW_SECONDS)
            admitted += rate->count[i];
    if (status != QUEUE_STATUS_OPEN || admitted == 0)
        return (struct wait_estimate){.known = false};
    int64_t measured = second - rate->first_second + 1;
    if (measured > ADMISSION_WINDOW_SECONDS)
        measured = ADMISSION_WINDOW_SECONDS;
    /* A quarter either way: what a minute of admissions says of the next ones. */
    const int64_t seconds = ahead * measured / admitted;
    return (struct wait_estimate){
        .known = true, .low_seconds = seconds * 3 / 4, .high_seconds = seconds * 5 / 4 + 1};
}

/* ---- The order ---- */

/* Who was passed over and is let in now was served before. */
static void serve(struct office *office, int64_t number)
{
    if (number <= office->house.serving)
        return;
    struct house house = office->house;
    house.serving = number;
    put_house(office, &house);
}

static void admit(struct office *office, struct live_token *token)
{
    struct queue_token row = token_row(office, token);
    row.status = TOKEN_STATUS_ACTIVE;
    row.activate_at = office->now.house;
    row.holds_until = office->now.house + office->house.active_seconds * SECOND_MS;
    row.expires_at = row.holds_until;
    serve(office, row.number);
    office->admission_credit -= ADMISSION_COST;
    count_admission(&office->admissions, office->now.house);
    office->why = WHY_ADMITTED;
    (void)put_token(office, token, token_user(office, token), &row);
}

static void pass_over(struct office *office, struct live_token *token)
{
    struct queue_token row = token_row(office, token);
    row.passed_at = office->now.house;
    serve(office, row.number);
    office->why = WHY_PASSED_OVER;
    (void)put_token(office, token, token_user(office, token), &row);
}

/* Those passed over that were heard again come first: they are the present ones before the cursor.
 */
static struct live_token *first_returned(struct office *office)
{
    struct waiting_line *line = &office->line;
    if (line->present_count == 0)
        return NULL;
    const size_t position = fenwick_first(&line->present);
    return position < line->cursor ? pool_at(&office->tokens, line->slots[position]) : NULL;
}

/* The next one at the cursor that is still in line; the cursor moves past it. */
static struct live_token *next_in_line(struct office *office)
{
    struct waiting_line *line = &office->line;
    while (line->cursor < line->length) {
        const uint32_t number = line->slots[line->cursor++];
        if (number != 0)
            return pool_at(&office->tokens, number);
    }
    return NULL;
}

static bool may_admit(const struct office *office)
{
    return (int64_t)office->active_count < office->house.max_active &&
           office->admission_credit >= ADMISSION_COST && office->line.waiting > 0;
}

bool queue_admit(struct office *office, size_t *budget)
{
    const bool open = queue_status_at(office, office->now.wall) == QUEUE_STATUS_OPEN;
    earn_credit(office, open);
    while (open && may_admit(office)) {
        if (*budget == 0)
            return false;
        step_reserve(office);
        CHECK(visit_reserve(office));
        struct live_token *token = first_returned(office);
        if (token == NULL)
            token = next_in_line(office);
        if (token == NULL)
            break; /* all who wait were passed over and are silent */
        (*budget)--;
        if (token->present)
            admit(office, token);
        else
            pass_over(office, token);
    }
    return true;
}

timestamp_ms queue_next_admission(const struct office *office, struct moment now)
{
    const struct waiting_line *line = &office->line;
    const struct sale_window *sale = &office->sale;
    if (line->waiting == 0 || (line->present_count == 0 && line->cursor == line->length) ||
        (int64_t)office->active_count >= office->house.max_active)
        return INT64_MAX;
    switch (queue_status_given(&office->house, now.wall, sale->open && now.wall < sale->until)) {
    case QUEUE_STATUS_PAUSED:
        return INT64_MAX;
    case QUEUE_STATUS_SCHEDULED:
        return now.house + (office->house.open_at - now.wall);
    case QUEUE_STATUS_CLOSED:
        return sale->until == INT64_MAX ? INT64_MAX : now.house + (sale->until - now.wall);
    case QUEUE_STATUS_OPEN:
        break;
    }
    const int64_t missing = ADMISSION_COST - office->admission_credit;
    if (missing <= 0)
        return office->now.house;
    const int64_t rate = office->house.admit_per_second;
    return office->now.house + (missing + rate - 1) / rate;
}
