/* A library to be loaded before a program (LD_PRELOAD) that notes on a tape what the program does
 * to the files of one directory: each write, truncation, creation, removal, renaming and sync, in
 * order.
 * After the program is killed, support/power.mjs makes of the tape what a disk would hold if the
 * power had gone instead: everything synced, and of the rest whatever chance left. The program
 * itself goes on undisturbed; it reads what it wrote, as from the page cache.
 *
 *   POWER_LOSS_DIRECTORY  the directory, absolute and without links; it exists
 *   POWER_LOSS_TAPE       the tape, outside of it; appended to
 *   POWER_LOSS_AT         the program is killed once so many entries are on the tape; 0 or none:
 * never POWER_LOSS_HOLD       a FIFO: instead of being killed, the thread waits for somebody to
 * open it
 *
 * What the tape has no word for ends the program: a tape that leaves something out would lie. A
 * file whose name ends in -shm is left alone; SQLite makes it anew and keeps nothing in it. */

/* Programs ask for open or open64 as they were built, and both names must lead here; with this
 * defined the headers make one of the two. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* A descriptor past this that belongs to a watched file ends the program. */
#define DESCRIPTORS_MAX 65536

#define NAME_BYTES_MAX 256

_Static_assert(sizeof(off_t) == sizeof(off64_t), "the two names of a call mean the same");

#define TAPE_MARK UINT32_C(0x65706174)

/* Ends for `inode`; support/power.mjs reads the same numbers. A sync covers what was noted before
 * its beginning, once its end is there; both carry its number. */
enum tape_kind {
    TAPE_NAMED = 1,   /* a file that was there was opened: `bytes` is its name */
    TAPE_CREATED = 2, /* the same of one that was not */
    TAPE_REMOVED = 3,
    TAPE_WRITTEN = 4,   /* `bytes` at offset `value` */
    TAPE_TRUNCATED = 5, /* to `value` bytes */
    TAPE_SYNC_BEGUN = 6,
    TAPE_SYNC_DONE = 7,
    TAPE_RENAMED = 8, /* in one go, whatever had the new name: `bytes` is "old/new" */
};

struct tape_entry {
    uint32_t mark;
    uint32_t kind;
    uint64_t inode;
    uint64_t value;
    uint64_t length; /* of the bytes that follow */
};

/* The calls that this library stands before. */
struct real_calls {
    int (*open)(const char *path, int flags, ...);
    int (*close)(int descriptor);
    ssize_t (*write)(int descriptor, const void *bytes, size_t length);
    ssize_t (*pwrite)(int descriptor, const void *bytes, size_t length, off_t offset);
    int (*ftruncate)(int descriptor, off_t length);
    int (*fsync)(int descriptor);
    int (*fdatasync)(int descriptor);
    int (*fallocate)(int descriptor, int mode, off_t offset, off_t length);
    int (*unlink)(const char *path);
    int (*rename)(const char *from, const char *to);
    void *(*mmap)(void *address, size_t length, int protection, int flags, int descriptor,
                  off_t offset);
};

/* A preloaded library gets no argument to keep its state in. */
static struct {
    struct real_calls real;
    const char *directory; /* NULL: nothing is watched */
    size_t directory_length;
    pthread_mutex_t lock;
    int tape;
    atomic_uint_fast64_t syncs;
    unsigned long entries, at; /* under the lock; `at` never changes */
    const char *hold;
} shim = {.lock = PTHREAD_MUTEX_INITIALIZER, .tape = -1};

/* The inodes behind watched descriptors; 0: not watched. */
static atomic_uint_fast64_t inodes[DESCRIPTORS_MAX];

/* ---- The tape ---- */

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "power_loss: %s: %s\n", what, strerror(errno));
    abort();
}

static void find(void *call, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        give_up(name);
    memcpy(call, &found, sizeof found); /* C has no cast from an object's to a function's address */
}

static void find_real_calls(void)
{
    struct real_calls *real = &shim.real;
    find(&real->open, "open");
    find(&real->close, "close");
    find(&real->write, "write");
    find(&real->pwrite, "pwrite");
    find(&real->ftruncate, "ftruncate");
    find(&real->fsync, "fsync");
    find(&real->fdatasync, "fdatasync");
    find(&real->fallocate, "fallocate");
    find(&real->unlink, "unlink");
    find(&real->rename, "rename");
    find(&real->mmap, "mmap");
}

