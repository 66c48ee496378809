/* The data directory on the disk in memory. Defines what src/store/directory.c does, so that file
 * is not linked. */
#include "store/directory.h"

#include "disk/disk.h"

#include <stdio.h>

static enum result name_file(char file[static PATH_MAX], const char *directory, const char *name,
                             struct explanation *explanation)
{
    const int length = snprintf(file, PATH_MAX, "%s/%s", directory, name);
    return length > 0 && length < PATH_MAX
               ? RESULT_OK
               : explain(explanation, RESULT_IO, "the name of the data directory is too long");
}

enum result directory_open(struct directory *directory, const char *path, bool must_exist,
                           struct explanation *explanation)
{
    struct disk *disk = disk_current();
    directory->lock = -1;
    enum result result = name_file(directory->journal, path, "journal.db", explanation);
    if (result == RESULT_OK)
        result = name_file(directory->tables, path, "usher.db", explanation);
    if (result != RESULT_OK)
        return result;
    if (must_exist && (!disk_has(disk, directory->journal) || !disk_has(disk, directory->tables)))
        return explain(explanation, RESULT_NOT_FOUND, "there is no data in %s", path);
    if (!disk_make(disk, directory->journal) || !disk_make(disk, directory->tables) ||
        !disk_sync_names(disk))
        return explain(explanation, RESULT_IO, "cannot make the files in %s", path);
    return RESULT_OK;
}

enum result directory_sync(const char *file, struct explanation *explanation)
{
    return disk_sync_names(disk_current())
               ? RESULT_OK
               : explain(explanation, RESULT_IO, "the names beside %s cannot be synced", file);
}

void directory_close(struct directory *directory)
{
    (void)directory; /* nobody else could want the lock: one process has the disk */
}
