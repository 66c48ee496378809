/* Memory for what there are millions of. */
#ifndef USHER_BASE_MEMORY_H
#define USHER_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed. NULL: no memory. A large block comes from the system itself: what is never touched costs
 * nothing, and what is freed goes back. It asks for huge pages, with which objects that are looked
 * up in no order cost fewer misses of the translation buffer, and filling it takes one page fault
 * where it took hundreds. */
void *memory_allocate(size_t bytes);

/* Of as many bytes as were allocated; or NULL. */
void memory_free(void *block, size_t bytes);

#endif
