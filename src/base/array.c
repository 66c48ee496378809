/* See array.h. */
#include "base/array.h"

#include <stdlib.h>

#define CAPACITY_FIRST 16

void *array_reserve(void *array, size_t *capacity, size_t needed, size_t item_bytes)
{
    if (needed <= *capacity)
        return array;
    size_t wanted = *capacity == 0 ? CAPACITY_FIRST : 2 * *capacity;
    if (wanted < needed)
        wanted = needed;
    void *grown = realloc(array, wanted * item_bytes);
    if (grown != NULL)
        *capacity = wanted;
    return grown;
}
