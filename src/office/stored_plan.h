/* Stored seating plans. For the files of this layer only. */
#ifndef USHER_OFFICE_STORED_PLAN_H
#define USHER_OFFICE_STORED_PLAN_H

#include "base/pool.h"
#include "office/office.h"

/* What it draws is not in memory. */
struct live_plan {
    struct pool_item item;
    struct plan row; /* `name` begins the block of its texts */
};

/* Room in memory (room.c). */
bool plan_reserve(struct office *office);

/* See find.c. */
struct live_plan *plan_find(const struct office *office, struct id id);

#endif
