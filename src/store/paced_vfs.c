/* See paced_vfs.h. Everything but writes goes through to the file below; what is on disk earlier
 * than SQLite asked does no harm, since it may be there earlier at any time. */
#include "store/paced_vfs.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>

/* Half a millisecond of a disk's time, or a few of a slow one's. */
#define UNSYNCED_BYTES_MAX (INT64_C(512) << 10)

struct paced_file {
    sqlite3_file base;
    sqlite3_file *below;
    int64_t unsynced;
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
} paced;

static struct paced_file *paced_of(sqlite3_file *file)
{
    return (struct paced_file *)file;
}

static sqlite3_file *below_of(sqlite3_file *file)
{
    return paced_of(file)->below;
}

static int paced_close(sqlite3_file *file)
{
    sqlite3_file *below = below_of(file);
    const int code = below->pMethods->xClose(below);
    free(below);
    file->pMethods = NULL;
    return code;
}

static int paced_read(sqlite3_file *file, void *into, int length, sqlite3_int64 offset)
{
    return below_of(file)->pMethods->xRead(below_of(file), into, length, offset);
}

static int paced_sync(sqlite3_file *file, int flags)
{
    paced_of(file)->unsynced = 0;
    return below_of(file)->pMethods->xSync(below_of(file), flags);
}

static int paced_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    const int code = below_of(file)->pMethods->xWrite(below_of(file), bytes, length, offset);
    if (code != SQLITE_OK)
        return code;
    paced_of(file)->unsynced += length;
    if (paced_of(file)->unsynced < UNSYNCED_BYTES_MAX)
        return SQLITE_OK;
    return paced_sync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

static int paced_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return below_of(file)->pMethods->xTruncate(below_of(file), size);
}

static int paced_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return below_of(file)->pMethods->xFileSize(below_of(file), size);
}

static int paced_lock(sqlite3_file *file, int level)
{
    return below_of(file)->pMethods->xLock(below_of(file), level);
}

static int paced_unlock(sqlite3_file *file, int level)
{
    return below_of(file)->pMethods->xUnlock(below_of(file), level);
}

static int paced_check_reserved_lock(sqlite3_file *file, int *reserved)
{
    return below_of(file)->pMethods->xCheckReservedLock(below_of(file), reserved);
}

static int paced_file_control(sqlite3_file *file, int operation, void *argument)
{
    return below_of(file)->pMethods->xFileControl(below_of(file), operation, argument);
}

static int paced_sector_size(sqlite3_file *file)
{
    return below_of(file)->pMethods->xSectorSize(below_of(file));
}

static int paced_device_characteristics(sqlite3_file *file)
{
    return below_of(file)->pMethods->xDeviceCharacteristics(below_of(file));
}

static int paced_shm_map(sqlite3_file *file, int region, int bytes, int extend,
                         void volatile **memory)
{
    return below_of(file)->pMethods->xShmMap(below_of(file), region, bytes, extend, memory);
}

static int paced_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return below_of(file)->pMethods->xShmLock(below_of(file), offset, count, flags);
}

static void paced_shm_barrier(sqlite3_file *file)
{
    below_of(file)->pMethods->xShmBarrier(below_of(file));
}

static int paced_shm_unmap(sqlite3_file *file, int remove)
{
    return below_of(file)->pMethods->xShmUnmap(below_of(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* with shared memory for the log's index, without memory-mapped pages */
    .xClose = paced_close,
    .xRead = paced_read,
    .xWrite = paced_write,
    .xTruncate = paced_truncate,
    .xSync = paced_sync,
    .xFileSize = paced_file_size,
    .xLock = paced_lock,
    .xUnlock = paced_unlock,
    .xCheckReservedLock = paced_check_reserved_lock,
    .xFileControl = paced_file_control,
    .xSectorSize = paced_sector_size,
    .xDeviceCharacteristics = paced_device_characteristics,
    .xShmMap = paced_shm_map,
    .xShmLock = paced_shm_lock,
    .xShmBarrier = paced_shm_barrier,
    .xShmUnmap = paced_shm_unmap,
};

static int paced_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                      int *flags_out)
{
    (void)vfs;
    *paced_of(file) = (struct paced_file){.below = calloc(1, (size_t)paced.below->szOsFile)};
    sqlite3_file *below = below_of(file);
    if (below == NULL)
        return SQLITE_NOMEM;
    const int code = paced.below->xOpen(paced.below, name, below, flags, flags_out);
    if (below->pMethods != NULL)
        file->pMethods = &methods;
    else
        free(below);
    return code;
}

enum result paced_vfs_register(void)
{
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    if (below == NULL)
        return RESULT_IO;
    if (below == paced.below)
        return RESULT_OK;
    if (paced.below != NULL && sqlite3_vfs_unregister(&paced.vfs) != SQLITE_OK)
        return RESULT_IO;
    paced.below = below;
    paced.vfs = *below;
    paced.vfs.pNext = NULL;
    paced.vfs.zName = PACED_VFS_NAME;
    paced.vfs.szOsFile = sizeof(struct paced_file);
    paced.vfs.xOpen = paced_open;
    return sqlite3_vfs_register(&paced.vfs, 0) == SQLITE_OK ? RESULT_OK : RESULT_IO;
}
