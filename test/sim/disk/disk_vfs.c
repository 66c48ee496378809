/* The disk in memory as SQLite sees it: a VFS with one directory (sqlite.org/vfs.html). Claims what
 * the unix one claims and does what it does, down to when it syncs the directory. */
#include "disk/clock.h"
#include "disk/disk_file.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

static struct disk_handle *handle_of(sqlite3_file *file)
{
    return (struct disk_handle *)file;
}

/* Whether an operation that is to be counted happens at all, and what SQLite hears of it. */
static bool goes_on(struct disk *disk, enum disk_operation operation, int dead_code,
                    enum disk_fate *fate, int *code)
{
    *fate = disk_begin(disk, operation);
    *code = *fate == DISK_GOES_WELL ? SQLITE_OK : dead_code;
    if (*fate == DISK_FAILS)
        *code = disk->plan.code;
    return *fate == DISK_GOES_WELL || *fate == DISK_DIES_AFTER;
}

/* ---- Bytes ---- */

static int vfs_read(sqlite3_file *opened, void *data, int length, sqlite3_int64 offset)
{
    const struct disk_handle *handle = handle_of(opened);
    const struct disk_file *file = handle->file;
    enum disk_fate fate;
    int code;
    if (!goes_on(handle->disk, DISK_READ, SQLITE_IOERR_READ, &fate, &code))
        return code;
    const size_t from = (size_t)offset, wanted = (size_t)length;
    const size_t there = file->written.length > from ? file->written.length - from : 0;
    const size_t read = there < wanted ? there : wanted;
    if (read > 0)
        extent_read(&file->written, data, read, from);
    if (read == wanted || code != SQLITE_OK)
        return code;
    memset((uint8_t *)data + read, 0, wanted - read);
    return SQLITE_IOERR_SHORT_READ;
}

/* In whole sectors, some beginning of a write, but not all of it. */
static size_t torn_length(struct disk *disk, size_t length, size_t offset)
{
    const size_t end = (offset + chance_below(disk->chance, length)) / SECTOR_BYTES * SECTOR_BYTES;
    return end > offset ? end - offset : 0;
}

static void write_part(struct disk_handle *handle, const void *data, size_t length, size_t offset)
{
    struct disk_file *file = handle->file;
    const size_t before = file->written.length;
    file_write(file, data, length, offset);
    handle->disk->bytes += (int64_t)(file->written.length - before);
}

/* How much of a write the disk has room for. */
static size_t room(const struct disk_handle *handle, size_t length, size_t offset)
{
    const struct disk *disk = handle->disk;
    const size_t there = handle->file->written.length, end = offset + length;
    const int64_t left = disk->plan.capacity - disk->bytes;
    const size_t end_max = there + (left > 0 ? (size_t)left : 0);
    if (disk->plan.capacity == 0 || end <= end_max)
        return length;
    return end_max > offset ? end_max - offset : 0;
}

static int vfs_write(sqlite3_file *opened, const void *data, int length, sqlite3_int64 offset)
{
    struct disk_handle *handle = handle_of(opened);
    struct disk *disk = handle->disk;
    enum disk_fate fate;
    int code;
    const bool whole = goes_on(disk, DISK_WRITE, SQLITE_IOERR_WRITE, &fate, &code);
    size_t part = (size_t)length;
    if (!whole) {
        const bool torn = fate == DISK_DIES_AMID || (fate == DISK_FAILS && disk->plan.torn);
        part = torn ? torn_length(disk, part, (size_t)offset) : 0;
    }
    const size_t fitting = room(handle, part, (size_t)offset);
    write_part(handle, data, fitting, (size_t)offset);
    if (fitting == part)
        return code;
    disk->counts.full++;
    return code == SQLITE_OK ? SQLITE_FULL : code;
}

