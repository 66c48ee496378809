/* Allocations that can be told to fail: those of the libraries under test, which the linker brings
 * here (--wrap). The simulator's own go past it. */
#include "disk/own_memory.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>

/* malloc has no argument to keep this in. */
static struct {
    int countdown;
    bool lasting;
    uint64_t failures;
    unsigned depth; /* of memory_enter */
} memory;

void memory_fail(int countdown, bool lasting)
{
    memory.countdown = countdown;
    memory.lasting = lasting;
}

uint64_t memory_failures(void)
{
    return memory.failures;
}

void memory_enter(void)
{
    memory.depth++;
}

void memory_leave(void)
{
    CHECK(memory.depth > 0);
    memory.depth--;
}

unsigned memory_suspend(void)
{
    const unsigned suspended = memory.depth;
    memory.depth = 0;
    return suspended;
}

void memory_resume(unsigned suspended)
{
    CHECK(memory.depth == 0);
    memory.depth = suspended;
}

bool memory_refuses(void)
{
    if (memory.countdown == 0 || memory.depth == 0 || --memory.countdown > 0)
        return false;
    memory.countdown = memory.lasting ? 1 : 0;
    memory.failures++;
    errno = ENOMEM;
    return true;
}

/* ---- The libraries under test ---- */

/* The names are the linker's. */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    return memory_refuses() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return memory_refuses() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *block, size_t bytes)
{
    return memory_refuses() ? NULL : __real_realloc(block, bytes);
}

void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
    return memory_refuses() ? NULL : __real_aligned_alloc(alignment, bytes);
}

/* ---- The simulator's own ---- */

void *own_allocate(size_t bytes)
{
    void *block = __real_calloc(1, bytes);
    CHECK(block != NULL);
    return block;
}

void *own_resize(void *block, size_t bytes)
{
    void *resized = __real_realloc(block, bytes);
    CHECK(resized != NULL);
    return resized;
}

void own_free(void *block)
{
    free(block);
}