/* Without pthread_once, which a sanitizer that calls this early can't bear; `begin` has called
 * before there are threads. */
static const struct real_calls *real_calls(void)
{
    if (shim.real.mmap == NULL)
        find_real_calls();
    return &shim.real;
}

/* Calls come even before there is an environment to read; from main on everything is watched. */
__attribute__((constructor)) static void begin(void)
{
    const struct real_calls *real = real_calls();
    const char *directory = getenv("POWER_LOSS_DIRECTORY");
    const char *tape = getenv("POWER_LOSS_TAPE");
    if (directory == NULL || tape == NULL)
        return;
    shim.tape = real->open(tape, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (shim.tape < 0)
        give_up(tape);
    const char *at = getenv("POWER_LOSS_AT");
    shim.at = at == NULL ? 0 : strtoul(at, NULL, 10);
    shim.hold = getenv("POWER_LOSS_HOLD");
    shim.directory_length = strlen(directory);
    shim.directory = directory;
}

/* What is to happen when the tape has come so far. */
static void come_to_pass(void)
{
    if (shim.hold == NULL) {
        if (kill(getpid(), SIGKILL) != 0)
            give_up("kill");
        return;
    }
    const int descriptor = shim.real.open(shim.hold, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || shim.real.close(descriptor) != 0)
        give_up(shim.hold);
}

/* One entry, whole, before any other. */
static void note(enum tape_kind kind, uint64_t inode, uint64_t value, const void *bytes,
                 size_t length)
{
    struct tape_entry entry = {
        .mark = TAPE_MARK, .kind = kind, .inode = inode, .value = value, .length = length};
    const struct iovec parts[] = {{.iov_base = &entry, .iov_len = sizeof entry},
                                  {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length}};
    const int error = errno; /* the program is to see its own call's */
    if (pthread_mutex_lock(&shim.lock) != 0)
        give_up("lock");
    if (writev(shim.tape, parts, 2) != (ssize_t)(sizeof entry + length))
        give_up("the tape");
    const bool now = ++shim.entries == shim.at;
    if (pthread_mutex_unlock(&shim.lock) != 0)
        give_up("unlock");
    if (now)
        come_to_pass();
    errno = error;
}

/* ---- What is watched ---- */

/* The name in the directory; "" for the directory itself, NULL for a file elsewhere. */
static const char *watched_name(const char *path)
{
    if (shim.directory == NULL || strncmp(path, shim.directory, shim.directory_length) != 0)
        return NULL;
    const char *rest = path + shim.directory_length;
    if (*rest == '\0')
        return rest;
    const size_t length = strlen(rest);
    if (*rest != '/' || (length > 4 && strcmp(rest + length - 4, "-shm") == 0))
        return NULL;
    if (length > NAME_BYTES_MAX || strchr(rest + 1, '/') != NULL)
        give_up("a name that the tape does not take");
    return rest + 1;
}

static uint64_t watched_inode(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS_MAX ? atomic_load(&inodes[descriptor]) : 0;
}

static void refuse(int descriptor, const char *call)
{
    errno = ENOSYS;
    if (watched_inode(descriptor) != 0)
        give_up(call);
}

static void watch(int descriptor, const char *name, bool existed)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0 || descriptor >= DESCRIPTORS_MAX)
        give_up(name);
    if (*name != '\0')
        note(existed ? TAPE_NAMED : TAPE_CREATED, status.st_ino, 0, name, strlen(name));
    atomic_store(&inodes[descriptor], status.st_ino);
}

/* ---- The calls ---- */

static int open_noted(const char *path, int flags, mode_t mode)
{
    const struct real_calls *real = real_calls();
    const char *name = watched_name(path);
    const bool existed = name == NULL || access(path, F_OK) == 0;
    if (name != NULL && (flags & (O_TRUNC | O_APPEND)) != 0)
        give_up("open with O_TRUNC or O_APPEND");
    const int descriptor = real->open(path, flags, mode);
    if (descriptor >= 0 && name != NULL)
        watch(descriptor, name, existed);
    return descriptor;
}

