/* The seats of a new round as sections: blocks of rows of one length and price. */
#ifndef USHER_API_PLAN_SECTION_H
#define USHER_API_PLAN_SECTION_H

#include "api/round_plan.h"

/* Keeps what the section says. Sections past the last are errors, and were counted. A faulty one
 * keeps no rows. */
void plan_section_add(struct round_plan *plan, struct body_object *object, size_t index);

/* All sections are read, and good: makes their seats. */
void plan_sections_expand(struct round_plan *plan, struct body_object *root);

#endif
