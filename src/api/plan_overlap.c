/* See plan_overlap.h. A grid of squares whose side is the distance from which seats overlap: what
 * overlaps a seat stands in its square or in one of the eight around. Those that are kept overlap
 * none of each other, so a square has four of them at the most, whatever the plan is. */
#include "api/plan_overlap.h"

#include "api/shown_plan.h"
#include "base/hash.h"
#include "record/limit.h"

#include <math.h>
#include <stdlib.h>

struct square {
    int64_t x, y;
};

struct overlap_grid {
    const struct seat_plan *seats;
    double side;
    size_t capacity; /* a power of two */
    uint32_t *slots; /* of squares by their hash, a seat's index and one; 0: empty */
    uint32_t *next;  /* of each seat, the next one of its slot, likewise */
};

_Static_assert(ROUND_SEATS_MAX < UINT32_MAX, "an index and one fit a slot");

/* ---- How near is too near ---- */

/* Positions are whole numbers by the plan's scale: two that differ are further from each other. */
#define ONE_POINT (0.5 / PLAN_SCALE_MAX)

static double seat_distance(const struct seat_plan *one, const struct seat_plan *other)
{
    return hypot(one->x - other->x, one->y - other->y);
}

static bool is_next_in_row(const struct seat_plan *seat, const struct seat_plan *before)
{
    return seat->placed && before->placed && same_plan_text(seat->section, before->section) &&
           same_plan_text(seat->row, before->row);
}

static int compare_distances(const void *one, const void *other)
{
    const double first = *(const double *)one, second = *(const double *)other;
    return (first > second) - (first < second);
}

/* Half of the usual distance. False: no memory. */
static bool find_side(const struct seat_plan *seats, size_t count, double *side)
{
    size_t found = 0;
    double *distances = malloc(count * sizeof *distances);
    if (distances == NULL)
        return false;
    for (size_t i = 1; i < count; i++)
        if (is_next_in_row(&seats[i], &seats[i - 1]))
            distances[found++] = seat_distance(&seats[i], &seats[i - 1]);
    qsort(distances, found, sizeof *distances, compare_distances);
    *side = fmax(found == 0 ? 0 : distances[found / 2] / 2, ONE_POINT);
    free(distances);
    return true;
}

/* ---- The grid ---- */

static struct square square_of(const struct overlap_grid *grid, const struct seat_plan *seat)
{
    return (struct square){.x = (int64_t)floor(seat->x / grid->side),
                           .y = (int64_t)floor(seat->y / grid->side)};
}

static uint32_t *square_slot(const struct overlap_grid *grid, struct square square)
{
    return &grid->slots[hash_bytes(&square, sizeof square) & (grid->capacity - 1)];
}

/* The earliest of the square that overlaps the seat, if it is earlier than `earliest`; SIZE_MAX:
 * none. Seats of other squares may stand in the slot. */
static size_t earliest_in(const struct overlap_grid *grid, struct square square, size_t seat,
                          size_t earliest)
{
    for (size_t at = *square_slot(grid, square); at != 0; at = grid->next[at - 1])
        if (at - 1 < earliest &&
            seat_distance(&grid->seats[at - 1], &grid->seats[seat]) < grid->side)
            earliest = at - 1;
    return earliest;
}

static size_t find_overlapped(const struct overlap_grid *grid, size_t seat)
{
    const struct square middle = square_of(grid, &grid->seats[seat]);
    size_t earliest = SIZE_MAX;
    for (int64_t x = middle.x - 1; x <= middle.x + 1; x++)
        for (int64_t y = middle.y - 1; y <= middle.y + 1; y++)
            earliest = earliest_in(grid, (struct square){.x = x, .y = y}, seat, earliest);
    return earliest;
}

static void grid_add(struct overlap_grid *grid, size_t seat)
{
    uint32_t *slot = square_slot(grid, square_of(grid, &grid->seats[seat]));
    grid->next[seat] = *slot;
    *slot = (uint32_t)seat + 1;
}

static bool grid_init(struct overlap_grid *grid, const struct seat_plan *seats, size_t count)
{
    *grid = (struct overlap_grid){.seats = seats, .capacity = 16};
    while (grid->capacity < 2 * count)
        grid->capacity *= 2;
    grid->slots = calloc(grid->capacity, sizeof *grid->slots);
    grid->next = calloc(count, sizeof *grid->next);
    return grid->slots != NULL && grid->next != NULL && find_side(seats, count, &grid->side);
}

enum result overlaps_find(const struct seat_plan *seats, size_t count, overlap_found *found,
                          void *owner)
{
    struct overlap_grid grid;
    const bool good = grid_init(&grid, seats, count);
    for (size_t i = 0; i < count && good; i++) {
        if (!seats[i].placed)
            continue;
        const size_t earlier = find_overlapped(&grid, i);
        if (earlier == SIZE_MAX)
            grid_add(&grid, i);
        else
            found(owner, i, earlier);
    }
    free(grid.slots);
    free(grid.next);
    return good ? RESULT_OK : RESULT_NO_MEMORY;
}
