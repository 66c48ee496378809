/* An office on its way up. For the files of this layer only. */
#ifndef USHER_OFFICE_LOAD_H
#define USHER_OFFICE_LOAD_H

#include "office/office.h"

/* What there is of an office that is loading and not of an open one. NULL: no memory. */
struct load_cursor *load_cursor_new(void);
void load_cursor_free(struct load_cursor *loading); /* or NULL */

/* The indexes of which there are millions are made when they are first needed, each at once. */
void indexes_defer(struct office *office);
MUST_USE enum result indexes_catch_up(struct office *office); /* makes those that are left */

#endif
