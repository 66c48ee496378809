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

/* People passed over in a batch's tick, and as many when it settles: whoever asks meanwhile is
 * answered between, however many wait for a sale that is not open. Some two milliseconds. */
#define PASS_SLICE 1024

/* ---- The door ---- */

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
    offer_refresh(office, wall);
    return queue_status_given(&office->house, wall, office->offer.all.rounds > 0);
}

/* ---- The lanes ---- */

static const struct offer *lane_offer(const struct office *office, const struct live_lane *lane)
{
    static const struct offer nothing;
    if (id_is_none(lane->concert_id))
        return &office->offer.all;
    return lane->concert == NULL ? &nothing : &lane->concert->offer;
}

static enum lane_state state_by(const struct offer *offer)
{
    if (offer->rounds == 0)
        return LANE_SHUT;
    return offer_is_sold_out(offer) ? LANE_SOLD_OUT : LANE_ON_SALE;
}

enum lane_state lane_state(const struct office *office, const struct live_lane *lane)
{
    return state_by(lane_offer(office, lane));
}

/* Whether people of the lane go in together with those who wait for whatever is on sale: they do,
 * or their sale has seats. Where no sale has any: it may be the next to have one. */
static bool goes_with_any(const struct office *office, const struct live_lane *lane)
{
    const struct offer_window *window = &office->offer;
    const struct offer *offer = lane_offer(office, lane);
    if (id_is_none(lane->concert_id))
        return true;
    if (window->all.rounds == 0)
        return lane->concert != NULL && window->opens_next != INT64_MAX &&
               lane->concert->opens_next == window->opens_next;
    return offer->rounds > 0 && (offer_is_sold_out(&window->all) || !offer_is_sold_out(offer));
}

int64_t queue_ahead(const struct office *office, const struct live_token *token)
{
    const struct live_lane *lane = token_lane(office, token);
    int64_t ahead = fenwick_sum_below(&lane->present, token->position);
    for (size_t i = 0; i < office->line.lane_count; i++) {
        const struct live_lane *other = office->line.lanes[i];
        if (other != lane && goes_with_any(office, other))
            ahead += lane_ahead(office, other, token->number);
    }
    CHECK(ahead < (int64_t)office->line.waiting);
    return ahead;
}

/* ---- The rate ---- */

