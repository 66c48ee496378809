/* What seats cost by their grade: prices under the grades' names, as in a JSON object. */
#ifndef USHER_RECORD_GRADE_PRICE_H
#define USHER_RECORD_GRADE_PRICE_H

#include "record/number_by_name.h"

#include <stddef.h>

/* Under which name the price of seats of this grade stands; NULL, those without one, have "". */
const char *grade_name(const char *grade);

/* The price of seats of this grade, which may be NULL; NULL: there is none. */
const struct number_by_name *grade_price(const struct number_by_name *prices, size_t count,
                                         const char *grade);

#endif
