/* Blocks of any size, packed without a byte between them, for texts of which there are millions.
 * The caller tells the size of a block that it gives back. One thread at a time. */
#ifndef USHER_BASE_ARENA_H
#define USHER_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define ARENA_STEP 8 /* sizes are rounded up to it; a free block holds a pointer */

/* Larger blocks are few, and are the C library's. */
#define ARENA_BLOCK_MAX 512

#define ARENA_CHUNKS_MAX 32 /* each is twice as large as the one before it: 32 TiB */

struct arena {
    uint8_t *chunks[ARENA_CHUNKS_MAX];
    size_t chunk_count;
    uint8_t *at; /* where the next block begins in the last chunk, and what is left of it */
    size_t left;
    void *free_blocks[ARENA_BLOCK_MAX / ARENA_STEP + 1]; /* lists by size in steps */
};

void arena_init(struct arena *arena);

/* Frees the chunks; large blocks are given back before. */
void arena_release(struct arena *arena);

/* `bytes` is not 0. NULL: no memory. */
void *arena_take(struct arena *arena, size_t bytes);

/* A block of so many bytes, or NULL. */
void arena_give(struct arena *arena, void *block, size_t bytes);

#endif
