/* See trial.h. */
#include "run/trial.h"

#include "disk/own_memory.h"

#include "base/check.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void *trial_shared_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    return memory;
}

void trial_describe_death(int status, char *text, size_t size)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        (void)snprintf(text, size, "it does not end in %d s", TRIAL_SECONDS_MAX);
    else if (WIFSIGNALED(status))
        (void)snprintf(text, size, "it died: %s", strsignal(WTERMSIG(status)));
    else
        (void)snprintf(text, size, "it ended with status %d", WEXITSTATUS(status));
}

void trial_run(const struct options *options, struct outcome *outcome)
{
    struct outcome *shared = trial_shared_memory(sizeof *shared);
    int status;
    (void)fflush(stdout);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        uint64_t *coverage = own_allocate(coverage_count() * sizeof *coverage);
        (void)alarm(TRIAL_SECONDS_MAX);
        world_run(options, shared, coverage);
        own_free(coverage);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    *outcome = *shared;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        *outcome = (struct outcome){.failed = true};
        trial_describe_death(status, outcome->failure, sizeof outcome->failure);
    }
    CHECK(munmap(shared, sizeof *shared) == 0);
}
