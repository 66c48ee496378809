/* A round's plan as it is shown, usher-plan/1: its seats by rows, for who draws them. A row is a
 * run of seats in seat order that have the same section and row (or both none), all of them placed
 * or none; a longer one is told in several. Positions are whole numbers, and all but a row's first
 * are told as the difference to the one before: what repeats compresses well. */
#ifndef USHER_API_SHOWN_PLAN_H
#define USHER_API_SHOWN_PLAN_H

#include "engine/engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_FORMAT "usher-plan/1"

struct plan_price {
    const char *grade; /* NULL: none */
    int64_t price;
    bool priced; /* a stored plan may leave the price to its rounds */
};

/* Seats of one price that follow each other. */
struct plan_run {
    int64_t price; /* its index among the plan's */
    int64_t count;
};

struct plan_row {
    const char *section, *row; /* NULL: none */
    int64_t first, count;      /* places in seat order */
    int64_t first_number; /* the others count on from it; 0: `numbers` has them, if any has one */
    const char **numbers; /* NULL: a seat without a number */
    size_t number_count;
    const char **seat_numbers; /* NULL: a seat of which it is as others make it (seat_name.h) */
    size_t seat_number_count;  /* 0: of all it is */
    struct plan_run *prices;
    size_t price_count;
    const int64_t *x, *y;
    size_t position_count;                                   /* 0: the row is not placed */
    const int64_t *accessible, *companion, *restricted_view; /* seats of the row, from 0 */
    size_t accessible_count, companion_count, restricted_view_count;
};

/* Of all positions. */
struct plan_bounds {
    int64_t left, top, right, bottom;
};

struct shown_plan {
    const char *format;
    struct id round_id;
    int64_t plan_version;
    int64_t scale; /* a position is the seat's times this, rounded */
    bool has_bounds;
    struct plan_bounds bounds;
    size_t price_count, row_count;
    struct plan_price *prices;
    struct plan_row *rows;

    /* What the arrays above lie in. */
    int64_t *integers;
    struct plan_run *runs;
    const char **numbers, **seat_numbers;
};

/* Whether the two are there and equal, or neither is. */
bool same_plan_text(const char *one, const char *other);

/* False: no memory. The plan points into the map's texts. */
bool shown_plan_init(struct shown_plan *plan, const struct seat_map *map);
void shown_plan_release(struct shown_plan *plan);

#endif
