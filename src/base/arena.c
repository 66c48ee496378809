/* See arena.h. A block that was given back serves again only for its own size: the sizes of texts
 * come again and again. */
#include "base/arena.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK_BYTES ((size_t)16 << 10)

_Static_assert(ARENA_STEP >= sizeof(void *), "a free block holds a pointer");
_Static_assert(FIRST_CHUNK_BYTES >= ARENA_BLOCK_MAX, "a block fits in a chunk");

void arena_init(struct arena *arena)
{
    *arena = (struct arena){.chunk_count = 0};
}

void arena_release(struct arena *arena)
{
    for (size_t i = 0; i < arena->chunk_count; i++)
        memory_free(arena->chunks[i], FIRST_CHUNK_BYTES << i);
    arena_init(arena);
}

static size_t steps_of(size_t bytes)
{
    return (bytes + ARENA_STEP - 1) / ARENA_STEP;
}

static void push_block(struct arena *arena, void *block, size_t steps)
{
    memcpy(block, &arena->free_blocks[steps], sizeof(void *));
    arena->free_blocks[steps] = block;
}

static void *pop(struct arena *arena, size_t steps)
{
    void *block = arena->free_blocks[steps];
    if (block != NULL)
        memcpy(&arena->free_blocks[steps], block, sizeof(void *));
    return block;
}

/* The rest of the last chunk is a free block of its size. */
static bool add_chunk(struct arena *arena)
{
    if (arena->chunk_count == ARENA_CHUNKS_MAX)
        return false;
    const size_t bytes = FIRST_CHUNK_BYTES << arena->chunk_count;
    uint8_t *chunk = memory_allocate(bytes, MEMORY_HUGE_PAGES);
    if (chunk == NULL)
        return false;
    if (arena->left > 0)
        push_block(arena, arena->at, steps_of(arena->left));
    arena->chunks[arena->chunk_count++] = chunk;
    arena->at = chunk;
    arena->left = bytes;
    return true;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    CHECK(bytes > 0);
    if (bytes > ARENA_BLOCK_MAX)
        return malloc(bytes);
    const size_t steps = steps_of(bytes);
    void *block = pop(arena, steps);
    if (block != NULL)
        return block;
    if (steps * ARENA_STEP > arena->left && !add_chunk(arena))
        return NULL;
    block = arena->at;
    arena->at += steps * ARENA_STEP;
    arena->left -= steps * ARENA_STEP;
    return block;
}

void arena_give(struct arena *arena, void *block, size_t bytes)
{
    if (block == NULL)
        return;
    if (bytes > ARENA_BLOCK_MAX)
        free(block);
    else
        push_block(arena, block, steps_of(bytes));
}
