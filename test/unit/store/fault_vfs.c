/* See fault_vfs.h. */
#include "fault_vfs.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* SQLite gives a file system room of `szOsFile` bytes for each file; the real file stands behind
 * this one. */
struct fault_file {
    sqlite3_file base;
    sqlite3_io_methods methods;
    struct fault_plan *plan;
};

static sqlite3_file *real_file(sqlite3_file *file)
{
    return (sqlite3_file *)((struct fault_file *)file + 1);
}

static bool fails(sqlite3_file *file)
{
    struct fault_plan *plan = ((struct fault_file *)file)->plan;
    if (plan->countdown == 0 || --plan->countdown > 0)
        return false;
    plan->failed++;
    plan->countdown = plan->lasting ? 1 : 0;
    return true;
}

static int refuse(sqlite3_file *file)
{
    return ((struct fault_file *)file)->plan->result;
}

static int fault_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
    sqlite3_file *real = real_file(file);
    return fails(file) ? refuse(file) : real->pMethods->xWrite(real, data, length, offset);
}

/* Nobody cuts the power in these tests, so a sync that succeeds may as well be none. */
static int fault_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    return fails(file) ? refuse(file) : SQLITE_OK;
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    sqlite3_file *real = real_file(file);
    return fails(file) ? refuse(file) : real->pMethods->xTruncate(real, size);
}

/* ---- Handed through ---- */

static int fault_close(sqlite3_file *file)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xClose(real);
}

static int fault_read(sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xRead(real, data, length, offset);
}

static int fault_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xFileSize(real, size);
}

static int fault_lock(sqlite3_file *file, int level)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xLock(real, level);
}

static int fault_unlock(sqlite3_file *file, int level)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xUnlock(real, level);
}

static int fault_check_reserved(sqlite3_file *file, int *reserved)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xCheckReservedLock(real, reserved);
}

static int fault_control(sqlite3_file *file, int operation, void *argument)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xFileControl(real, operation, argument);
}

static int fault_sector_size(sqlite3_file *file)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xSectorSize(real);
}

static int fault_characteristics(sqlite3_file *file)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xDeviceCharacteristics(real);
}

static int fault_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **at)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xShmMap(real, region, size, extend, at);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xShmLock(real, offset, count, flags);
}

static void fault_shm_barrier(sqlite3_file *file)
{
    sqlite3_file *real = real_file(file);
    real->pMethods->xShmBarrier(real);
}

static int fault_shm_unmap(sqlite3_file *file, int remove)
{
    sqlite3_file *real = real_file(file);
    return real->pMethods->xShmUnmap(real, remove);
}

/* ---- The file system ---- */

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* with shared memory, without mapped reading */
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_file_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_check_reserved,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector_size,
    .xDeviceCharacteristics = fault_characteristics,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

struct fault_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct fault_plan *plan;
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                      int *out_flags)
{
    const struct fault_vfs *fault = vfs->pAppData;
    struct fault_file *opened = (struct fault_file *)file;
    sqlite3_file *real = real_file(file);
    const int code = fault->real->xOpen(fault->real, name, real, flags, out_flags);
    opened->plan = fault->plan;
    opened->base.pMethods = code == SQLITE_OK ? &methods : NULL;
    return code;
}

void fault_vfs_install(struct fault_plan *plan)
{
    static struct fault_vfs fault; /* SQLite keeps it until the process ends */
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    fault.real = sqlite3_vfs_find(NULL);
    assert_non_null(fault.real);
    fault.plan = plan;
    fault.vfs = *fault.real; /* everything but opening is the real one's */
    fault.vfs.pNext = NULL;
    fault.vfs.zName = "fault";
    fault.vfs.pAppData = &fault;
    fault.vfs.szOsFile = fault.real->szOsFile + (int)sizeof(struct fault_file);
    fault.vfs.xOpen = fault_open;
    assert_int_equal(sqlite3_vfs_register(&fault.vfs, 1), SQLITE_OK);
}
