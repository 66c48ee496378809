/* See extent.h. */
#include "disk/extent.h"

#include "disk/own_memory.h"

#include "base/check.h"

#include <string.h>

/* Large enough that few writes cross into the next, small enough for the many short files. */
#define BLOCK_BYTES ((size_t)64 * 1024)

/* Blocks that nobody has, each beginning with the address of the next; of this process. */
struct spare {
    struct spare *next;
};
static struct spare *spares;

static uint8_t *take_block(void)
{
    struct spare *block = spares;
    if (block == NULL)
        return own_resize(NULL, BLOCK_BYTES);
    spares = block->next;
    return (uint8_t *)block;
}

static void give_block(uint8_t *block)
{
    struct spare *given = (struct spare *)(void *)block;
    given->next = spares;
    spares = given;
}

static void reserve(struct extent *extent, size_t length)
{
    while (extent->block_count * BLOCK_BYTES < length) {
        if (extent->block_count == extent->block_capacity) {
            extent->block_capacity = extent->block_capacity == 0 ? 8 : 2 * extent->block_capacity;
            extent->blocks =
                own_resize(extent->blocks, extent->block_capacity * sizeof *extent->blocks);
        }
        extent->blocks[extent->block_count++] = take_block();
    }
}

/* How much of a range from `offset` lies in one block, and where. */
static uint8_t *piece(const struct extent *extent, size_t offset, size_t *length)
{
    const size_t within = offset % BLOCK_BYTES;
    if (*length > BLOCK_BYTES - within)
        *length = BLOCK_BYTES - within;
    return extent->blocks[offset / BLOCK_BYTES] + within;
}

void extent_read(const struct extent *extent, void *data, size_t length, size_t offset)
{
    uint8_t *to = data;
    CHECK(offset + length <= sectors_of(extent->length) * SECTOR_BYTES);
    while (length > 0) {
        size_t bytes = length;
        const uint8_t *from = piece(extent, offset, &bytes);
        memcpy(to, from, bytes);
        to += bytes;
        offset += bytes;
        length -= bytes;
    }
}

static void put(struct extent *extent, const uint8_t *from, size_t length, size_t offset)
{
    while (length > 0) {
        size_t bytes = length;
        uint8_t *to = piece(extent, offset, &bytes);
        memcpy(to, from, bytes);
        from += bytes;
        offset += bytes;
        length -= bytes;
    }
}

static void blank(struct extent *extent, size_t from, size_t to)
{
    while (from < to) {
        size_t bytes = to - from;
        uint8_t *blanked = piece(extent, from, &bytes);
        memset(blanked, 0, bytes);
        from += bytes;
    }
}

void extent_write(struct extent *extent, const void *data, size_t length, size_t offset)
{
    const size_t end = offset + length;
    reserve(extent, end);
    blank(extent, extent->length, offset);
    put(extent, data, length, offset);
    if (end <= extent->length)
        return;
    extent->length = end;
    blank(extent, end, sectors_of(end) * SECTOR_BYTES);
}

void extent_set_length(struct extent *extent, size_t length)
{
    const size_t known = length < extent->length ? length : extent->length;
    reserve(extent, length);
    extent->length = length;
    blank(extent, known, sectors_of(length) * SECTOR_BYTES);
}

void extent_copy_sectors(struct extent *to, size_t to_sector, const struct extent *from,
                         size_t from_sector, size_t count)
{
    size_t from_offset = from_sector * SECTOR_BYTES, to_offset = to_sector * SECTOR_BYTES;
    size_t length = count * SECTOR_BYTES;
    while (length > 0) {
        size_t bytes = length;
        const uint8_t *bytes_from = piece(from, from_offset, &bytes);
        extent_write(to, bytes_from, bytes, to_offset);
        from_offset += bytes;
        to_offset += bytes;
        length -= bytes;
    }
}

void extent_copy(struct extent *to, const struct extent *from)
{
    to->length = 0;
    extent_copy_sectors(to, 0, from, 0, sectors_of(from->length));
    extent_set_length(to, from->length);
}

uint8_t *extent_sector(const struct extent *extent, size_t sector)
{
    size_t bytes = SECTOR_BYTES;
    CHECK(sector < sectors_of(extent->length));
    return piece(extent, sector * SECTOR_BYTES, &bytes);
}

void extent_release(struct extent *extent)
{
    while (extent->block_count > 0)
        give_block(extent->blocks[--extent->block_count]);
    own_free(extent->blocks);
    *extent = (struct extent){0};
}
