/* See grade_price.h. */
#include "record/grade_price.h"

#include <string.h>

const char *grade_name(const char *grade)
{
    return grade == NULL ? "" : grade;
}

const struct number_by_name *grade_price(const struct number_by_name *prices, size_t count,
                                         const char *grade)
{
    const char *name = grade_name(grade);
    for (size_t i = 0; i < count; i++)
        if (strcmp(prices[i].name, name) == 0)
            return &prices[i];
    return NULL;
}