static int vfs_truncate(sqlite3_file *opened, sqlite3_int64 length)
{
    struct disk_handle *handle = handle_of(opened);
    struct disk_file *file = handle->file;
    enum disk_fate fate;
    int code;
    if (!goes_on(handle->disk, DISK_TRUNCATE, SQLITE_IOERR_TRUNCATE, &fate, &code))
        return code;
    handle->disk->bytes += (int64_t)length - (int64_t)file->written.length;
    file_truncate(file, (size_t)length);
    return code;
}

static int vfs_sync(sqlite3_file *opened, int flags)
{
    (void)flags; /* data only or all of it: the length goes with both, as fdatasync(2) promises */
    struct disk_handle *handle = handle_of(opened);
    struct disk *disk = handle->disk;
    enum disk_fate fate;
    int code;
    const bool done = goes_on(disk, DISK_SYNC, SQLITE_IOERR_FSYNC, &fate, &code);
    if (fate != DISK_IS_DEAD && disk->plan.sync_ms > 0)
        clock_advance(disk->plan.sync_ms);
    if (done) {
        file_sync(handle->file);
        if (handle->syncs_names)
            disk_names_synced(disk);
        handle->syncs_names = false;
    } else if (fate == DISK_FAILS && disk->plan.marks_clean) {
        disk->counts.sectors_lost_clean += file_mark_clean(handle->file);
    }
    return code;
}

