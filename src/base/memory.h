/* Memory for what there are millions of. */
#ifndef USHER_BASE_MEMORY_H
#define USHER_BASE_MEMORY_H

#include <stddef.h>

enum memory_pages {
    /* Objects that are looked up in no order cost fewer misses of the translation buffer, and
     * filling a block takes one page fault where it took hundreds. */
    MEMORY_HUGE_PAGES,
    /* Such a fault clears two megabytes, which took a virtual machine ten milliseconds: too long
     * where objects come one by one while somebody waits. */
    MEMORY_SMALL_PAGES,
};

/* Zeroed. NULL: no memory. A large block comes from the system itself: untouched pages cost
 * nothing, and freed ones go back. */
void *memory_allocate(size_t bytes, enum memory_pages pages);

/* Of as many bytes as were allocated; or NULL. */
void memory_free(void *block, size_t bytes);

#endif
