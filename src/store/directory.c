/* See directory.h. */
#include "store/directory.h"

#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_FILE "usher.lock"
#define JOURNAL_FILE "journal.db"
#define TABLES_FILE "usher.db"
#define FILE_MODE 0600 /* whatever the directory's mode: hashes of passwords are in there */

static enum result sync_directory(const char *path, struct explanation *explanation)
{
    const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return explain(explanation, RESULT_IO, "%s: %m", path);
    const bool synced = fsync(descriptor) == 0;
    const int error = errno;
    const bool closed = close(descriptor) == 0;
    if (synced && closed)
        return RESULT_OK;
    if (!synced)
        errno = error;
    return explain(explanation, RESULT_IO, "%s: %m", path);
}

/* Makes the directory if it is missing. Its name is made durable in its parent: a power cut must
 * not take the directory away from under what was acknowledged in it. */
static enum result make_directory(const char *path, struct explanation *explanation)
{
    if (mkdir(path, 0700) != 0) {
        if (errno == EEXIST)
            return RESULT_OK;
        return explain(explanation, RESULT_IO, "cannot make the data directory %s: %m", path);
    }
    return directory_sync(path, explanation);
}

static enum result resolve(const char *path, char resolved[static PATH_MAX], bool must_exist,
                           struct explanation *explanation)
{
    if (!must_exist) {
        const enum result result = make_directory(path, explanation);
        if (result != RESULT_OK)
            return result;
    }
    struct stat status;
    /* Absolute from here on: SQLite reads "file:..." as something else. */
    if (realpath(path, resolved) == NULL || stat(resolved, &status) != 0) {
        if (errno == ENOENT)
            return explain(explanation, RESULT_NOT_FOUND, "there is no data directory %s", path);
        return explain(explanation, RESULT_IO, "cannot open the data directory %s: %m", path);
    }
    if (!S_ISDIR(status.st_mode))
        return explain(explanation, RESULT_FOREIGN, "%s is not a directory", path);
    if (access(resolved, R_OK | W_OK | X_OK) != 0)
        return explain(explanation, RESULT_IO, "cannot use the data directory %s: %m", path);
    return RESULT_OK;
}

static enum result name_file(char file[static PATH_MAX], const char *directory, const char *name,
                             struct explanation *explanation)
{
    if (snprintf(file, PATH_MAX, "%s/%s", directory, name) >= PATH_MAX)
        return explain(explanation, RESULT_IO, "the name of the data directory is too long");
    return RESULT_OK;
}

/* An empty file for SQLite to begin in, with a mode of our choice; one that exists is left alone.
 */
static enum result make_file(const char *path, struct explanation *explanation)
{
    const int descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, FILE_MODE);
    if (descriptor < 0 && errno == EEXIST)
        return RESULT_OK;
    if (descriptor < 0 || close(descriptor) != 0)
        return explain(explanation, RESULT_IO, "cannot make %s: %m", path);
    return RESULT_OK;
}

static enum result lock_directory(struct directory *directory, const char *path,
                                  struct explanation *explanation)
{
    char file[PATH_MAX];
    const enum result result = name_file(file, path, LOCK_FILE, explanation);
    if (result != RESULT_OK)
        return result;
    directory->lock = open(file, O_CREAT | O_RDWR | O_CLOEXEC, FILE_MODE);
    if (directory->lock < 0)
        return explain(explanation, RESULT_IO, "cannot open %s: %m", file);
    if (flock(directory->lock, LOCK_EX | LOCK_NB) == 0)
        return RESULT_OK;
    if (errno == EWOULDBLOCK)
        return explain(explanation, RESULT_BUSY,
                       "the data directory %s is in use by another usher server", path);
    return explain(explanation, RESULT_IO, "cannot lock %s: %m", file);
}

/* Before anything is made in a directory that may be somebody else's. */
static enum result recognize_files(const struct directory *directory,
                                   struct explanation *explanation)
{
    const enum result result =
        database_recognize(directory->journal, JOURNAL_APPLICATION_ID, explanation);
    return result == RESULT_OK
               ? database_recognize(directory->tables, TABLES_APPLICATION_ID, explanation)
               : result;
}

static enum result claim_files(struct directory *directory, const char *path, bool must_exist,
                               struct explanation *explanation)
{
    enum result result = name_file(directory->journal, path, JOURNAL_FILE, explanation);
    if (result == RESULT_OK)
        result = name_file(directory->tables, path, TABLES_FILE, explanation);
    if (result != RESULT_OK)
        return result;
    if (must_exist &&
        (access(directory->journal, F_OK) != 0 || access(directory->tables, F_OK) != 0))
        return explain(explanation, RESULT_NOT_FOUND, "there is no data in %s", path);
    result = recognize_files(directory, explanation);
    if (result == RESULT_OK)
        result = lock_directory(directory, path, explanation);
    if (result == RESULT_OK)
        result = make_file(directory->journal, explanation);
    if (result == RESULT_OK)
        result = make_file(directory->tables, explanation);
    if (result == RESULT_OK)
        result = sync_directory(path, explanation);
    return result;
}

enum result directory_open(struct directory *directory, const char *path, bool must_exist,
                           struct explanation *explanation)
{
    char resolved[PATH_MAX];
    directory->lock = -1;
    enum result result = resolve(path, resolved, must_exist, explanation);
    if (result == RESULT_OK)
        result = claim_files(directory, resolved, must_exist, explanation);
    if (result != RESULT_OK)
        directory_close(directory);
    return result;
}

enum result directory_sync(const char *file, struct explanation *explanation)
{
    char copy[PATH_MAX];
    if (snprintf(copy, sizeof copy, "%s", file) >= (int)sizeof copy)
        return explain(explanation, RESULT_IO, "the name of the data directory is too long");
    return sync_directory(dirname(copy), explanation);
}

void directory_close(struct directory *directory)
{
    /* Closing gives up the lock; there is nothing in the file that could be lost. */
    if (directory->lock >= 0)
        (void)close(directory->lock);
    directory->lock = -1;
}
