/* A library to be loaded before a program (LD_PRELOAD) whose syncs do not come back while the file
 * that STUCK_DISK names is there: a disk that hangs. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS 5000000

typedef int sync_call(int file);

static sync_call *real(const char *name)
{
    sync_call *call;
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        fprintf(stderr, "stuck_disk: there is no %s\n", name);
        abort();
    }
    memcpy(&call, &found, sizeof call); /* C has no cast from an object's to a function's address */
    return call;
}

static void wait_for_disk(void)
{
    const char *path = getenv("STUCK_DISK");
    const struct timespec look = {.tv_nsec = LOOK_NS};
    while (path != NULL && access(path, F_OK) == 0)
        (void)nanosleep(&look, NULL);
}

int fsync(int file)
{
    wait_for_disk();
    return real("fsync")(file);
}

int fdatasync(int file)
{
    wait_for_disk();
    return real("fdatasync")(file);
}
