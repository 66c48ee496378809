/* Large blocks from the heap, which keeps what one world gives back for the next: a mapping of each
 * one's own took more than half of a world's time, in page faults. And these too can be told to
 * fail. Defines what src/base/memory.c does, so that file is not linked. */
#include "base/memory.h"

#include <stdlib.h>

void *memory_allocate(size_t bytes, enum memory_pages pages)
{
    (void)pages;
    return calloc(1, bytes);
}

void memory_free(void *block, size_t bytes)
{
    (void)bytes;
    free(block);
}
