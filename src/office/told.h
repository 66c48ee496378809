/* The values before and after, of what a call of the house changes, for its action. For the files
 * of this layer only. Doors tell them; the action takes them. */
#ifndef USHER_OFFICE_TOLD_H
#define USHER_OFFICE_TOLD_H

#include "read/told_line.h"

struct office;

struct told {
    bool wanted; /* a call of the house is being decided */
    bool any;    /* something changed */
    struct told_line old_values, new_values;
};

/* Nothing changed yet. */
void told_begin(struct told *told, bool wanted);

/* For doors: the fields of told.def that differ between two images of one row. */
void told_change(struct office *office, enum record_kind kind, const void *before,
                 const void *after);

/* That seats of a grade have another price: the first of them stands for all. */
void told_price(struct office *office, const struct seat *before, int64_t price);

#endif