static int vfs_file_size(sqlite3_file *opened, sqlite3_int64 *size)
{
    const struct disk_handle *handle = handle_of(opened);
    *size = (sqlite3_int64)handle->file->written.length;
    return handle->disk->dead ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

/* ---- Locks; those of the dead can be let go, but not taken ---- */

static int vfs_lock(sqlite3_file *opened, int level)
{
    struct disk_handle *handle = handle_of(opened);
    return handle->disk->dead ? SQLITE_IOERR_LOCK : lock_raise(handle, level);
}

static int vfs_unlock(sqlite3_file *opened, int level)
{
    lock_lower(handle_of(opened), level);
    return SQLITE_OK;
}

static int vfs_check_reserved(sqlite3_file *opened, int *reserved)
{
    const struct disk_handle *handle = handle_of(opened);
    *reserved = lock_is_reserved(handle);
    return handle->disk->dead ? SQLITE_IOERR_CHECKRESERVEDLOCK : SQLITE_OK;
}

static int vfs_shm_map(sqlite3_file *opened, int region, int bytes, int extend, void volatile **at)
{
    struct disk_handle *handle = handle_of(opened);
    *at = NULL;
    return handle->disk->dead ? SQLITE_IOERR_SHMMAP
                              : shm_map(handle, region, bytes, extend != 0, at);
}

static int vfs_shm_lock(sqlite3_file *opened, int offset, int count, int flags)
{
    struct disk_handle *handle = handle_of(opened);
    const unsigned mask = ((1U << count) - 1) << offset;
    if (handle->disk->dead && !(flags & SQLITE_SHM_UNLOCK))
        return SQLITE_IOERR_SHMLOCK;
    return shm_lock(handle, mask, flags);
}

static void vfs_shm_barrier(sqlite3_file *opened)
{
    (void)opened; /* one thread */
}

static int vfs_shm_unmap(sqlite3_file *opened, int remove)
{
    (void)remove; /* the last one takes it away in any case */
    shm_unmap(handle_of(opened));
    return SQLITE_OK;
}

/* ---- What it claims ---- */

static int vfs_control(sqlite3_file *opened, int operation, void *argument)
{
    (void)opened;
    switch (operation) {
    case SQLITE_FCNTL_SIZE_HINT:
        return SQLITE_OK;
    case SQLITE_FCNTL_HAS_MOVED:
        *(int *)argument = 0;
        return SQLITE_OK;
    default:
        return SQLITE_NOTFOUND;
    }
}

static int vfs_sector_size(sqlite3_file *opened)
{
    (void)opened;
    return 4096;
}

/* Bytes beside a write in the same sector are as they were whatever happens, since a sector is
 * written as a whole; nothing more. */
static int vfs_characteristics(sqlite3_file *opened)
{
    (void)opened;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* ---- Opening and closing ---- */

static int vfs_close(sqlite3_file *opened)
{
    struct disk_handle *handle = handle_of(opened);
    struct disk *disk = handle->disk;
    struct disk_file *file = handle->file;
    if (handle->shm_mapped)
        shm_unmap(handle);
    struct disk_handle **link = &file->handles;
    while (*link != handle)
        link = &(*link)->next;
    *link = handle->next;
    if (handle->delete_on_close && file->named && !disk->dead)
        disk_unname(disk, file);
    else
        disk_forget_unless_needed(disk, file);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* with shared memory, without mapped reading */
    .xClose = vfs_close,
    .xRead = vfs_read,
    .xWrite = vfs_write,
    .xTruncate = vfs_truncate,
    .xSync = vfs_sync,
    .xFileSize = vfs_file_size,
    .xLock = vfs_lock,
    .xUnlock = vfs_unlock,
    .xCheckReservedLock = vfs_check_reserved,
    .xFileControl = vfs_control,
    .xSectorSize = vfs_sector_size,
    .xDeviceCharacteristics = vfs_characteristics,
    .xShmMap = vfs_shm_map,
    .xShmLock = vfs_shm_lock,
    .xShmBarrier = vfs_shm_barrier,
    .xShmUnmap = vfs_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *opened, int flags,
                    int *out_flags)
{
    struct disk *disk = vfs->pAppData;
    struct disk_handle *handle = handle_of(opened);
    *handle = (struct disk_handle){.disk = disk};
    struct disk_file *file = name == NULL || disk->dead ? NULL : disk_find(disk, name);
    const bool is_new = file == NULL;
    if (disk->dead || (is_new && name != NULL && !(flags & SQLITE_OPEN_CREATE)))
        return SQLITE_CANTOPEN;
    if (is_new)
        file = disk_create(disk, name);
    handle->file = file;
    handle->next = file->handles;
    file->handles = handle;
    handle->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->syncs_names = is_new && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    handle->base.pMethods = &methods;
    if (out_flags != NULL)
        *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_names)
{
    struct disk *disk = vfs->pAppData;
    if (disk->dead)
        return SQLITE_IOERR_DELETE;
    struct disk_file *file = disk_find(disk, name);
    if (file == NULL)
        return SQLITE_IOERR_DELETE_NOENT;
    disk_unname(disk, file);
    return !sync_names || disk_sync_names(disk) ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *answer)
{
    const struct disk *disk = vfs->pAppData;
    const struct disk_file *file = disk_find(disk, name);
    /* An empty file counts as none, as with the unix VFS. */
    *answer = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->written.length > 0);
    return disk->dead ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int bytes, char *path)
{
    (void)vfs;
    const int length = snprintf(path, (size_t)bytes, "%s", name);
    return length >= 0 && length < bytes ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* ---- The rest of the system ---- */

static int vfs_randomness(sqlite3_vfs *vfs, int bytes, char *data)
{
    const struct disk *disk = vfs->pAppData;
    for (int i = 0; i < bytes; i++)
        data[i] = (char)chance_next(disk->chance);
    return bytes;
}

/* In one thread nobody else gets on meanwhile, but the clock does. */
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    clock_advance((microseconds + 999) / 1000);
    return microseconds;
}

/* Milliseconds since noon of 24 November 4714 B.C., of which this many before 1970. */
#define JULIAN_EPOCH_MS INT64_C(210866760000000)

static int vfs_time_int64(sqlite3_vfs *vfs, sqlite3_int64 *now)
{
    (void)vfs;
    *now = clock_wall() + JULIAN_EPOCH_MS;
    return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *vfs, double *now)
{
    (void)vfs;
    *now = (double)(clock_wall() + JULIAN_EPOCH_MS) / (double)DAY_MS;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int length, char *text)
{
    (void)vfs;
    (void)length;
    (void)text;
    return 0;
}

void vfs_describe(struct disk *disk)
{
    disk->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(struct disk_handle),
        .mxPathname = DISK_NAME_MAX,
        .zName = "disk in memory",
        .pAppData = disk,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time_int64,
    };
}
