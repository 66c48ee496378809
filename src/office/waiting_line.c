/* The waiting line: who is before whom, and how many, exactly. */
#include "office/waiting_line.h"

#include "base/array.h"
#include "office/catalogue.h"
#include "office/fit.h"
#include "office/state.h"
#include "office/token.h"

#include <stdlib.h>
#include <string.h>

/* ---- Slots ---- */

static void lane_place(struct live_lane *lane, struct live_token *token)
{
    if (lane->length % LANE_STRIDE == 0)
        lane->numbers[lane->length / LANE_STRIDE] = token->number;
    token->position = (uint32_t)lane->length;
    lane->slots[lane->length++] = token->item.number;
}

/* Lays the slots out anew without the gaps. Positions change, order does not. */
static bool lane_compact(const struct office *office, struct live_lane *lane, size_t capacity)
{
    struct live_lane laid = *lane;
    laid.slots = calloc(capacity, sizeof *laid.slots);
    laid.numbers = calloc(capacity / LANE_STRIDE, sizeof *laid.numbers);
    if (laid.slots == NULL || laid.numbers == NULL ||
        fenwick_reset(&laid.present, capacity) != RESULT_OK) {
        free(laid.slots);
        free(laid.numbers);
        return false;
    }
    laid.capacity = capacity;
    laid.length = 0;
    for (size_t i = 0; i < lane->length; i++) {
        if (i == lane->cursor)
            laid.cursor = laid.length;
        if (lane->slots[i] == 0)
            continue;
        struct live_token *token = pool_at(&office->tokens, lane->slots[i]);
        if (token->present)
            fenwick_add(&laid.present, laid.length, 1);
        lane_place(&laid, token);
    }
    if (lane->cursor == lane->length)
        laid.cursor = laid.length;
    CHECK(laid.length == lane->waiting || office->loading != NULL);
    free(lane->slots);
    free(lane->numbers);
    *lane = laid;
    return true;
}

static bool lane_make_room(const struct office *office, struct live_lane *lane)
{
    if (lane->length < lane->capacity)
        return true;
    /* At least half of the new slots are free, so the work is spread over as many joins. */
    size_t capacity = LANE_STRIDE;
    while (capacity < 2 * (lane->waiting + 1))
        capacity *= 2;
    return lane_compact(office, lane, capacity);
}

/* ---- Lanes ---- */

static struct live_lane *lane_new(struct office *office, struct id concert_id)
{
    struct waiting_line *line = &office->line;
    if (line->lane_count >= LANES_MAX || pool_reserve(&office->lanes, 1) != RESULT_OK ||
        index_reserve(&office->lane_by_concert, 1) != RESULT_OK)
        return NULL;
    struct live_lane **lanes = array_reserve(line->lanes, &line->lane_capacity,
                                             line->lane_count + 1, sizeof(struct live_lane *));
    if (lanes == NULL)
        return NULL;
    line->lanes = lanes;
    struct live_lane *lane = pool_take(&office->lanes);
    lane->concert_id = concert_id;
    lane->concert = id_is_none(concert_id) ? NULL : concert_find(office, concert_id);
    fenwick_init(&lane->present);
    index_insert(&office->lane_by_concert, lane);
    lanes[line->lane_count++] = lane;
    return lane;
}

struct live_lane *lane_reserve(struct office *office, struct id concert_id)
{
    struct live_lane *lane = lane_find(office, concert_id);
    if (lane == NULL)
        lane = lane_new(office, concert_id);
    return lane != NULL && (office->loading != NULL || lane_make_room(office, lane)) ? lane : NULL;
}

void lane_join(struct live_lane *lane)
{
    lane->tokens++;
}

void lane_let_go(struct office *office, void *item)
{
    struct live_lane *lane = item;
    (void)office;
    fenwick_release(&lane->present);
    free(lane->slots);
    free(lane->numbers);
}

void lane_part(struct office *office, struct live_lane *lane)
{
    struct waiting_line *line = &office->line;
    CHECK(lane->tokens > 0);
    if (--lane->tokens > 0)
        return;
    size_t i = 0;
    while (line->lanes[i] != lane)
        i++;
    line->lanes[i] = line->lanes[--line->lane_count];
    index_remove(&office->lane_by_concert, lane);
    lane_let_go(office, lane);
    pool_give(&office->lanes, lane);
}

/* ---- The line ---- */