#define OPEN_MODE(flags, mode)                                                                     \
    mode_t mode = 0;                                                                               \
    if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {                                                  \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode = va_arg(arguments, mode_t);                                                          \
        va_end(arguments);                                                                         \
    }

int open(const char *path, int flags, ...)
{
    OPEN_MODE(flags, mode)
    return open_noted(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    OPEN_MODE(flags, mode)
    return open_noted(path, flags, mode);
}

int close(int descriptor)
{
    const struct real_calls *real = real_calls();
    if (descriptor >= 0 && descriptor < DESCRIPTORS_MAX)
        atomic_store(&inodes[descriptor], 0);
    return real->close(descriptor);
}

ssize_t write(int descriptor, const void *bytes, size_t length)
{
    const struct real_calls *real = real_calls();
    refuse(descriptor, "write");
    return real->write(descriptor, bytes, length);
}

/* Noted when it is done: one that the kill interrupts was not synced, and may be left out. */
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
    const ssize_t written = real_calls()->pwrite(descriptor, bytes, length, offset);
    const uint64_t inode = watched_inode(descriptor);
    if (written > 0 && inode != 0)
        note(TAPE_WRITTEN, inode, (uint64_t)offset, bytes, (size_t)written);
    return written;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset)
{
    return pwrite(descriptor, bytes, length, offset);
}

int ftruncate(int descriptor, off_t length)
{
    const int result = real_calls()->ftruncate(descriptor, length);
    const uint64_t inode = watched_inode(descriptor);
    if (result == 0 && inode != 0)
        note(TAPE_TRUNCATED, inode, (uint64_t)length, NULL, 0);
    return result;
}

int ftruncate64(int descriptor, off64_t length)
{
    return ftruncate(descriptor, length);
}

static int sync_noted(int (*call)(int descriptor), int descriptor)
{
    const uint64_t inode = watched_inode(descriptor);
    if (inode == 0)
        return call(descriptor);
    const uint64_t number = atomic_fetch_add(&shim.syncs, 1);
    note(TAPE_SYNC_BEGUN, inode, number, NULL, 0);
    const int result = call(descriptor);
    if (result == 0)
        note(TAPE_SYNC_DONE, inode, number, NULL, 0);
    return result;
}

int fsync(int descriptor)
{
    return sync_noted(real_calls()->fsync, descriptor);
}

int fdatasync(int descriptor)
{
    return sync_noted(real_calls()->fdatasync, descriptor);
}

int unlink(const char *path)
{
    const struct real_calls *real = real_calls();
    const char *name = watched_name(path);
    struct stat status;
    const bool existed = name != NULL && lstat(path, &status) == 0;
    const int result = real->unlink(path);
    if (result == 0 && existed)
        note(TAPE_REMOVED, status.st_ino, 0, name, strlen(name));
    return result;
}

/* Within the directory; out of it or into it would be another story. */
static void note_renaming(uint64_t inode, const char *from, const char *to)
{
    char names[2 * NAME_BYTES_MAX + 2];
    const int length = snprintf(names, sizeof names, "%s/%s", from, to);
    if (length < 0 || (size_t)length >= sizeof names)
        give_up("rename");
    note(TAPE_RENAMED, inode, 0, names, (size_t)length);
}

int rename(const char *from, const char *to)
{
    const struct real_calls *real = real_calls();
    const char *old = watched_name(from), *new = watched_name(to);
    struct stat status;
    errno = EXDEV;
    if ((old == NULL) != (new == NULL))
        give_up("rename");
    if (old != NULL && lstat(from, &status) != 0)
        return -1;
    const int result = real->rename(from, to);
    if (result == 0 && old != NULL)
        note_renaming(status.st_ino, old, new);
    return result;
}

/* ---- What the tape has no word for ---- */

int fallocate(int descriptor, int mode, off_t offset, off_t length)
{
    const struct real_calls *real = real_calls();
    refuse(descriptor, "fallocate");
    return real->fallocate(descriptor, mode, offset, length);
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset)
{
    const struct real_calls *real = real_calls();
    if ((flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0)
        refuse(descriptor, "mmap for writing");
    return real->mmap(address, length, protection, flags, descriptor, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor,
             off64_t offset)
{
    return mmap(address, length, protection, flags, descriptor, offset);
}
