/* See process.h. */
#include "base/process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* The second number of the line counts pages. */
static uint64_t resident_bytes(void)
{
    unsigned long long size, pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%llu %llu", &size, &pages) != 2) /* NOLINT: the system's own digits */
        pages = 0;
    (void)fclose(file); /* nothing was written */
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* But for the one that counts. */
static size_t open_descriptors(void)
{
    const struct dirent *entry;
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL)
        return 0;
    while ((entry = readdir(directory)) != NULL) /* NOLINT: the stream is this call's own */
        count += entry->d_name[0] == '.' ? 0 : 1;
    (void)closedir(directory);
    return count - 1;
}

void process_use(struct process_use *use)
{
    struct rlimit limit;
    *use =
        (struct process_use){.memory_bytes = resident_bytes(), .descriptors = open_descriptors()};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        use->descriptors_max = (size_t)limit.rlim_cur;
}
