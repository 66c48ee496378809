/* See raw_file.h. */
#include "disk/raw_file.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

struct raw_file raw_open(const char *name, int flags)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    struct raw_file raw = {.file = calloc(1, (size_t)vfs->szOsFile)};
    CHECK(raw.file != NULL);
    const int all = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | flags;
    CHECK(vfs->xOpen(vfs, name, raw.file, all, NULL) == SQLITE_OK);
    return raw;
}

void raw_close(struct raw_file *raw)
{
    CHECK(raw->file->pMethods->xClose(raw->file) == SQLITE_OK);
    free(raw->file);
    raw->file = NULL;
}

int raw_write(struct raw_file raw, const void *data, size_t length, size_t offset)
{
    return raw.file->pMethods->xWrite(raw.file, data, (int)length, (sqlite3_int64)offset);
}

int raw_read(struct raw_file raw, void *data, size_t length, size_t offset)
{
    return raw.file->pMethods->xRead(raw.file, data, (int)length, (sqlite3_int64)offset);
}

int raw_truncate(struct raw_file raw, size_t length)
{
    return raw.file->pMethods->xTruncate(raw.file, (sqlite3_int64)length);
}

int raw_sync(struct raw_file raw)
{
    return raw.file->pMethods->xSync(raw.file, SQLITE_SYNC_NORMAL);
}

int raw_lock(struct raw_file raw, int level)
{
    return raw.file->pMethods->xLock(raw.file, level);
}

int raw_unlock(struct raw_file raw, int level)
{
    return raw.file->pMethods->xUnlock(raw.file, level);
}

int raw_shm_lock(struct raw_file raw, int first, int count, int flags)
{
    return raw.file->pMethods->xShmLock(raw.file, first, count, flags);
}

size_t raw_length(struct raw_file raw)
{
    sqlite3_int64 length = 0;
    CHECK(raw.file->pMethods->xFileSize(raw.file, &length) == SQLITE_OK);
    return (size_t)length;
}

int raw_delete(const char *name, int sync_names)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    return vfs->xDelete(vfs, name, sync_names);
}

int raw_fill(struct raw_file raw, char byte, size_t count, size_t offset)
{
    char *bytes = malloc(count);
    CHECK(bytes != NULL);
    memset(bytes, byte, count);
    const int code = raw_write(raw, bytes, count, offset);
    free(bytes);
    return code;
}

char raw_filled_with(struct raw_file raw, size_t count, size_t offset)
{
    char *bytes = malloc(count);
    CHECK(bytes != NULL);
    CHECK(raw_read(raw, bytes, count, offset) == SQLITE_OK);
    char byte = bytes[0];
    for (size_t i = 1; i < count; i++)
        if (bytes[i] != byte)
            byte = '?';
    free(bytes);
    return byte;
}
