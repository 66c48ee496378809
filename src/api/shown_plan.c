/* See shown_plan.h. */
#include "api/shown_plan.h"

#include "api/seat_name.h"
#include "base/check.h"
#include "base/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool same_plan_text(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static bool begins_row(const struct seat_map *map, size_t place)
{
    if (place == 0)
        return true;
    const struct seat *seat = &map->seats[place], *before = seat - 1;
    return !same_plan_text(seat->section, before->section) ||
           !same_plan_text(seat->row, before->row) || seat->placed != before->placed;
}

/* ---- The scale ---- */

#define STEPS_BETWEEN_SEATS 20 /* so many at least: what is rounded off is not seen */

/* The distance between two neighbours in a row, along the axis where it is the longer. */
static double distance_before(const struct seat_map *map, size_t place)
{
    const struct seat *seat = &map->seats[place], *before = seat - 1;
    return fmax(fabs(seat->x - before->x), fabs(seat->y - before->y));
}

static int64_t scale_of(const struct seat_map *map)
{
    double least = INFINITY;
    for (size_t i = 1; i < map->seat_count; i++)
        if (map->seats[i].placed && !begins_row(map, i) && distance_before(map, i) > 0)
            least = fmin(least, distance_before(map, i));
    int64_t scale = 1;
    while (scale < PLAN_SCALE_MAX && least * (double)scale < STEPS_BETWEEN_SEATS)
        scale *= 10;
    return scale;
}

static int64_t scaled(double position, int64_t scale)
{
    return llround(position * (double)scale);
}

/* ---- Prices ---- */

/* The plan's prices by grade and price, while they are gathered: an index and one, or 0. */
struct price_slots {
    uint32_t *slots;
    size_t count; /* a power of two, more than twice the seats */
};

static uint64_t price_hash(const char *grade, int64_t price)
{
    const uint64_t hash = grade == NULL ? 0 : hash_bytes(grade, strlen(grade));
    return (hash ^ (uint64_t)price) * UINT64_C(0x9e3779b97f4a7c15) >> 20;
}

/* The index of the seat's price, which is made when it is the first. */
static int64_t price_index(struct shown_plan *plan, const struct price_slots *slots,
                           const struct seat *seat)
{
    size_t at = price_hash(seat->grade, seat->price) & (slots->count - 1);
    for (; slots->slots[at] != 0; at = (at + 1) & (slots->count - 1)) {
        const struct plan_price *price = &plan->prices[slots->slots[at] - 1];
        if (price->price == seat->price && same_plan_text(price->grade, seat->grade))
            return slots->slots[at] - 1;
    }
    plan->prices[plan->price_count++] =
        (struct plan_price){.grade = seat->grade, .price = seat->price, .priced = seat->price >= 0};
    slots->slots[at] = (uint32_t)plan->price_count;
    return (int64_t)plan->price_count - 1;
}

/* ---- Rows ---- */

/* What is filled, and how far its arrays are. */
struct drawing {
    struct shown_plan *plan;
    const struct seat_map *map;
    struct price_slots prices;
    struct seat_naming naming;
    size_t integers, runs, numbers, seat_numbers;
};

static void draw_prices(struct drawing *drawing, struct plan_row *row)
{
    row->prices = &drawing->plan->runs[drawing->runs];
    for (int64_t i = 0; i < row->count; i++) {
        const struct seat *seat = &drawing->map->seats[row->first + i];
        const int64_t price = price_index(drawing->plan, &drawing->prices, seat);
        if (row->price_count == 0 || row->prices[row->price_count - 1].price != price)
            row->prices[row->price_count++] = (struct plan_run){.price = price};
        row->prices[row->price_count - 1].count++;
    }
    drawing->runs += row->price_count;
}

/* Whether the text is this number, as one writes it. */
static bool reads_as(const char *text, int64_t number)
{
    char written[24];
    (void)snprintf(written, sizeof written, "%lld", (long long)number);
    return text != NULL && strcmp(text, written) == 0;
}

