/* The rows of a plan, usher-plan/1, as the seats that they are. */
#ifndef USHER_API_PLAN_ROW_H
#define USHER_API_PLAN_ROW_H

#include "api/round_plan.h"

/* Adds the seats of the next row; NULL: it is no object, and was told. Until the end their
 * positions are those of the JSON, and their prices say which one of the plan's. */
void plan_row_add(struct round_plan *plan, struct body_object *object);

/* All rows and prices are there: sets positions, grades and prices. */
void plan_rows_end(struct round_plan *plan);

/* The row that the seat came with. */
size_t plan_row_of_seat(const struct round_plan *plan, size_t seat);

#endif
