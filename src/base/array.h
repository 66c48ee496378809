/* Arrays that grow. */
#ifndef USHER_BASE_ARRAY_H
#define USHER_BASE_ARRAY_H

#include <stddef.h>

/* Makes room for `needed` items, at least one, where there is room for `*capacity`; what grows at
 * least doubles. Returns the array, which may have moved, or NULL: no memory, and the array is as
 * it was. The owner gives it back with free(). */
void *array_reserve(void *array, size_t *capacity, size_t needed, size_t item_bytes);

#endif
