/* See demo_hall.h. Rows are arcs around the middle of the stage, which stands at 0, 0; lengths are
 * in metres, y grows from the stage to the back. */
#include "app/demo_hall.h"

#include "base/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SEAT_WIDTH 0.55
#define ROW_DEPTH 0.85
#define DEGREE 0.017453292519943295

/* Above what the blocks have together. */
#define DEMO_SEATS_MAX 6000

/* Rows of the middle block that cost most. */
#define FRONT_ROWS 10

/* Places for wheelchairs in a block's last row, each with one beside it. */
#define WHEELCHAIR_PLACES 3

/* From so far aside on the stage is seen in part only. */
#define RESTRICTED_DEGREES 50.0

struct demo_class {
    const char *grade;
    int64_t price;
};

static const struct demo_class front = {"VIP", DEMO_HALL_PRICE_MAX};
static const struct demo_class floor_class = {"R", 132000};
static const struct demo_class first_balcony = {"S", 99000};
static const struct demo_class second_balcony = {"A", 66000};

struct demo_block {
    const char *name;
    const struct demo_class *class;
    unsigned rows;
    double radius;              /* of the first row */
    double from, until;         /* degrees from the middle of the hall, to the right */
    bool has_front, has_wheels; /* rows that cost most; places for wheelchairs */
};

static const struct demo_block blocks[] = {
    {"B", &floor_class, 28, 10, -17, 17, true, true},
    {"A", &floor_class, 28, 10, -52, -19, false, true},
    {"C", &floor_class, 28, 10, 19, 52, false, true},
    {"E", &first_balcony, 9, 38, -27, -1, false, false},
    {"F", &first_balcony, 9, 38, 1, 27, false, false},
    {"D", &first_balcony, 9, 38, -55, -29, false, false},
    {"G", &first_balcony, 9, 38, 29, 55, false, false},
    {"J", &second_balcony, 10, 50, -10, 10, false, false},
    {"I", &second_balcony, 10, 50, -32, -12, false, false},
    {"K", &second_balcony, 10, 50, 12, 32, false, false},
    {"H", &second_balcony, 10, 50, -56, -34, false, false},
    {"L", &second_balcony, 10, 50, 34, 56, false, false},
};

/* The texts of one seat, which its plan points to. */
struct demo_seat_text {
    char seat_number[SEAT_NUMBER_BYTES_MAX + 1];
    char row[12], number[12]; /* a number of 32 bits */
};

static double row_radius(const struct demo_block *block, unsigned row)
{
    return block->radius + row * ROW_DEPTH;
}

static unsigned seats_in_row(const struct demo_block *block, unsigned row)
{
    const double length = row_radius(block, row) * (block->until - block->from) * DEGREE;
    return (unsigned)(length / SEAT_WIDTH);
}

/* Along the aisle on its left the last row of a block has no chairs, but places and chairs in turn.
 */
static void mark_wheels(const struct demo_block *block, unsigned row, unsigned seat,
                        struct seat_plan *plan)
{
    if (!block->has_wheels || row + 1 < block->rows || seat >= 2 * WHEELCHAIR_PLACES)
        return;
    plan->accessible = seat % 2 == 0;
    plan->companion = !plan->accessible;
}

static void plan_demo_seat(const struct demo_block *block, unsigned row, unsigned seat,
                           struct demo_seat_text *text, struct seat_plan *plan)
{
    const unsigned count = seats_in_row(block, row);
    const double degrees = block->from + (seat + 0.5) / count * (block->until - block->from);
    const struct demo_class *class = block->has_front && row < FRONT_ROWS ? &front : block->class;
    (void)snprintf(text->row, sizeof text->row, "%u", row + 1);
    (void)snprintf(text->number, sizeof text->number, "%u", seat + 1);
    const int length = snprintf(text->seat_number, sizeof text->seat_number, "%s-%u-%u",
                                block->name, row + 1, seat + 1);
    CHECK(length > 0 && (size_t)length < sizeof text->seat_number);
    *plan = (struct seat_plan){
        .seat_number = text->seat_number,
        .section = block->name,
        .row = text->row,
        .number = text->number,
        .grade = class->grade,
        .price = class->price,
        .placed = true,
        .x = row_radius(block, row) * sin(degrees * DEGREE),
        .y = row_radius(block, row) * cos(degrees * DEGREE),
        .restricted_view = fabs(degrees) > RESTRICTED_DEGREES,
    };
    mark_wheels(block, row, seat, plan);
}

enum result demo_hall_make(struct demo_hall *hall)
{
    *hall = (struct demo_hall){.seats = calloc(DEMO_SEATS_MAX, sizeof *hall->seats),
                               .texts = calloc(DEMO_SEATS_MAX, sizeof *hall->texts)};
    if (hall->seats == NULL || hall->texts == NULL) {
        demo_hall_release(hall);
        return RESULT_NO_MEMORY;
    }
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        for (unsigned row = 0; row < blocks[i].rows; row++)
            for (unsigned seat = 0; seat < seats_in_row(&blocks[i], row); seat++) {
                const size_t place = hall->seat_count++;
                CHECK(place < DEMO_SEATS_MAX);
                plan_demo_seat(&blocks[i], row, seat, &hall->texts[place], &hall->seats[place]);
            }
    return RESULT_OK;
}

void demo_hall_release(struct demo_hall *hall)
{
    free(hall->texts);
    free(hall->seats);
    *hall = (struct demo_hall){0};
}