/* The row's first number, if the others count on from it; else 0. */
static int64_t counts_from(const struct seat_map *map, const struct plan_row *row)
{
    const char *text = map->seats[row->first].number;
    const long long first = text == NULL || strlen(text) > 9 ? 0 : strtoll(text, NULL, 10);
    for (int64_t i = 0; i < row->count; i++)
        if (first < 1 || !reads_as(map->seats[row->first + i].number, first + i))
            return 0;
    return first;
}

static void draw_numbers(struct drawing *drawing, struct plan_row *row)
{
    bool any = false;
    row->first_number = counts_from(drawing->map, row);
    row->numbers = &drawing->plan->numbers[drawing->numbers];
    if (row->first_number != 0)
        return;
    for (int64_t i = 0; i < row->count; i++) {
        row->numbers[i] = drawing->map->seats[row->first + i].number;
        any = any || row->numbers[i] != NULL;
    }
    row->number_count = any ? (size_t)row->count : 0;
    drawing->numbers += row->number_count;
}

/* Those that nobody could make of what stands beside them. */
static void draw_seat_numbers(struct drawing *drawing, struct plan_row *row)
{
    bool any = false;
    row->seat_numbers = &drawing->plan->seat_numbers[drawing->seat_numbers];
    for (int64_t i = 0; i < row->count; i++) {
        const struct seat *seat = &drawing->map->seats[row->first + i];
        const bool made = seat_name_is_next(&drawing->naming, seat->section, seat->row,
                                            seat->number, seat->seat_number);
        row->seat_numbers[i] = made ? NULL : seat->seat_number;
        any = any || !made;
    }
    row->seat_number_count = any ? (size_t)row->count : 0;
    drawing->seat_numbers += row->seat_number_count;
}

static void grow_bounds(struct shown_plan *plan, int64_t x, int64_t y)
{
    struct plan_bounds *bounds = &plan->bounds;
    if (!plan->has_bounds)
        *bounds = (struct plan_bounds){.left = x, .top = y, .right = x, .bottom = y};
    plan->has_bounds = true;
    bounds->left = x < bounds->left ? x : bounds->left;
    bounds->right = x > bounds->right ? x : bounds->right;
    bounds->top = y < bounds->top ? y : bounds->top;
    bounds->bottom = y > bounds->bottom ? y : bounds->bottom;
}

static void draw_positions(struct drawing *drawing, struct plan_row *row)
{
    const struct seat *seats = &drawing->map->seats[row->first];
    const int64_t scale = drawing->plan->scale;
    if (!seats[0].placed)
        return;
    int64_t *x = &drawing->plan->integers[drawing->integers], *y = x + row->count;
    int64_t x_before = 0, y_before = 0;
    for (int64_t i = 0; i < row->count; i++) {
        const int64_t x_now = scaled(seats[i].x, scale), y_now = scaled(seats[i].y, scale);
        grow_bounds(drawing->plan, x_now, y_now);
        x[i] = x_now - x_before;
        y[i] = y_now - y_before;
        x_before = x_now;
        y_before = y_now;
    }
    row->x = x;
    row->y = y;
    row->position_count = (size_t)row->count;
    drawing->integers += 2 * row->position_count;
}

/* The row's seats that are so; `flag` is the place of a bool in struct seat. */
static const int64_t *draw_flag(struct drawing *drawing, const struct plan_row *row, size_t flag,
                                size_t *count)
{
    int64_t *seats = &drawing->plan->integers[drawing->integers];
    for (int64_t i = 0; i < row->count; i++) {
        const uint8_t *seat = (const uint8_t *)&drawing->map->seats[row->first + i];
        if (*(const bool *)(seat + flag))
            seats[(*count)++] = i;
    }
    drawing->integers += *count;
    return seats;
}

