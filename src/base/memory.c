/* See memory.h. */
#include "base/memory.h"

#include "base/check.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE_BYTES ((size_t)2 << 20) /* on x86-64, and on ARM with pages of 4 KiB */

/* Whole huge pages that begin at one. */
static void *map_huge_pages(size_t bytes)
{
    uint8_t *const mapped = mmap(NULL, bytes + HUGE_PAGE_BYTES, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return NULL;
    const size_t before = -(uintptr_t)mapped % HUGE_PAGE_BYTES;
    uint8_t *const block = mapped + before;
    CHECK(before == 0 || munmap(mapped, before) == 0);
    CHECK(munmap(block + bytes, HUGE_PAGE_BYTES - before) == 0);
    (void)madvise(block, bytes, MADV_HUGEPAGE); /* a system without them does without */
    return block;
}

static void *map_small_pages(size_t bytes)
{
    void *const mapped =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        return NULL;
    (void)madvise(mapped, bytes, MADV_NOHUGEPAGE);
    return mapped;
}

static size_t whole_pages(size_t bytes)
{
    return (bytes + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
}

void *memory_allocate(size_t bytes, enum memory_pages pages)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    if (bytes < HUGE_PAGE_BYTES)
        return calloc(1, bytes);
    return pages == MEMORY_HUGE_PAGES ? map_huge_pages(whole_pages(bytes))
                                      : map_small_pages(whole_pages(bytes));
}

void memory_free(void *block, size_t bytes)
{
    if (bytes < HUGE_PAGE_BYTES)
        free(block);
    else if (block != NULL)
        CHECK(munmap(block, whole_pages(bytes)) == 0);
}
