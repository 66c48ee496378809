/* The locks of the disk in memory, between connections of one process: those on a file, as SQLite's
 * unix VFS has them, and the shared memory of a write-ahead log with its own (sqlite.org/c3ref/
 * io_methods.html, sqlite.org/walformat.html section 2). */
#include "disk/disk_file.h"
#include "disk/own_memory.h"

#include "base/check.h"

/* The highest level that anybody else has the file locked at. */
static int others_level(const struct disk_handle *handle)
{
    int highest = SQLITE_LOCK_NONE;
    for (const struct disk_handle *other = handle->file->handles; other != NULL;
         other = other->next)
        if (other != handle && other->level > highest)
            highest = other->level;
    return highest;
}

int lock_raise(struct disk_handle *handle, int level)
{
    const int others = others_level(handle);
    if (handle->level >= level)
        return SQLITE_OK;
    switch (level) {
    case SQLITE_LOCK_SHARED:
        if (others >= SQLITE_LOCK_PENDING)
            return SQLITE_BUSY;
        break;
    case SQLITE_LOCK_RESERVED:
        if (others >= SQLITE_LOCK_RESERVED)
            return SQLITE_BUSY;
        break;
    case SQLITE_LOCK_EXCLUSIVE:
        if (others >= SQLITE_LOCK_RESERVED)
            return SQLITE_BUSY;
        /* Nobody new gets in from here on, and those who are may leave. */
        handle->level = SQLITE_LOCK_PENDING;
        if (others >= SQLITE_LOCK_SHARED)
            return SQLITE_BUSY;
        break;
    default:
        UNREACHABLE("SQLite never asks for any other level");
    }
    handle->level = level;
    return SQLITE_OK;
}

void lock_lower(struct disk_handle *handle, int level)
{
    if (handle->level > level)
        handle->level = level;
}

bool lock_is_reserved(const struct disk_handle *handle)
{
    return handle->level >= SQLITE_LOCK_RESERVED || others_level(handle) >= SQLITE_LOCK_RESERVED;
}

/* ---- Shared memory ---- */

int shm_map(struct disk_handle *handle, int region, int bytes, bool extend, void volatile **at)
{
    struct disk_file *file = handle->file;
    struct disk *disk = handle->disk;
    handle->shm_mapped = true;
    *at = NULL;
    CHECK(region >= 0 && region < SHM_REGIONS_MAX);
    CHECK(file->shm_region_count == 0 || file->shm_region_bytes == bytes);
    while (file->shm_region_count <= (size_t)region) {
        if (!extend)
            return SQLITE_OK;
        /* In reality it is a file too. */
        if (disk->plan.capacity > 0 && disk->bytes + bytes > disk->plan.capacity) {
            disk->counts.full++;
            return SQLITE_IOERR_SHMSIZE;
        }
        file->shm_regions[file->shm_region_count++] = own_allocate((size_t)bytes);
        file->shm_region_bytes = bytes;
        disk->bytes += bytes;
    }
    *at = file->shm_regions[region];
    return SQLITE_OK;
}

int shm_lock(struct disk_handle *handle, unsigned mask, int flags)
{
    if (flags & SQLITE_SHM_UNLOCK) {
        handle->shm_shared &= ~mask;
        handle->shm_exclusive &= ~mask;
        return SQLITE_OK;
    }
    for (const struct disk_handle *other = handle->file->handles; other != NULL;
         other = other->next) {
        if (other == handle)
            continue;
        if (other->shm_exclusive & mask)
            return SQLITE_BUSY;
        if ((flags & SQLITE_SHM_EXCLUSIVE) && (other->shm_shared & mask))
            return SQLITE_BUSY;
    }
    if (flags & SQLITE_SHM_EXCLUSIVE)
        handle->shm_exclusive |= mask;
    else
        handle->shm_shared |= mask;
    return SQLITE_OK;
}

/* The last one to leave takes it with it: whoever comes next begins with blank memory and makes the
 * log's index anew, as with the unix VFS. */
void shm_unmap(struct disk_handle *handle)
{
    struct disk_file *file = handle->file;
    handle->shm_mapped = false;
    handle->shm_shared = 0;
    handle->shm_exclusive = 0;
    for (const struct disk_handle *other = file->handles; other != NULL; other = other->next)
        if (other->shm_mapped)
            return;
    while (file->shm_region_count > 0) {
        own_free(file->shm_regions[--file->shm_region_count]);
        handle->disk->bytes -= file->shm_region_bytes;
    }
}