void waiting_line_append(struct office *office, struct live_token *token)
{
    struct live_lane *lane = token_lane(office, token);
    CHECK(token->status == TOKEN_STATUS_WAITING);
    CHECK(lane->length < lane->capacity);
    lane_place(lane, token);
    lane->waiting++;
    office->line.waiting++;
    waiting_line_set_present(office, token, true);
}

void waiting_line_set_present(struct office *office, struct live_token *token, bool present)
{
    if (token->present == present)
        return;
    struct live_lane *lane = token_lane(office, token);
    CHECK(token->position < lane->length);
    CHECK(lane->slots[token->position] == token->item.number);
    token->present = present;
    fenwick_add(&lane->present, token->position, present ? 1 : -1);
    if (present)
        lane->present_count++;
    else
        lane->present_count--;
    CHECK(lane->present_count <= lane->waiting);
    CHECK(fenwick_sum_below(&lane->present, lane->present.capacity) == lane->present_count);
}

void waiting_line_remove(struct office *office, struct live_token *token)
{
    struct live_lane *lane = token_lane(office, token);
    CHECK(lane->waiting > 0 && office->line.waiting > 0);
    waiting_line_set_present(office, token, false);
    CHECK(lane->slots[token->position] == token->item.number);
    lane->slots[token->position] = 0;
    lane->waiting--;
    office->line.waiting--;
}

/* The first slot behind all that came with a lower number and still wait. */
static size_t place_of(const struct office *office, const struct live_lane *lane, int64_t number)
{
    size_t low = 0, high = (lane->length + LANE_STRIDE - 1) / LANE_STRIDE;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lane->numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return 0;
    const size_t end = low * LANE_STRIDE < lane->length ? low * LANE_STRIDE : lane->length;
    size_t place = (low - 1) * LANE_STRIDE;
    while (place < end) {
        const struct live_token *token = pool_find(&office->tokens, lane->slots[place]);
        if (token != NULL && token->number >= number)
            break;
        place++;
    }
    return place;
}

int64_t lane_ahead(const struct office *office, const struct live_lane *lane, int64_t number)
{
    return lane->present_count == 0
               ? 0
               : fenwick_sum_below(&lane->present, place_of(office, lane, number));
}

/* ---- After loading ---- */

static int compare_numbers(const void *a, const void *b)
{
    const struct live_token *const *left = a, *const *right = b;
    return ((*left)->number > (*right)->number) - ((*left)->number < (*right)->number);
}

/* As they are when they were loaded from the tables, whose ids rise with the numbers. */
static bool in_order(struct live_token *const *tokens, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (tokens[i]->number < tokens[i - 1]->number)
            return false;
    return true;
}

/* Those who wait in each lane are counted before, so that it is made large enough at once. */
static enum result size_lanes(struct office *office, struct live_token *const *waiting,
                              size_t count, struct explanation *why)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        token_lane(office, waiting[i])->waiting++;
        if (i > 0 && waiting[i]->number == waiting[i - 1]->number)
            return contradict(why, CONTRADICTION_NUMBER_TWICE, RECORD_KIND_QUEUE_TOKEN,
                              waiting[i]->id);
    }
    for (size_t i = 0; i < office->line.lane_count; i++) {
        struct live_lane *lane = office->line.lanes[i];
        good = good && lane_make_room(office, lane);
        lane->waiting = 0;
    }
    return good ? RESULT_OK : explain(why, RESULT_NO_MEMORY, "no memory for the line");
}

/* Those of a lane that were passed over stand before its cursor. */
static void line_up(struct office *office, struct live_token *token)
{
    struct live_lane *lane = token_lane(office, token);
    const struct live_visit *visit = token_visit(office, token);
    waiting_line_append(office, token);
    if (visit != NULL && visit->passed_at != 0)
        lane->cursor = lane->length;
}

enum result waiting_line_build(struct office *office, struct explanation *why)
{
    size_t count = 0;
    struct live_token **waiting = calloc(office->tokens.taken + 1, sizeof(struct live_token *));
    if (waiting == NULL)
        return explain(why, RESULT_NO_MEMORY, "no memory for the line");
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number))
        if (token->status == TOKEN_STATUS_WAITING)
            waiting[count++] = token;
    if (!in_order(waiting, count))
        qsort(waiting, count, sizeof(struct live_token *), compare_numbers);
    const enum result result = size_lanes(office, waiting, count, why);
    for (size_t i = 0; result == RESULT_OK && i < count; i++)
        line_up(office, waiting[i]);
    free(waiting);
    return result;
}
