/* The bytes of a file, in blocks. A block that is given back serves the next file: asking the
 * system for memory, and it blanking it, would cost more than all else that a disk in memory does.
 */
#ifndef USHER_TEST_SIM_DISK_EXTENT_H
#define USHER_TEST_SIM_DISK_EXTENT_H

#include <stddef.h>
#include <stdint.h>

/* What a drive writes as a whole or not at all. */
#define SECTOR_BYTES 512

/* Behind `length` the rest of its last sector is zero; behind that there may be anything. */
struct extent {
    size_t length;
    uint8_t **blocks;
    size_t block_count, block_capacity;
};

/* The sectors that begin below `length`. */
static inline size_t sectors_of(size_t length)
{
    return (length + SECTOR_BYTES - 1) / SECTOR_BYTES;
}

/* All of it is within the length. */
void extent_read(const struct extent *extent, void *data, size_t length, size_t offset);

/* Between the old length and `offset` it becomes zero. */
void extent_write(struct extent *extent, const void *data, size_t length, size_t offset);

/* Cuts it off, or makes it longer with zeros. */
void extent_set_length(struct extent *extent, size_t length);

/* Copies `count` sectors that `from` has. `to` becomes at least as long as the last one's end. */
void extent_copy_sectors(struct extent *to, size_t to_sector, const struct extent *from,
                         size_t from_sector, size_t count);

void extent_copy(struct extent *to, const struct extent *from);

/* The bytes of a sector that begins below the length. */
uint8_t *extent_sector(const struct extent *extent, size_t sector);

void extent_release(struct extent *extent);

#endif