static void draw_row(struct drawing *drawing, size_t first, size_t end)
{
    const struct seat *seat = &drawing->map->seats[first];
    struct plan_row *row = &drawing->plan->rows[drawing->plan->row_count++];
    *row = (struct plan_row){.section = seat->section,
                             .row = seat->row,
                             .first = (int64_t)first,
                             .count = (int64_t)(end - first)};
    draw_numbers(drawing, row);
    draw_seat_numbers(drawing, row);
    draw_prices(drawing, row);
    draw_positions(drawing, row);
    row->accessible =
        draw_flag(drawing, row, offsetof(struct seat, accessible), &row->accessible_count);
    row->companion =
        draw_flag(drawing, row, offsetof(struct seat, companion), &row->companion_count);
    row->restricted_view = draw_flag(drawing, row, offsetof(struct seat, restricted_view),
                                     &row->restricted_view_count);
}

/* As many bytes of JSON as a row may have for who reads it back, less what it has beside its seats.
 */
#define ROW_BYTES_MAX ((size_t)56 << 10)
/* Of a seat, beside its number and seatNumber: two positions, three flags, and a price of its own.
 */
#define SEAT_BYTES_MAX ((size_t)100)

static size_t seat_bytes(const struct seat *seat)
{
    return SEAT_BYTES_MAX + (seat->number == NULL ? 0 : 2 * strlen(seat->number)) +
           2 * strlen(seat->seat_number);
}

/* Where the row that begins here ends. */
static size_t drawn_row_end(const struct seat_map *map, size_t first)
{
    size_t end = first + 1, bytes = seat_bytes(&map->seats[first]);
    for (; end < map->seat_count && !begins_row(map, end); end++) {
        bytes += seat_bytes(&map->seats[end]);
        if (bytes > ROW_BYTES_MAX)
            break;
    }
    return end;
}

static void draw_rows(struct drawing *drawing)
{
    const size_t count = drawing->map->seat_count;
    for (size_t first = 0; first < count;) {
        const size_t end = drawn_row_end(drawing->map, first);
        draw_row(drawing, first, end);
        first = end;
    }
}

/* ---- All ---- */

#define INTEGERS_A_SEAT 5 /* x, y, and three flags */

static size_t count_rows(const struct seat_map *map)
{
    size_t rows = 0;
    for (size_t first = 0; first < map->seat_count; first = drawn_row_end(map, first))
        rows++;
    return rows;
}

bool shown_plan_init(struct shown_plan *plan, const struct seat_map *map)
{
    struct drawing drawing = {.plan = plan, .map = map, .prices.count = 4};
    const size_t count = map->seat_count;
    while (drawing.prices.count < 2 * count + 1)
        drawing.prices.count *= 2;
    drawing.prices.slots = calloc(drawing.prices.count, sizeof *drawing.prices.slots);
    *plan = (struct shown_plan){
        .format = PLAN_FORMAT,
        .round_id = map->round_id,
        .plan_version = map->plan_version,
        .scale = scale_of(map),
        .prices = calloc(count, sizeof(struct plan_price)),
        .rows = calloc(count_rows(map), sizeof(struct plan_row)),
        .integers = calloc(count, INTEGERS_A_SEAT * sizeof(int64_t)),
        .runs = calloc(count, sizeof(struct plan_run)),
        .numbers = calloc(count, sizeof(const char *)),
        .seat_numbers = calloc(count, sizeof(const char *)),
    };
    const bool good = drawing.prices.slots != NULL && plan->prices != NULL && plan->rows != NULL &&
                      plan->integers != NULL && plan->runs != NULL && plan->numbers != NULL &&
                      plan->seat_numbers != NULL;
    if (good)
        draw_rows(&drawing);
    else
        shown_plan_release(plan);
    free(drawing.prices.slots);
    return good;
}

void shown_plan_release(struct shown_plan *plan)
{
    free(plan->prices);
    free(plan->rows);
    free(plan->integers);
    free(plan->runs);
    free(plan->numbers);
    free(plan->seat_numbers);
    *plan = (struct shown_plan){0};
}