/* A token bucket with a burst of one second; it starts empty whenever the door opens. */
static void earn_credit(struct office *office, bool open)
{
    const int64_t rate = office->house.admit_per_second; /* thousandths a millisecond */
    const int64_t most = rate * SECOND_MS;
    int64_t elapsed_ms = office->now.house - office->credit_at;
    CHECK(elapsed_ms >= 0);
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

/* The admissions of the last minute, and of how many seconds that is. */
static int64_t admissions_measured(const struct office *office, int64_t *seconds)
{
    const struct admission_rate *rate = &office->admissions;
    const int64_t second = office->now.house / SECOND_MS;
    int64_t admitted = 0;
    for (size_t i = 0; i < ADMISSION_WINDOW_SECONDS; i++)
        if (rate->second[i] > second - ADMISSION_WINDOW_SECONDS)
            admitted += rate->count[i];
    *seconds = second - rate->first_second + 1;
    if (*seconds > ADMISSION_WINDOW_SECONDS)
        *seconds = ADMISSION_WINDOW_SECONDS;
    return admitted;
}

int64_t queue_admitted_a_minute(const struct office *office)
{
    int64_t seconds;
    const int64_t admitted = admissions_measured(office, &seconds);
    return admitted == 0 ? 0 : admitted * ADMISSION_WINDOW_SECONDS / seconds;
}

/* In a lane of that state, with so many ahead: until those and one more are let in. */
static struct wait_estimate estimate_by(const struct office *office, enum queue_status status,
                                        enum lane_state state, int64_t ahead)
{
    int64_t measured;
    const int64_t admitted = admissions_measured(office, &measured);
    if (status != QUEUE_STATUS_OPEN || state != LANE_ON_SALE || admitted == 0)
        return (struct wait_estimate){.known = false};
    /* A quarter either way: what a minute of admissions says of the next ones. */
    const int64_t seconds = (ahead + 1) * measured / admitted;
    return (struct wait_estimate){
        .known = true, .low_seconds = seconds * 3 / 4, .high_seconds = seconds * 5 / 4 + 1};
}

struct wait_estimate queue_estimate(const struct office *office, enum queue_status status,
                                    const struct live_lane *lane, int64_t ahead)
{
    return estimate_by(office, status, lane_state(office, lane), ahead);
}

struct wait_estimate queue_newcomer_estimate(const struct office *office, enum queue_status status)
{
    int64_t ahead = 0;
    for (size_t i = 0; i < office->line.lane_count; i++)
        if (goes_with_any(office, office->line.lanes[i]))
            ahead += (int64_t)office->line.lanes[i]->present_count;
    return estimate_by(office, status, state_by(&office->offer.all), ahead);
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
    CHECK(office->admission_credit >= ADMISSION_COST);
    office->admission_credit -= ADMISSION_COST;
    count_admission(&office->admissions, office->now.house);
    office->why = WHY_ADMITTED;
    (void)put_token(office, token, token_user(office, token), token_lane(office, token), &row);
}

static void pass_over(struct office *office, struct live_token *token)
{
    struct queue_token row = token_row(office, token);
    CHECK(row.passed_at == 0);
    row.passed_at = office->now.house;
    serve(office, row.number);
    office->why = WHY_PASSED_OVER;
    (void)put_token(office, token, token_user(office, token), token_lane(office, token), &row);
}

/* People of the lane who are inside and hold nothing: whoever holds seats has found them. */
static int64_t looking(const struct live_lane *lane)
{
    return (int64_t)(lane->active - lane->holding);
}

static int64_t at_most(int64_t value, int64_t most)
{
    return value < most ? value : most;
}

/* Nobody is let in but to a seat that is free, and that nobody inside may be looking for: so a seat
 * that comes back lets in one, not all who wait for it. This many may go in: free seats, less those
 * for whoever looks for a concert's, and less whoever looks for any. */
static int64_t seats_for_more(const struct office *office)
{
    int64_t seats = office->offer.all.available;
    for (size_t i = 0; i < office->line.lane_count; i++) {
        const struct live_lane *lane = office->line.lanes[i];
        const struct offer *offer = lane_offer(office, lane);
        seats -= at_most(looking(lane), offer->available);
    }
    return seats;
}

/* Whether there is a seat for one more of the lane, where there is one for somebody. */
static bool lane_has_seat(const struct office *office, const struct live_lane *lane)
{
    return lane_state(office, lane) == LANE_ON_SALE &&
           (lane->concert == NULL || looking(lane) < lane->concert->offer.available);
}

/* The lowest number that may go in. */
static struct live_token *first_to_admit(const struct office *office)
{
    struct live_token *first = NULL;
    for (size_t i = 0; i < office->line.lane_count; i++) {
        const struct live_lane *lane = office->line.lanes[i];
        if (lane->present_count == 0 || !lane_has_seat(office, lane))
            continue;
        const uint32_t slot = lane->slots[fenwick_first(&lane->present)];
        struct live_token *token = pool_at(&office->tokens, slot);
        if (first == NULL || token->number < first->number)
            first = token;
    }
    return first;
}

/* The one at the lane's cursor, if its turn may come: the lane has a seat for it, or nothing on
 * sale. */
static struct live_token *next_of_lane(const struct office *office, struct live_lane *lane)
{
    if (lane_state(office, lane) != LANE_SHUT && !lane_has_seat(office, lane))
        return NULL;
    while (lane->cursor < lane->length && lane->slots[lane->cursor] == 0)
        lane->cursor++;
    return lane->cursor < lane->length ? pool_at(&office->tokens, lane->slots[lane->cursor]) : NULL;
}

/* The lowest number whose turn has not come yet. */
static struct live_token *next_in_line(const struct office *office)
{
    struct live_token *next = NULL;
    for (size_t i = 0; i < office->line.lane_count; i++) {
        struct live_token *token = next_of_lane(office, office->line.lanes[i]);
        if (token != NULL && (next == NULL || token->number < next->number))
            next = token;
    }
    return next;
}

static bool may_admit(const struct office *office)
{
    return (int64_t)office->active_count < office->house.max_active &&
           office->admission_credit >= ADMISSION_COST && office->line.waiting > 0;
}

/* One turn: the lowest number that may go in does, unless somebody before it is to be passed over.
 * False: there is nobody. */
static bool give_turn(struct office *office, size_t *passes)
{
    if (seats_for_more(office) <= 0)
        return false;
    struct live_token *token = first_to_admit(office);
    struct live_token *next = next_in_line(office);
    if (next != NULL && (token == NULL || next->number <= token->number)) {
        token_lane(office, next)->cursor++;
        if (next != token) {
            (*passes)--;
            pass_over(office, next);
            return true;
        }
    }
    if (token != NULL)
        admit(office, token);
    return token != NULL;
}

bool queue_admit(struct office *office, size_t *budget)
{
    const bool open = queue_status_at(office, office->now.wall) == QUEUE_STATUS_OPEN;
    size_t passes = PASS_SLICE;
    earn_credit(office, open);
    while (open && passes > 0 && may_admit(office)) {
        if (*budget == 0)
            return false;
        step_reserve(office);
        CHECK(visit_reserve(office));
        if (!give_turn(office, &passes))
            break;
        (*budget)--;
    }
    return true;
}

static bool somebody_may_be_taken(const struct office *office)
{
    if (seats_for_more(office) <= 0)
        return false;
    for (size_t i = 0; i < office->line.lane_count; i++) {
        struct live_lane *lane = office->line.lanes[i];
        if ((lane->present_count > 0 && lane_has_seat(office, lane)) ||
            next_of_lane(office, lane) != NULL)
            return true;
    }
    return false;
}

/* When there is credit for one more. */
static timestamp_ms next_credit(const struct office *office)
{
    const int64_t missing = ADMISSION_COST - office->admission_credit;
    const int64_t rate = office->house.admit_per_second;
    return missing <= 0 ? office->now.house : office->now.house + (missing + rate - 1) / rate;
}

timestamp_ms queue_next_admission(const struct office *office, struct moment now)
{
    const struct offer_window *offer = &office->offer;
    if (office->line.waiting == 0 || (int64_t)office->active_count >= office->house.max_active)
        return INT64_MAX;
    /* Then other sales are open, and others may go in. */
    const timestamp_ms turn =
        offer->until == INT64_MAX ? INT64_MAX : now.house + (offer->until - now.wall);
    switch (queue_status_given(&office->house, now.wall,
                               offer->all.rounds > 0 && now.wall < offer->until)) {
    case QUEUE_STATUS_PAUSED:
        return INT64_MAX;
    case QUEUE_STATUS_SCHEDULED:
        return now.house + (office->house.open_at - now.wall);
    case QUEUE_STATUS_CLOSED:
        return turn;
    case QUEUE_STATUS_OPEN:
        break;
    }
    const timestamp_ms credit = somebody_may_be_taken(office) ? next_credit(office) : INT64_MAX;
    return credit < turn ? credit : turn;
}
