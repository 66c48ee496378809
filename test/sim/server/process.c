/* See process.h. */
#include "server/process.h"

#include "base/check.h"
#include "disk/own_memory.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

/* check_failed has no argument to keep this in. */
static struct {
    bool running;
    uint64_t failures_before; /* of memory, when the step began */
    jmp_buf end;
} process;

bool process_run(void (*step)(void *argument), void *argument)
{
    process.failures_before = memory_failures();
    process.running = true;
    if (setjmp(process.end) == 0) {
        step(argument);
        process.running = false;
        return true;
    }
    process.running = false;
    (void)memory_suspend();
    return false;
}

void check_failed(const char *file, int line, const char *what)
{
    if (process.running && memory_failures() > process.failures_before)
        longjmp(process.end, 1);
    (void)fprintf(stderr, "usher: bug: %s:%d: %s\n", file, line, what);
    abort();
}
